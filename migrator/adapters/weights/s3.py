"""Weights in an object of S3.

In: `s3://BUCKET/KEY`. Out: a store whose writes are conditional on the ETag that was read (PutObject with If-Match, Amazon
S3 User Guide, "Conditional requests"). Its roles need s3:GetObject, and who writes s3:PutObject.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from urllib.parse import urlsplit

from migrator.adapters.aws import AwsError, AwsService
from migrator.adapters.weights.store import Held, changed_meanwhile
from migrator.errors import RemoteError, UsageError

_MISSING = frozenset({"NoSuchKey", "404"})
_CHANGED = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})


class S3Weights:
    """One object.

    Args:
        url: `s3://BUCKET/KEY`.
        region: empty for the one that the process has.
        endpoint: of a stand-in; empty for AWS itself.

    Raises:
        UsageError: the URL has no bucket or no key.
    """

    def __init__(self, url: str, region: str, endpoint: str) -> None:
        parts = urlsplit(url)
        self._bucket, self._key = parts.netloc, parts.path.removeprefix("/")
        if not self._bucket or not self._key:
            raise UsageError(f"{url} names no object", hint="s3://BUCKET/KEY")
        self._url = url
        self._service = AwsService("s3", region=region, endpoint=endpoint)

    @property
    def shown(self) -> str:
        """The URL."""
        return self._url

    def locked(self) -> AbstractContextManager[None]:
        """S3 has no lock: the ETag tells."""
        return nullcontext()

    def read(self) -> Held:
        """The object's content; none where there is no object."""
        try:
            answer = self._service.call("GetObject", Bucket=self._bucket, Key=self._key)
        except AwsError as error:
            if error.code in _MISSING:
                return Held(None, "")
            raise
        return Held(answer["Body"].read(), str(answer["ETag"]))

    def write(self, data: bytes, version: str) -> None:
        """Replace the object that has this ETag; without one there must be none yet."""
        condition = {"IfMatch": version} if version else {"IfNoneMatch": "*"}
        try:
            self._service.call(
                "PutObject",
                Bucket=self._bucket,
                Key=self._key,
                Body=data,
                ContentType="application/json",
                **condition,
            )
        except AwsError as error:
            if error.code in _CHANGED:
                raise RemoteError(changed_meanwhile(self._url), hint="try again", retryable=True) from error
            raise

    def close(self) -> None:
        """Give up the connections."""
        self._service.close()
