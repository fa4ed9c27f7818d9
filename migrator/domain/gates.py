"""The gates of a rollout: what each looks at, and what it has said.

A gate fails by evidence only and passes by data only. Those that count requests of both sides are judged by sequential
tests; a parity gate by a comparison; a reading gate by a figure asked for now and then; a webhook by its own answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class ErrorRateGate:
    """The canary's share of failed first tries may exceed legacy's by at most this much.

    Attributes:
        worse_by_pp: percentage points, above 0 and below 100.
    """

    worse_by_pp: float


@dataclass(frozen=True, slots=True)
class LatencyGate:
    """A quantile of the canary's latency may be at most `ratio` times legacy's.

    Attributes:
        quantile: 0.95 or 0.99.
        ratio: above 1.1.
    """

    quantile: float
    ratio: float


@dataclass(frozen=True, slots=True)
class ParityGate:
    """The last comparison of both sides may show at most this many different answers.

    Attributes:
        fresh_s: how old it may be when weight is given, in seconds; None for any age.
    """

    different: int
    fresh_s: float | None = None


@dataclass(frozen=True, slots=True)
class ColdStartGate:
    """At most this share of the canary's requests may begin with a cold start.

    Attributes:
        at_most: percent.
        free: how many are not counted each time the weight is raised.
    """

    at_most: float
    free: int


@dataclass(frozen=True, slots=True)
class ThrottleGate:
    """At most this share of the canary's first tries may be throttled.

    Attributes:
        at_most: percent.
    """

    at_most: float


@dataclass(frozen=True, slots=True)
class AvailabilityGate:
    """Before the rollout is promoted the canary must have been this available for this long.

    Attributes:
        at_least: percent of the first tries that did not fail, such as 99.99.
        over_s: seconds that must have been observed.
    """

    at_least: float
    over_s: float


class ReadingKind(StrEnum):
    """Whom a reading gate asks."""

    COST = "cost"
    DEAD_LETTERS = "dead_letters"
    CLOUDWATCH = "cloudwatch"
    PROMETHEUS = "prometheus"


ASKS: Mapping[ReadingKind, Mapping[str, bool]] = {
    ReadingKind.COST: {"function": True, "alias": False, "region": False},
    ReadingKind.DEAD_LETTERS: {"queue": True, "region": False},
    ReadingKind.CLOUDWATCH: {
        "namespace": True,
        "metric": True,
        "statistic": True,
        "dimensions": False,
        "period": False,
        "region": False,
    },
    ReadingKind.PROMETHEUS: {"url": True, "query": True, "token_env": False},
}
"""The words of what is asked, by kind, and whether each has to be there. `dimensions` is a JSON object of texts, `period`
a number of seconds; a word whose name ends in `_env` names an environment variable, and so keeps a secret out of files."""


@dataclass(frozen=True, slots=True)
class ReadingGate:
    """A figure that is read now and then must lie within limits.

    Attributes:
        name: of the gate, unique in a plan.
        asks: what is asked of whom, such as `{"queue": URL}`; which words there are is the kind's.
        at_most: the highest good value, or None.
        at_least: the lowest good value, or None.
        for_s: how long a figure must have been beyond them, at every look, before the gate fails, in seconds.
    """

    name: str
    kind: ReadingKind
    asks: Mapping[str, str] = field(default_factory=dict)
    at_most: float | None = None
    at_least: float | None = None
    for_s: float = 0.0


@dataclass(frozen=True, slots=True)
class WebhookGate:
    """Somebody else's program says whether to go on.

    Attributes:
        name: of the gate, unique in a plan.
        secret: the environment variable that holds the key for its signature, or an empty string.
    """

    name: str
    url: str
    secret: str = ""


Gate: TypeAlias = (
    ErrorRateGate
    | LatencyGate
    | ParityGate
    | ColdStartGate
    | ThrottleGate
    | AvailabilityGate
    | ReadingGate
    | WebhookGate
)


class Outcome(StrEnum):
    """What a gate says: `fail` rolls back, `pass` lets the step end, and both others hold."""

    PASS = "pass"
    FAIL = "fail"
    UNDECIDED = "undecided"
    NO_DATA = "no-data"


@dataclass(frozen=True, slots=True)
class Strength:
    """How far a gate's evidence has come: ln of the evidence beside ln of what it needs.

    Attributes:
        against: evidence that the canary is worse, and from where on that rolls back.
        for_it: evidence that the canary is within the margin, and from where on that lets the step end.
    """

    against: tuple[float, float]
    for_it: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class GateResult:
    """One gate's answer with the figures it rests on.

    Attributes:
        strength: for views that draw evidence against its threshold; None for gates that have no such thing.
    """

    name: str
    outcome: Outcome
    evidence: str
    strength: Strength | None = None
