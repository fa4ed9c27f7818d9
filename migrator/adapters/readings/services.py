"""The services of AWS that figures are asked of, one for each region, with limits of time.

In: the name of a service and a region. Out: the service, opened once.
"""

from __future__ import annotations

from threading import Lock

from migrator.adapters.aws import AwsService


class Services:
    """Services, opened when they are first asked for.

    Args:
        endpoint: URL of a stand-in; empty for AWS itself.
        limit_s: seconds that AWS may be silent.
    """

    def __init__(self, endpoint: str, limit_s: float) -> None:
        self._endpoint = endpoint
        self._limit_s = limit_s
        self._lock = Lock()
        self._opened: dict[tuple[str, str], AwsService] = {}

    def of(self, name: str, region: str) -> AwsService:
        """A service.

        Args:
            name: as boto3 calls it.
            region: empty for the one that the process has.
        """
        with self._lock:
            key = (name, region)
            if key not in self._opened:
                self._opened[key] = AwsService(
                    name, region=region, endpoint=self._endpoint, tries=2, read_s=self._limit_s
                )
            return self._opened[key]

    def close(self) -> None:
        """Give up the connections."""
        with self._lock:
            for service in self._opened.values():
                service.close()
