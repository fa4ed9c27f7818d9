"""Where the seam's weights are kept: the file that legacy processes read, and for several hosts a source elsewhere.

In: a path, or a URL `s3://BUCKET/KEY`, `ssm://NAME`, `appconfig://APPLICATION/ENVIRONMENT/PROFILE`. Out: a store. One
file a kind; each reads and writes the whole document.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from migrator.adapters.weights.appconfig import AppConfigWeights
from migrator.adapters.weights.file import FileWeights
from migrator.adapters.weights.s3 import S3Weights
from migrator.adapters.weights.ssm import SsmWeights
from migrator.adapters.weights.store import Held, WeightsStore
from migrator.errors import UsageError

__all__ = ["FileWeights", "Held", "WeightsStore", "open_source"]

_KINDS: Mapping[str, Callable[[str, str, str], WeightsStore]] = {
    "s3": S3Weights,
    "ssm": SsmWeights,
    "appconfig": AppConfigWeights,
}


def open_source(url: str, *, region: str = "", endpoint: str = "") -> WeightsStore:
    """The source that a URL names; nothing is asked of it yet.

    Args:
        region: empty for the one that the process has.
        endpoint: of a stand-in; empty for AWS itself.

    Raises:
        UsageError: no such URL.
    """
    kind = urlsplit(url).scheme
    if kind not in _KINDS:
        raise UsageError(f"{url} is no source of weights", hint=f"those there are: {', '.join(_KINDS)}")
    return _KINDS[kind](url, region, endpoint)
