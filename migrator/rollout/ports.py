"""What the controller needs from the world, as protocols that the adapters fulfill.

One contract suite per port in `tests/contracts` runs on the in-memory fake and
on every adapter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from migrator.domain.comparisons import Comparison
from migrator.domain.gates import ReadingGate, WebhookGate
from migrator.domain.looks import Answer, Asked, AuditEntry, Health
from migrator.domain.observations import Measuring, NoData, Observation
from migrator.domain.rollouts import HistoryEntry, Review, RolloutState
from migrator.domain.routes import AnyRoute, Weight
from migrator.errors import MigratorError, RemoteError
from migrator.rollout.ticks import Tick


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a data plane can do; validation refuses what it cannot.

    Attributes:
        stickiness: `hash`, `cookie` or `none`.
        resolution: the smallest step of a weight, in percent.
        fallback: whether legacy can answer for a failed canary try.
        methods: the HTTP methods that can be routed; empty means all.
        mirror: whether calls can be copied to the canary.
    """

    stickiness: str
    resolution: float
    fallback: bool
    methods: tuple[str, ...] = ()
    mirror: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Fence:
    """Which record of a rollout an act rests on; a later record has a higher one.

    Attributes:
        started: when the revision began, seconds since the epoch.
        version: of the record.
    """

    started: float
    version: int


class DataPlane(Protocol):
    """The thing that carries the calls. Every method is idempotent."""

    @property
    def capabilities(self) -> Capabilities:
        """What this plane can do."""
        ...

    def ensure(self, route: AnyRoute) -> None:
        """Make the plane serve the route; a weight already live for it is kept.

        Raises:
            UsageError: the plane does not carry such calls.
            RemoteError: the plane refused the configuration; what ran before still runs.
        """
        ...

    def weights(self, route: str) -> Weight | None:
        """The weight that is live, read from the plane and never from memory; None for an unknown route.

        Raises:
            RemoteError: the plane did not answer.
        """
        ...

    def recorded(self, route: str) -> Weight | None:
        """The weight that was made live through this port last, as is noted beside the plane; None for an unknown route.

        Another live weight than this one is drift: a hand, or another tool, has set it.

        Raises:
            RemoteError: the plane did not answer.
        """
        ...

    def shift(self, route: str, weight: Weight, *, overwrite: bool = False, fence: Fence | None = None) -> Weight:
        """Make a weight live, read it back, and return the effective one.

        A weight other than 0 and 100 is rounded to the plane's resolution but never to 0 or 100.

        Args:
            overwrite: also where the live weight is not the recorded one. To shift to the live weight adopts it.
            fence: of the record by which this is done. The plane remembers the highest one beside the weight, and raises
                no weight by a lower one; to take weight away it needs none. None is a person's hand: it is not checked,
                and what was remembered is forgotten.

        Raises:
            Fenced: a newer record has been acted on; nothing was changed.
            Drift: the live weight is not the recorded one; nothing was changed.
            RemoteError: the plane did not take it, or does not know the route.
        """
        ...

    def retire(self, route: str) -> None:
        """Stop treating the route apart: its calls go where unrouted calls go."""
        ...


class Fenced(RemoteError):
    """A newer record of the rollout has been acted on: whoever wanted this was asleep meanwhile, or reads again."""

    def __init__(self, route: str, fence: Fence, seen: Fence) -> None:
        super().__init__(
            f"{route} was shifted by a newer record of its rollout (version {seen.version}, not {fence.version})",
            hint="if the rollouts are kept in a new place since: migrator router apply --overwrite forgets the old one",
        )
        self._told = (route, fence, seen)

    def __reduce__(self) -> tuple[object, ...]:
        return (Fenced, self._told)


class Drift(RemoteError):
    """What is live is not what was made live last: somebody else has changed it."""

    exit_code = 1

    def __init__(self, route: str, live: Weight, recorded: Weight) -> None:
        super().__init__(
            f"{live.canary:g} % of {route} is live, but {recorded.canary:g} % was set last: somebody else has changed it",
            hint="take what is live: migrator router apply --adopt; or set it anew: migrator router apply --overwrite",
        )
        self._told = (route, live, recorded)

    def __reduce__(self) -> tuple[object, ...]:
        return (Drift, self._told)


class MetricSource(Protocol):
    """Counts what each side answered.

    A mark is kept in the record of the rollout, so that the next process can go on measuring where this one ended.
    """

    def about(self, route: str) -> Measuring:
        """How the route is measured; nothing is asked of the source."""
        ...

    def mark(self, route: str) -> str:
        """Where the counting stands now, as text that only the source understands; never empty.

        Raises:
            RemoteError: the source does not answer.
        """
        ...

    def since(self, route: str, mark: str) -> Observation | NoData:
        """What both sides did since the mark was taken, by whatever process, or why nothing can be said.

        Returns:
            No data with `mark_lost` where nothing will ever be said of this mark again.

        Raises:
            RemoteError: the source does not answer.
        """
        ...


class ComparisonSource(Protocol):
    """Remembers the last comparison of a route."""

    def latest(self, route: str) -> Comparison | NoData:
        """The last comparison, or why there is none."""
        ...


class Conflict(MigratorError):
    """Somebody else has saved a newer version of the state."""

    exit_code = 4


class StateStore(Protocol):
    """Keeps the state of rollouts, one record a route, and their history."""

    def load(self, route: str) -> RolloutState | None:
        """The recorded state, or None.

        Raises:
            InputError: what is recorded cannot be read.
            RemoteError: the store does not answer.
        """
        ...

    def save(
        self,
        state: RolloutState,
        *,
        expected_version: int,
        entry: HistoryEntry | None = None,
        audit: AuditEntry | None = None,
    ) -> RolloutState:
        """Record a state, and with it a line of history and an audit entry, as one change.

        Args:
            expected_version: the version that the writer has read; 0 for a new record.

        Returns:
            What is recorded: the state with the next version, and one more line of history and audit entry where there
            is one. The entry's own version is set to that of the state.

        Raises:
            Conflict: the recorded version is another one; nothing was written.
        """
        ...

    def history(self, route: str) -> tuple[HistoryEntry, ...]:
        """All lines of history, oldest first."""
        ...

    def audit(self, route: str) -> Iterator[AuditEntry]:
        """All audit entries, oldest first; there may be many."""
        ...

    def cursor(self, name: str) -> int:
        """How far somebody has come who works through a history: a number of lines; 0 at first."""
        ...

    def move_cursor(self, name: str, to: int) -> None:
        """Record how far somebody has come; a cursor never goes back.

        Raises:
            InputError, RemoteError: it was not recorded.
        """
        ...

    def routes(self) -> tuple[str, ...]:
        """The routes that have a record, sorted."""
        ...


class ReadingSource(Protocol):
    """Asks for the figures of reading gates, and webhooks for their answers."""

    def read(self, gate: ReadingGate | WebhookGate, asked: Asked) -> Answer:
        """What the gate is about, as it stands now. What does not answer within seconds is no data, and raises nothing."""
        ...


class CanarySource(Protocol):
    """Knows what the canary is."""

    def deployed(self, route: str) -> str | NoData:
        """The version or the hash of what answers as the canary, or why that is not known; raises nothing."""
        ...


class HealthSource(Protocol):
    """Asks legacy how it is."""

    def legacy(self, route: str) -> Health | NoData:
        """Whether legacy is well, or why that is not known; raises nothing."""
        ...


@dataclass(frozen=True, slots=True)
class WantedWeight:
    """What `router.yaml` is to say of a route, as far as people agree.

    Attributes:
        weight: percent to the canary.
        raises: whether it is asked for; else the file is only not to say more than this, which is live.
        before: address of the pull request that is no answer to it any more; empty for none.
        title: of a pull request for it; one line.
        body: of the same, in Markdown.
        key: another one means that the title and the body say something else, beyond figures that have gone on.
    """

    route: str
    weight: float
    raises: bool
    before: str
    title: str
    body: str
    key: str


class WeightRequests(Protocol):
    """Asks people for weights by pull requests, never by two for a route, and knows what has become of them.

    Raises nothing, and answers at once from what it knows where it is asked again and again: a forge that does not answer
    holds up nobody's looks. Whatever was asked for before a crash is asked for again by the next `want`.
    """

    def review(self, route: str) -> Review | NoData:
        """How the route's weight stands with people, or why that is not known (yet)."""
        ...

    def want(self, wanted: WantedWeight) -> str:
        """See to it that a pull request asks for this where the file does not say it; what went wrong, or an empty string.

        One that a person has closed, or has changed, is left as it is; but one that asks for more than what is live, after
        weight was taken away, is changed.
        """
        ...


class Clock(Protocol):
    """Time, so that tests can own it."""

    def now(self) -> float:
        """Seconds since the epoch."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class Observer(Protocol):
    """Is told what happens, for a view or a log. Called after everything is recorded; must return at once."""

    def notify(self, tick: Tick) -> None:
        """One look at a rollout; `tick.entries` says what has changed, and is empty most of the time."""
        ...
