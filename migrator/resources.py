"""Where the files that travel with the program are: templates and the sample shop.

In a checkout (also one installed as editable) they stand at the top of the
repository; in a wheel they lie inside the package.
"""

from __future__ import annotations

from pathlib import Path

from migrator.errors import InputError

_PACKAGE = Path(__file__).resolve().parent


def templates_root() -> Path:
    """The folder that holds one folder of Jinja templates per artifact."""
    return _find("_templates", "templates")


def sample_root() -> Path:
    """The runnable sample monolith."""
    return _find("_sample_monolith", "sample_monolith")


def _find(packaged: str, in_checkout: str) -> Path:
    for folder in (_PACKAGE / packaged, _PACKAGE.parent / in_checkout):
        if folder.is_dir():
            return folder
    raise InputError(
        f"this installation has no {in_checkout} folder",
        hint="install the migrator wheel again, or run from a full checkout",
    )
