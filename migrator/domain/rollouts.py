"""The rollout of one route: its plan, its phases, its recorded state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from migrator.domain.gates import Gate, GateResult
from migrator.domain.json import JsonValue
from migrator.domain.observations import Sample
from migrator.domain.pull_requests import Standing


class Phase(StrEnum):
    """Where a rollout stands."""

    PENDING = "pending"
    SHIFTING = "shifting"
    HOLDING = "holding"
    AWAITING_APPROVAL = "awaiting-approval"
    PAUSED = "paused"
    PROMOTING = "promoting"
    PROMOTED = "promoted"
    ROLLING_BACK = "rolling-back"
    ROLLED_BACK = "rolled-back"
    RETIRED = "retired"


_UNDER_WAY = frozenset({Phase.SHIFTING, Phase.HOLDING, Phase.AWAITING_APPROVAL, Phase.PAUSED})

MOVES: Mapping[Phase, frozenset[Phase]] = {
    Phase.PENDING: frozenset({Phase.SHIFTING, Phase.ROLLING_BACK}),
    Phase.SHIFTING: (_UNDER_WAY - {Phase.SHIFTING}) | {Phase.PROMOTING, Phase.ROLLING_BACK},
    Phase.HOLDING: frozenset({Phase.SHIFTING, Phase.ROLLING_BACK}),
    Phase.AWAITING_APPROVAL: frozenset({Phase.SHIFTING, Phase.ROLLING_BACK}),
    Phase.PAUSED: frozenset({Phase.SHIFTING, Phase.ROLLING_BACK}),
    Phase.PROMOTING: frozenset({Phase.PROMOTED, Phase.ROLLING_BACK}),
    Phase.PROMOTED: frozenset({Phase.RETIRED, Phase.ROLLING_BACK}),
    Phase.ROLLING_BACK: frozenset({Phase.ROLLED_BACK}),
    Phase.ROLLED_BACK: frozenset({Phase.PENDING, Phase.ROLLING_BACK}),
    Phase.RETIRED: frozenset(),
}
"""The moves that exist; there are no others. To stay in a phase is no move and always allowed."""


class Undecided(StrEnum):
    """What a step does while gates that count requests are undecided."""

    HOLD = "hold"
    GO_ON = "go-on"


@dataclass(frozen=True, slots=True)
class Step:
    """A weight and how long it must hold up before the next one.

    Attributes:
        weight: percent to the canary.
        bake_s: seconds that must have been observed.
        min_requests: canary requests that must have been seen before the step may end.
        approval: whether a person must agree before the step begins.
        undecided: whether the step ends, after its bake time, although a gate's evidence suffices for neither answer.
            A gate that doubts the canary holds all the same, and nothing but evidence leads to 100 %.
    """

    weight: float
    bake_s: float
    min_requests: int = 20
    approval: bool = False
    undecided: Undecided = Undecided.HOLD


@dataclass(frozen=True, slots=True)
class Window:
    """When weight may be raised, week by week.

    Attributes:
        days: 0 for Monday to 6 for Sunday.
        begins, ends: minutes after midnight, 0 to 1440; one that ends before it begins goes on into the next day.
        zone: of the IANA database, such as `Europe/Berlin`.
    """

    days: tuple[int, ...]
    begins: int
    ends: int
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Freeze:
    """When weight may not be raised: from and until, seconds since the epoch."""

    begins: float
    ends: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RolloutPlan:
    """The steps of one route, in rising weight, and the gates that hold at every one of them.

    Attributes:
        windows: weight is raised within one of them only; empty for any time.
        freezes: and in none of these.
        after: routes whose rollouts must be promoted before this one gives any weight.
        silence_s: seconds without figures after which the canary is not left alone with its weight any longer.
        safe_weight: the weight to go back to then: 0, or that of a step.
        rollback_window_s: seconds after promotion in which legacy is kept ready, and the canary is still watched.
        template: the name of the template that the steps are from, or an empty string.
    """

    route: str
    steps: tuple[Step, ...]
    gates: tuple[Gate, ...]
    windows: tuple[Window, ...] = ()
    freezes: tuple[Freeze, ...] = ()
    after: tuple[str, ...] = ()
    silence_s: float = 900.0
    safe_weight: float = 0.0
    rollback_window_s: float = 0.0
    template: str = ""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One recorded decision.

    Attributes:
        at: seconds since the epoch.
        reason: why the decision was taken, in words for the operator.
    """

    at: float
    phase: Phase
    step: int
    weight: float
    reason: str
    gates: tuple[GateResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A weight that was read back from the plane.

    Attributes:
        weight: percent to the canary as the plane has it, which may be the rounded one.
        at: when it was read back, seconds since the epoch.
    """

    weight: float
    at: float


@dataclass(frozen=True, slots=True)
class Lately:
    """Requests and failed first tries of late, the older the less of them.

    Attributes:
        at: until when there was one, seconds since the epoch.
    """

    requests: float = 0.0
    failures: float = 0.0
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Counted:
    """How far the figures of a rollout have been taken in.

    Attributes:
        mark: where the source's counting stood at the last look, or an empty string while none is known.
        until: the last instant that figures told of, seconds since the epoch.
        baked_s: seconds of the present step that figures told of.
        step_requests: canary requests of the present step.
        legacy, canary: everything since the revision began.
        legacy_lately, canary_lately: how each side is now.
    """

    mark: str = ""
    until: float = 0.0
    baked_s: float = 0.0
    step_requests: int = 0
    legacy: Sample = field(default_factory=lambda: Sample(0, 0))
    canary: Sample = field(default_factory=lambda: Sample(0, 0))
    legacy_lately: Lately = field(default_factory=Lately)
    canary_lately: Lately = field(default_factory=Lately)


@dataclass(frozen=True, slots=True)
class Lease:
    """Who drives a rollout for now; others leave it alone, but for a person's word.

    Attributes:
        holder: such as `host:pid`.
        until: seconds since the epoch.
    """

    holder: str
    until: float


@dataclass(frozen=True, slots=True)
class Review:
    """How a route's weight stands with the people who merge it.

    Attributes:
        committed: the route's weight in `router.yaml` as it is committed where pull requests go; None where no route of
            that name is.
        standing: of the newest pull request for the route's weight; None where there has been none.
        url: its address; empty where there is none, or where the forge does not say.
        asks: the weight that it asks for while it is open, else None.
        by_hand: whether a person has changed what it asks for.
        branch: that it is merged from.
        resolution: the smallest step of a weight that the route's plane has, in percent.
    """

    committed: float | None
    standing: Standing | None = None
    url: str = ""
    asks: float | None = None
    by_hand: bool = False
    branch: str = ""
    resolution: float = 0.01


@dataclass(frozen=True, slots=True)
class Proposal:
    """A weight that people are asked to give.

    Attributes:
        weight: percent to the canary.
        live: the same as the plane will have it, which may be the rounded one.
        step: index into the plan's steps.
        since: when it was decided, seconds since the epoch.
        before: address of the newest pull request of then; what becomes of that one is no answer to this.
        merged: when it was first seen to be merged, seconds since the epoch; None until then.
        declined: whether a person has closed it without merging.
    """

    weight: float
    live: float
    step: int
    since: float
    before: str = ""
    merged: float | None = None
    declined: bool = False


@dataclass(frozen=True, slots=True)
class Proposing:
    """That a rollout has its weight raised by people who merge a pull request, and never raises one itself.

    Attributes:
        proposal: what they are asked for now, or None.
        review: what was last known of it, or None where nothing is or what was known is out of date.
        lowered: whether weight was taken away, and the file is not known to say no more since.
    """

    proposal: Proposal | None = None
    review: Review | None = None
    lowered: bool = False


@dataclass(frozen=True, slots=True)
class RolloutState:
    """What is recorded of a rollout; everything the controller needs after a crash.

    Attributes:
        step: index into the plan's steps; -1 before the first one.
        weight: the weight that was last decided, whether or not the plane has it yet.
        revision: number of rollouts of this route so far, from 1.
        started: seconds since the epoch.
        since: when the present phase and step began, seconds since the epoch.
        evidence: what the gates said last.
        history_length: lines of history recorded so far.
        audit_length: audit entries recorded so far.
        version: of the record; a writer must name the version it has read. With `started` it fences the plane.
        confirmed: that the plane has the weight, or None until it was read back.
        reason: why the rollout stands where it does, in words for the operator.
        counted: figures taken in so far.
        memory: what each gate remembers between two looks, by its name, as JSON.
        approved: index of the last step that a person has agreed to.
        deployed: what the canary was when it got its first weight (a version, a hash), or an empty string if unknown.
        due: why a rollback is due that waits for legacy to recover or for a person, or an empty string.
        silent_since: when a look first found that figures are overdue, seconds since the epoch; None while they come.
        compared_after: comparisons made before this instant tell of an earlier revision, seconds since the epoch.
        lease: who drives it, or None.
        proposing: that its weight is raised by pull requests; None where the controller raises it.
    """

    route: str
    plan: RolloutPlan
    phase: Phase
    step: int
    weight: float
    revision: int
    started: float
    since: float
    evidence: tuple[GateResult, ...] = ()
    history_length: int = 0
    audit_length: int = 0
    version: int = 0
    confirmed: Confirmed | None = None
    reason: str = ""
    counted: Counted = field(default_factory=Counted)
    memory: Mapping[str, Mapping[str, JsonValue]] = field(default_factory=dict)
    approved: int = -1
    deployed: str = ""
    due: str = ""
    silent_since: float | None = None
    compared_after: float = 0.0
    lease: Lease | None = None
    proposing: Proposing | None = None


@dataclass(frozen=True, slots=True)
class WeightStatus:
    """Percent to the canary.

    Attributes:
        configured: what the rollout has decided and recorded.
        live: what the data plane has, or None where it could not be read.
        unknown: why it could not be read, or an empty string.
    """

    configured: float
    live: float | None
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class PullRequestStatus:
    """The newest pull request for a route's weight, as was last known.

    Attributes:
        standing: `open`, `merged` or `closed`; None where there is none yet.
        url: empty where that is not known.
        weight: percent to the canary that people are asked for, or None where they are asked for none.
        committed: percent in `router.yaml` as it is committed; None where that is not known.
    """

    standing: Standing | None
    url: str
    weight: float | None
    committed: float | None


@dataclass(frozen=True, slots=True)
class RolloutStatus:
    """How a rollout stands.

    Attributes:
        step: index of the present step; -1 before the first one.
        steps: how many there are.
        since: when the present phase and step began, ISO 8601 in UTC.
        next: what comes next and what it waits for.
        pull_request: None where the controller raises the weight itself.
    """

    route: str
    phase: Phase
    step: int
    steps: int
    weight: WeightStatus
    gates: tuple[GateResult, ...]
    since: str
    next: str
    reason: str
    revision: int
    pull_request: PullRequestStatus | None = None
