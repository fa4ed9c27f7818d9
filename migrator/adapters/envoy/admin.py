"""The admin interface of a running Envoy.

In: its loopback address. Out: counters, runtime values, configuration, as plain values. Calls that fail to connect
are tried a few times; every other failure is a `RemoteError` that says what Envoy said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from migrator.errors import RemoteError

_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """Who answers at the admin address.

    Attributes:
        state: `LIVE` once it takes calls.
        directory: the folder that our bootstrap noted, or an empty string for somebody else's Envoy.
        listen: where it takes the calls, noted likewise.
        uptime_s: whole seconds.
    """

    state: str
    version: str
    directory: str
    listen: str
    uptime_s: float


class AdminClient:
    """Speaks to one admin interface.

    Args:
        address: loopback host:port.
        attempts: how often a call is tried that finds nobody.
    """

    def __init__(self, address: str, *, attempts: int = 3) -> None:
        self.address = address
        self._attempts = attempts
        # The environment's proxies are for the world outside; this is the loopback interface.
        self._client = httpx.Client(base_url=f"http://{address}", timeout=_TIMEOUT_S, trust_env=False)

    def close(self) -> None:
        """Give up the connections."""
        self._client.close()

    def server_info(self) -> ServerInfo:
        """Who answers.

        Raises:
            RemoteError: nobody, or no Envoy.
        """
        document = self._json("/server_info")
        metadata = (document.get("node") or {}).get("metadata") or {}
        uptime = str(document.get("uptime_current_epoch", "0s"))
        return ServerInfo(
            state=str(document.get("state", "")),
            version=str(document.get("version", "")),
            directory=str(metadata.get("migrator_directory", "")),
            listen=str(metadata.get("migrator_listen", "")),
            uptime_s=float(uptime.removesuffix("s") or 0),
        )

    def started(self) -> str:
        """When this Envoy took its bootstrap, in its own words, to a millisecond: no two that ran here share it.

        Source: `BootstrapConfigDump.last_updated` of the admin API. An empty string where it does not say.
        """
        configs = self._json("/config_dump", {"mask": "last_updated"}).get("configs") or [{}]
        return str(configs[0].get("last_updated", "")) if isinstance(configs[0], dict) else ""

    def counters(self, prefixes: Iterable[str], *, exactly: bool = False) -> dict[str, int]:
        """Counters and gauges whose name starts with one of the prefixes; those never touched are not there.

        Args:
            exactly: those of these very names, whether they were touched or not.
        """
        pattern = "^(" + "|".join(re.escape(prefix) for prefix in prefixes) + (")$" if exactly else ")")
        found: dict[str, int] = {}
        query = {"filter": pattern} if exactly else {"filter": pattern, "usedonly": ""}
        for line in self._get("/stats", query).text.splitlines():
            name, _, value = line.rpartition(": ")
            if value.isdigit():
                found[name] = int(value)
        return found

    def stats(self, prefix: str) -> dict[str, str]:
        """Every statistic, also text, whose name starts with the prefix."""
        text = self._get("/stats", {"filter": f"^{re.escape(prefix)}"}).text
        pairs = (line.partition(": ") for line in text.splitlines())
        return {name: value.strip('"') for name, _, value in pairs}

    def runtime(self) -> dict[str, str]:
        """Runtime keys and their values as they are in force."""
        entries = self._json("/runtime").get("entries") or {}
        return {key: str(entry.get("final_value", "")) for key, entry in entries.items()}

    def modify_runtime(self, values: Mapping[str, str]) -> None:
        """Set runtime keys, all in one call; an empty value removes a key.

        Raises:
            RemoteError: Envoy refused, for instance because it has no admin layer.
        """
        self._call("POST", f"/runtime_modify?{urlencode(values)}")

    def routes(self, name: str) -> dict[str, Any] | None:
        """The route configuration of that name as it is in force, or None."""
        document = self._json("/config_dump", {"resource": "dynamic_route_configs"})
        for config in document.get("configs") or []:
            route_config = config.get("route_config") or {}
            if route_config.get("name") == name:
                return dict(route_config)
        return None

    def reopen_logs(self) -> None:
        """Have Envoy open its access logs anew, after they were moved away."""
        self._call("POST", "/reopen_logs")

    def _json(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        response = self._get(path, query)
        try:
            document = response.json()
        except ValueError as error:
            raise self._stranger(f"{path} is not JSON") from error
        if not isinstance(document, dict):
            raise self._stranger(f"{path} is not an object")
        return document

    def _get(self, path: str, query: Mapping[str, str] | None = None) -> httpx.Response:
        return self._call("GET", path if query is None else f"{path}?{urlencode(query)}")

    def _call(self, method: str, target: str) -> httpx.Response:
        # Every call here may be repeated: reads, and writes of absolute values.
        attempts = Retrying(
            retry=retry_if_exception_type(httpx.TransportError),
            stop=stop_after_attempt(self._attempts),
            wait=wait_exponential(multiplier=0.05, max=0.5),
            reraise=True,
        )
        try:
            response = attempts(self._client.request, method, target)
        except httpx.HTTPError as error:
            raise RemoteError(
                f"no Envoy answers at its admin address {self.address}: {error}",
                hint="start it: migrator router render -o DIR prints the command",
                retryable=True,
            ) from error
        if response.status_code != 200:
            raise self._stranger(f"{method} {target.partition('?')[0]} gave {response.status_code}: {_first(response)}")
        return response

    def _stranger(self, said: str) -> RemoteError:
        return RemoteError(
            f"what answers at {self.address} does not behave as Envoy's admin interface: {said}",
            hint="check plane.admin in router.yaml",
        )


def _first(response: httpx.Response) -> str:
    return (response.text.strip().splitlines() or ["(nothing)"])[0][:200]
