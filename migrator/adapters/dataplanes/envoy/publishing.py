"""Makes a running Envoy take new files, or leaves everything as it was.

In: the three documents. Out: nothing, once Envoy has said that it uses them. What is added is there before it is
used, and what is removed goes after nothing uses it. A document that Envoy rejects is put back together with those
before it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from migrator.adapters.dataplanes.envoy.resources import Resources, with_old_clusters, with_old_tries
from migrator.adapters.envoy.admin import AdminClient
from migrator.adapters.envoy.directory import CALLS, CLUSTERS, TRIES, PlaneDirectory
from migrator.adapters.processes import wait_until
from migrator.errors import RemoteError
from migrator.router.envoy_names import INNER, OUTER

_DEADLINE_S = 10.0
_LOG_BYTES = 64 * 1024
_REASON = 400  # Envoy quotes what it refuses in full
_STATS = {
    CLUSTERS: "cluster_manager.cds.",
    TRIES: f"http.{INNER}.rds.{INNER}.",
    CALLS: f"http.{OUTER}.rds.{OUTER}.",
}


@dataclass(frozen=True, slots=True)
class Publisher:
    """Publishes to one Envoy; the caller holds the folder's lock."""

    directory: PlaneDirectory
    admin: AdminClient

    def publish(self, new: Resources) -> None:
        """Make Envoy use these files.

        Raises:
            RemoteError: Envoy rejected one, or did not answer; the former files are in force.
        """
        before = {name: self.directory.read(name) for name in (CLUSTERS, TRIES, CALLS)}
        steps = (
            (CLUSTERS, with_old_clusters(new.clusters, before[CLUSTERS])),
            (TRIES, with_old_tries(new.tries, before[TRIES])),
            (CALLS, new.calls),
            (TRIES, new.tries),
            (CLUSTERS, new.clusters),
        )
        done: list[str] = []
        try:
            for name, document in steps:
                if self._version_on_disk(name) == document["version_info"]:
                    continue
                done.append(name)
                self._replace(name, document)
        except RemoteError:
            # Whether or not Envoy still answers, what it reads next is what ran before.
            for name in (CALLS, TRIES, CLUSTERS):
                old = before[name]
                if name in done and old is not None:
                    self.directory.write(name, old)
            raise

    def accepted(self) -> str:
        """Why Envoy does not use the files in the folder; an empty string when it does."""
        for name in (CLUSTERS, TRIES, CALLS):
            if self._version_in_force(name) != self._version_on_disk(name):
                return self._reason(0) or f"{name} is not in force"
        return ""

    def _replace(self, name: str, document: Mapping[str, Any]) -> None:
        rejections = self._rejections(name)
        log_size = self._log_size()
        self.directory.write(name, document)
        version = document["version_info"]
        rejected = False

        def settled() -> bool:
            nonlocal rejected
            rejected = self._rejections(name) > rejections
            return rejected or self._version_in_force(name) == version

        if not wait_until(settled, _DEADLINE_S):
            raise RemoteError(f"Envoy did not read {name} within {_DEADLINE_S:g} s", retryable=True)
        if rejected:
            # The log is written by another thread than the counter.
            wait_until(lambda: bool(self._reason(log_size)), 1.0)
            raise RemoteError(
                f"Envoy rejected the configuration: {self._reason(log_size) or 'its log says why'}",
                hint="what ran before still runs",
                location=str(self.directory.path / name),
            )

    def _version_on_disk(self, name: str) -> str:
        return str((self.directory.read(name) or {}).get("version_info", ""))

    def _version_in_force(self, name: str) -> str:
        return self.admin.stats(f"{_STATS[name]}version_text").get(f"{_STATS[name]}version_text", "")

    def _rejections(self, name: str) -> int:
        stats = self.admin.stats(f"{_STATS[name]}update_")
        return int(stats.get(f"{_STATS[name]}update_rejected", 0)) + int(stats.get(f"{_STATS[name]}update_failure", 0))

    def _log_size(self) -> int:
        try:
            return self.directory.envoy_log.stat().st_size
        except OSError:
            return 0

    def _reason(self, since: int) -> str:
        """What Envoy's log says of the last rejection after an offset."""
        try:
            with self.directory.envoy_log.open("rb") as file:
                file.seek(max(since, self._log_size() - _LOG_BYTES))
                text = file.read().decode("utf-8", errors="replace")
        except OSError:
            return ""
        # Envoy prints the whole rejected document and after it, as the end of the same record, the reason.
        records = [record for record in re.split(r"^(?=\[2\d{3}-)", text, flags=re.M) if "rejected" in record]
        lines = records[-1].strip().splitlines() if records else []
        reason = lines[-1].removeprefix(": ").strip() if len(lines) > 1 else "".join(lines).partition("rejected: ")[2]
        return reason if len(reason) <= _REASON else f"{reason[: _REASON // 2]} … {reason[-_REASON // 2 :]}"
