"""The `StateStore` port in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from migrator.domain.rollouts import HistoryEntry, RolloutState
from migrator.rollout.ports import Conflict


@dataclass
class FakeStateStore:
    """States and histories in two dictionaries."""

    states: dict[str, RolloutState] = field(default_factory=dict)
    lines: dict[str, list[HistoryEntry]] = field(default_factory=dict)

    def load(self, route: str) -> RolloutState | None:
        return self.states.get(route)

    def save(self, state: RolloutState, *, expected_version: int, entry: HistoryEntry | None = None) -> RolloutState:
        found = self.states[state.route].version if state.route in self.states else 0
        if found != expected_version:
            raise Conflict(f"version {found}, not {expected_version}")
        saved = replace(state, version=found + 1, history_length=state.history_length + (entry is not None))
        self.states[state.route] = saved
        if entry is not None:
            self.lines.setdefault(state.route, []).append(entry)
        return saved

    def history(self, route: str) -> tuple[HistoryEntry, ...]:
        return tuple(self.lines.get(route, ()))

    def routes(self) -> tuple[str, ...]:
        return tuple(sorted(self.states))
