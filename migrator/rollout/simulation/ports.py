"""The ports of the controller in memory, for a world that is played: clock, plane, store, answers.

In: what the controller does. Out: what the world needs to know of it. The figures are `world`'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from migrator.domain.comparisons import Comparison
from migrator.domain.gates import Outcome, ReadingGate, WebhookGate
from migrator.domain.looks import Answer, Asked, AuditEntry, Reading, Verdict
from migrator.domain.observations import NoData
from migrator.domain.rollouts import HistoryEntry, RolloutState
from migrator.domain.routes import AnyRoute, Weight
from migrator.errors import RemoteError
from migrator.rollout.fencing import passed
from migrator.rollout.ports import Capabilities, Conflict, Fence


@dataclass
class VirtualClock:
    """Time that passes only when the world lets it."""

    at: float

    def now(self) -> float:
        """Seconds since the epoch."""
        return self.at

    def sleep(self, seconds: float) -> None:
        """Let it pass."""
        self.at += seconds


@dataclass
class MemoryPlane:
    """One route's weight.

    Attributes:
        down: why nothing answers, or an empty string; what is live stays live.
    """

    route: str
    live: float = 0.0
    down: str = ""
    fence: Fence | None = None

    @property
    def capabilities(self) -> Capabilities:
        """Any weight that is told apart from its neighbor."""
        return Capabilities(stickiness="hash", resolution=0.01, fallback=True, mirror=True)

    def ensure(self, route: AnyRoute) -> None:
        """The route is there already."""
        self._answer()

    def weights(self, route: str) -> Weight | None:
        """What is live."""
        self._answer()
        return Weight(self.live) if route == self.route else None

    def recorded(self, route: str) -> Weight | None:
        """What is live: nobody else changes it."""
        return self.weights(route)

    def shift(self, route: str, weight: Weight, *, overwrite: bool = False, fence: Fence | None = None) -> Weight:
        """Make it live."""
        self._answer()
        if route != self.route:
            raise RemoteError(f"no route {route}")
        self.fence = passed(route, fence, self.fence, wanted=weight, live=Weight(self.live))
        self.live = weight.canary
        return Weight(self.live)

    def retire(self, route: str) -> None:
        """Everything goes to legacy."""
        self._answer()
        self.live = 0.0

    def _answer(self) -> None:
        if self.down:
            raise RemoteError(self.down, retryable=True)


@dataclass
class MemoryStore:
    """One route's record. Of the audit log nothing is kept: a simulation of weeks would keep a gigabyte."""

    state: RolloutState | None = None
    lines: list[HistoryEntry] = field(default_factory=list)

    def load(self, route: str) -> RolloutState | None:
        """The record."""
        return self.state if self.state is not None and self.state.route == route else None

    def save(
        self,
        state: RolloutState,
        *,
        expected_version: int,
        entry: HistoryEntry | None = None,
        audit: AuditEntry | None = None,
    ) -> RolloutState:
        """Keep it."""
        found = self.state.version if self.state is not None else 0
        if found != expected_version:
            raise Conflict(f"version {found} is recorded, not {expected_version}")
        if entry is not None:
            self.lines.append(entry)
        self.state = replace(
            state,
            version=found + 1,
            history_length=state.history_length + (entry is not None),
            audit_length=state.audit_length + (audit is not None),
        )
        return self.state

    def history(self, route: str) -> tuple[HistoryEntry, ...]:
        """All lines."""
        return tuple(self.lines)

    def audit(self, route: str) -> Iterator[AuditEntry]:
        """Nothing is kept."""
        return iter(())

    def cursor(self, name: str) -> int:
        """Nobody is notified."""
        return 0

    def move_cursor(self, name: str, to: int) -> None:
        """Nobody is notified."""

    def routes(self) -> tuple[str, ...]:
        """The one route."""
        return (self.state.route,) if self.state is not None else ()


@dataclass
class AllIsWell:
    """What gates ask that count no requests: the comparison is fresh and equal, readings lie within their limits."""

    clock: VirtualClock

    def latest(self, route: str) -> Comparison | NoData:
        """A comparison without a difference, made just now."""
        return Comparison(route, 1, 1, 0, 0, 0, (), at=self.clock.now())

    def read(self, gate: ReadingGate | WebhookGate, asked: Asked) -> Answer:
        """A good figure, or a pass."""
        if isinstance(gate, WebhookGate):
            return Verdict(Outcome.PASS, "taken to pass")
        good = gate.at_most if gate.at_most is not None else gate.at_least
        return Reading(0.0 if good is None else good, self.clock.now())
