"""Weights in a parameter of AWS Systems Manager Parameter Store.

In: `ssm://NAME` (`ssm:///shop/weights` for a name with slashes). Out: a store of at most 8 KB, an advanced parameter's
largest value (Systems Manager User Guide, "Managing parameter tiers"). PutParameter takes no condition, so that a change
made at the same moment is told afterwards, by the number of the version. Its roles need ssm:GetParameter, and who writes
ssm:PutParameter.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

from migrator.adapters.aws import AwsError, AwsService
from migrator.adapters.weights.store import Held, changed_meanwhile
from migrator.errors import RemoteError, UsageError

MAX_BYTES = 8 * 1024
_STANDARD_BYTES = 4 * 1024


class SsmWeights:
    """One parameter.

    Args:
        url: `ssm://NAME`.
        region: empty for the one that the process has.
        endpoint: of a stand-in; empty for AWS itself.

    Raises:
        UsageError: the URL has no name.
    """

    def __init__(self, url: str, region: str, endpoint: str) -> None:
        self._url = url
        self._name = url.partition("://")[2]
        if not self._name.strip("/"):
            raise UsageError(f"{url} names no parameter", hint="ssm:///shop/weights")
        self._service = AwsService("ssm", region=region, endpoint=endpoint)

    @property
    def shown(self) -> str:
        """The URL."""
        return self._url

    def locked(self) -> AbstractContextManager[None]:
        """Parameter Store has no lock."""
        return nullcontext()

    def read(self) -> Held:
        """The parameter's value; none where there is no parameter."""
        try:
            found = self._service.call("GetParameter", Name=self._name, WithDecryption=True)["Parameter"]
        except AwsError as error:
            if error.code == "ParameterNotFound":
                return Held(None, "0")
            raise
        return Held(str(found["Value"]).encode(), str(found["Version"]))

    def write(self, data: bytes, version: str) -> None:
        """Replace the value, and see that nobody did so at the same moment."""
        if len(data) > MAX_BYTES:
            raise UsageError(
                f"{len(data):,} bytes of weights do not fit into a parameter, which takes {MAX_BYTES:,}",
                hint="keep them in S3: seam: {source: s3://BUCKET/KEY}",
            )
        taken = self._service.call(
            "PutParameter",
            Name=self._name,
            Value=data.decode(),
            Type="String",
            Overwrite=True,
            Tier="Standard" if len(data) <= _STANDARD_BYTES else "Advanced",
        )
        if int(taken["Version"]) != int(version) + 1:
            raise RemoteError(
                f"{changed_meanwhile(self._url)}, and that is overwritten now",
                hint="look at what is live: migrator router show",
            )

    def close(self) -> None:
        """Give up the connections."""
        self._service.close()
