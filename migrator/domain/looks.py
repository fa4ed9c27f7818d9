"""What one look at a rollout reads of the world, and the log of every look that led to anything.

A decision rests on the recorded state and on a `Look`, and on nothing else. So a log that begins with a state and keeps
the looks can be replayed: each decision comes out again, or the log tells where it does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from migrator.domain.comparisons import Comparison
from migrator.domain.gates import Outcome
from migrator.domain.observations import NoData, Observation
from migrator.domain.rollouts import Confirmed, Phase, Review, RolloutState
from migrator.domain.routes import Weight


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure that a reading gate asked for.

    Attributes:
        value: in the unit of the gate's limits.
        at: the instant that it tells of, seconds since the epoch.
    """

    value: float
    at: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a webhook has answered; `reason` is its own text."""

    outcome: Outcome
    reason: str


Answer: TypeAlias = Reading | Verdict | NoData


@dataclass(frozen=True, slots=True)
class Health:
    """Whether a side says of itself that it is well, and its reason where it does not."""

    well: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reading gate or a webhook is asked about."""

    route: str
    revision: int
    phase: Phase
    step: int
    weight: float


@dataclass(frozen=True, slots=True)
class Look:
    """All that a decision rests on beside the recorded state.

    Attributes:
        now: seconds since the epoch.
        live: the weight that the plane has, or why it could not be read.
        observation: what both sides did since the mark of the last look, or why there is nothing.
        mark: where the counting stands now, in case that a new beginning was needed; else an empty string.
        lag_s: seconds that the figures come late at most.
        comparison: the last one of the route, without its examples, or why there is none.
        answers: of reading gates and webhooks, by the gate's name.
        deployed: what the canary is now (a version, a hash), or why that is not known.
        legacy: whether legacy is well, or why that is not known.
        others: the phases of the routes that the plan waits for, by name; those without a record are left out.
        review: how the route's weight stands with the people who merge it, or why that is not known; None where the
            controller does not ask people, and raises weights itself.
    """

    now: float
    live: Weight | NoData
    observation: Observation | NoData
    comparison: Comparison | NoData
    mark: str = ""
    lag_s: float = 0.0
    answers: Mapping[str, Answer] = field(default_factory=dict)
    deployed: str | NoData = field(default_factory=lambda: NoData("not asked"))
    legacy: Health | NoData = field(default_factory=lambda: NoData("not asked"))
    others: Mapping[str, Phase] = field(default_factory=dict)
    review: Review | NoData | None = None


class Request(StrEnum):
    """What a person may ask of a rollout."""

    PAUSE = "pause"
    RESUME = "resume"
    PROMOTE = "promote"
    ROLLBACK = "rollback"
    RETIRE = "retire"


class AuditEvent(StrEnum):
    """What an audit entry is about: a new revision, a look and its decision, a weight read back, a person's word."""

    BEGUN = "begun"
    LOOKED = "looked"
    READ_BACK = "read-back"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change of the record, with all that it followed from.

    Attributes:
        at: seconds since the epoch.
        version: of the record that it led to.
        digest: SHA-256 of that record, without its version and its lease.
        begun: the first record of a revision, of a `begun`; of an `asked`, where nothing was recorded before.
        look: of a `looked`, and of an `asked`.
        confirmed: of a `read-back`.
        mark: where the source's counting stood then, of a `read-back`.
        request: of an `asked`.
        by: who asked, such as `anna@host`.
        force: whether the request was to be done although something spoke against it.
        action: what was decided, such as `shift 25 % (step 2)`.
    """

    at: float
    event: AuditEvent
    version: int
    digest: str
    begun: RolloutState | None = None
    look: Look | None = None
    confirmed: Confirmed | None = None
    mark: str = ""
    request: Request | None = None
    by: str = ""
    force: bool = False
    action: str = ""
    reason: str = ""
