"""Weights in AWS AppConfig, which deploys them by its own strategies.

In: `appconfig://APPLICATION/ENVIRONMENT/PROFILE`. Out: a store that is only read. Its roles need
appconfig:StartConfigurationSession and appconfig:GetLatestConfiguration.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

from migrator.adapters.aws import AwsService
from migrator.adapters.weights.store import Held
from migrator.errors import UsageError

_NAMES = ("ApplicationIdentifier", "EnvironmentIdentifier", "ConfigurationProfileIdentifier")


class AppConfigWeights:
    """One configuration profile.

    Args:
        url: `appconfig://APPLICATION/ENVIRONMENT/PROFILE`.
        region: empty for the one that the process has.
        endpoint: of a stand-in; empty for AWS itself.

    Raises:
        UsageError: the URL does not have the three names.
    """

    def __init__(self, url: str, region: str, endpoint: str) -> None:
        names = url.partition("://")[2].split("/")
        if len(names) != len(_NAMES) or not all(names):
            raise UsageError(f"{url} names no profile", hint="appconfig://APPLICATION/ENVIRONMENT/PROFILE")
        self._url = url
        self._names = dict(zip(_NAMES, names, strict=True))
        self._service = AwsService("appconfigdata", region=region, endpoint=endpoint)
        self._token = ""
        self._last: bytes | None = None

    @property
    def shown(self) -> str:
        """The URL."""
        return self._url

    def locked(self) -> AbstractContextManager[None]:
        """Nothing is written."""
        return nullcontext()

    def read(self) -> Held:
        """What is deployed; AppConfig answers with nothing where that has not changed since the last look."""
        if not self._token:
            started = self._service.call("StartConfigurationSession", **self._names)
            self._token = str(started["InitialConfigurationToken"])
        answer = self._service.call("GetLatestConfiguration", ConfigurationToken=self._token)
        self._token = str(answer["NextPollConfigurationToken"])
        data = answer["Configuration"].read()
        if data:
            self._last = data
        return Held(self._last, "")

    def write(self, data: bytes, version: str) -> None:
        """Refused: what AppConfig deploys goes through its own strategies and validators."""
        raise UsageError(
            f"{self._url} is deployed by AppConfig, and not written by this program",
            hint="deploy the weights there; or keep them in S3 or Parameter Store",
        )

    def close(self) -> None:
        """Give up the connections."""
        self._service.close()
