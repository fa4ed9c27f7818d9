"""The `StateStore` port in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from migrator.domain.looks import AuditEntry
from migrator.domain.rollouts import HistoryEntry, RolloutState
from migrator.rollout.ports import Conflict


@dataclass
class FakeStateStore:
    """States, histories, audits and cursors in dictionaries."""

    states: dict[str, RolloutState] = field(default_factory=dict)
    lines: dict[str, list[HistoryEntry]] = field(default_factory=dict)
    audits: dict[str, list[AuditEntry]] = field(default_factory=dict)
    cursors: dict[str, int] = field(default_factory=dict)

    def load(self, route: str) -> RolloutState | None:
        return self.states.get(route)

    def save(
        self,
        state: RolloutState,
        *,
        expected_version: int,
        entry: HistoryEntry | None = None,
        audit: AuditEntry | None = None,
    ) -> RolloutState:
        found = self.states[state.route].version if state.route in self.states else 0
        if found != expected_version:
            raise Conflict(f"version {found}, not {expected_version}")
        saved = replace(
            state,
            version=found + 1,
            history_length=state.history_length + (entry is not None),
            audit_length=state.audit_length + (audit is not None),
        )
        self.states[state.route] = saved
        if entry is not None:
            self.lines.setdefault(state.route, []).append(entry)
        if audit is not None:
            self.audits.setdefault(state.route, []).append(replace(audit, version=saved.version))
        return saved

    def history(self, route: str) -> tuple[HistoryEntry, ...]:
        return tuple(self.lines.get(route, ()))

    def audit(self, route: str) -> Iterator[AuditEntry]:
        return iter(tuple(self.audits.get(route, ())))

    def cursor(self, name: str) -> int:
        return self.cursors.get(name, 0)

    def move_cursor(self, name: str, to: int) -> None:
        self.cursors[name] = max(to, self.cursor(name))

    def routes(self) -> tuple[str, ...]:
        return tuple(sorted(self.states))
