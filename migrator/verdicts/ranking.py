"""The order in which to move: a score between 0 and 1, and the ranks that follow from it.

A candidate falls into one of three bands by its verdict (`BANDS`): what can move, what can move after a change, what
stays. Band b of n covers the scores from (n - b) / n to (n - b + 1) / n, so that what blocks never comes before what
moves. Within its band the place is the weighted mean of what makes a good first move, each from 0 to 1:

- work: p / (p + 1) for p points of `migrator.verdicts.work`. Half of the weight, since nobody moves a function for being
  harmless: jobs that talk to the outside or compute are what a service of their own pays for.
- event: how well another home can take the event over (`EVENTS`).
- confidence: proven 1, likely 0.8. Unproven begins at 0.6 and falls with the number n of calls to look at, by
  4 / (n + 4): three calls are read in minutes, fifty are not.
- hazards: 1 / (1 + sum of `HAZARDS` over the kinds that it has). How many lines a hazard has says little about the
  work: one idempotency key answers for all lines that a retry repeats.
- verdict: `ready` needs no network path.
- size: 100 / (100 + f) for f functions to take along.

The mean is cut where there is next to no work: from half a point down to none it falls to a tenth, by which the safer
still comes first. A view that redirects, returns a constant or renders a page without data, and a receiver that fills
a registry, are safe to move and not worth it; without the cut, safety alone would bring them to the top. What
production does not run (`ASIDE`, `FRAMEWORK_COMMANDS`) counts as no work at all.

The weights order peers; no measurement stands behind them, and none is claimed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from migrator.domain.assessments import Confidence, HazardKind, Verdict
from migrator.domain.triggers import Trigger, TriggerKind

BANDS: tuple[frozenset[Verdict], ...] = (
    frozenset({Verdict.READY, Verdict.WITH_NETWORK}),
    frozenset({Verdict.REFACTOR}),
    frozenset({Verdict.KEEP}),
)
"""Best first."""

WEIGHTS: Mapping[str, float] = {
    "work": 0.5,
    "event": 0.2,
    "confidence": 0.12,
    "hazards": 0.08,
    "verdict": 0.05,
    "size": 0.05,
}

EVENTS: Mapping[TriggerKind, float] = {
    TriggerKind.QUEUE: 1.0,
    TriggerKind.SCHEDULE: 1.0,
    TriggerKind.STREAM: 1.0,
    TriggerKind.OBJECT: 1.0,
    TriggerKind.HTTP: 0.8,  # somebody waits for the answer, and cookies, login and CSRF come with it
    TriggerKind.COMMAND: 0.3,  # typed by somebody, or run by a clock that the code does not show
    TriggerKind.SIGNAL: 0.0,  # a call inside of the process: there is no event yet that another home could take over
}

HAZARDS: Mapping[HazardKind, float] = {
    HazardKind.IN_TRANSACTION: 1.0,
    HazardKind.NON_SERIALIZABLE_ARGUMENT: 1.0,
    HazardKind.ORDERING: 1.0,
    HazardKind.DOUBLE_RUN: 0.25,
    HazardKind.SHARED_TABLE: 0.25,
    HazardKind.IMPORT_EFFECT: 0.25,
}
"""What each kind costs: the first three need a change of the callers or of the data, the others a setting or a key.
Nearly everything that is worth a move has one of the others."""

FRAMEWORK_COMMANDS = frozenset(
    {
        "check", "collectstatic", "compilemessages", "create_all", "createcachetable", "createsuperuser", "db", "dbshell",
        "drop_all", "dumpdata", "flush", "init", "loaddata", "makemessages", "makemigrations", "migrate", "routes", "run",
        "runserver", "shell", "shell_plus", "showmigrations", "startapp", "test",
    }
)  # fmt: skip
"""Commands by which developers run a framework, whoever defines them."""

ASIDE = frozenset(
    {
        "conftest", "debug", "dev", "devel", "development", "examples", "fixtures", "migrations", "testing", "tests",
        "testutils",
    }
)  # fmt: skip
"""Parts of a qualified name that say that production does not run it, or once: the schema stays with the monolith."""

_SURE: Mapping[Confidence, float] = {Confidence.PROVEN: 1.0, Confidence.LIKELY: 0.8}
_UNPROVEN = 0.6
_SOME_CALLS = 4  # calls to look at that halve what an unproven verdict is worth
_MANY_FUNCTIONS = 100
_ENOUGH = 0.5  # points of work below which a move is not worth it
_LEFT = 0.1  # of the mean where there is no work


def score_of(
    name: str,
    verdict: Verdict,
    confidence: Confidence,
    *,
    triggers: Sequence[Trigger],
    hazards: Collection[HazardKind],
    doubtful: int,
    points: float,
    functions: int,
) -> float:
    """The score, 0 to 1; the higher, the earlier.

    Args:
        name: qualified.
        hazards: the kinds that it has.
        doubtful: calls that could not be followed and that no rule calls harmless.
        points: of its work, 0 or more.
        functions: number of functions that it runs, itself included.
    """
    band = next(index for index, members in enumerate(BANDS) if verdict in members)
    if _is_aside(name, triggers):
        points = 0.0
    parts = {
        "work": points / (points + 1),
        "event": max((EVENTS[trigger.kind] for trigger in triggers), default=0.0),
        "confidence": _SURE.get(confidence, _UNPROVEN * _SOME_CALLS / (_SOME_CALLS + doubtful)),
        "hazards": 1 / (1 + sum(HAZARDS[kind] for kind in set(hazards))),
        "verdict": float(verdict is Verdict.READY),
        "size": _MANY_FUNCTIONS / (_MANY_FUNCTIONS + functions),
    }
    mean = sum(WEIGHTS[part] * value for part, value in parts.items())
    place = mean * (_LEFT + (1 - _LEFT) * min(1.0, points / _ENOUGH))
    return round((len(BANDS) - 1 - band + place) / len(BANDS), 6)


def _is_aside(name: str, triggers: Sequence[Trigger]) -> bool:
    """Whether no user of the application would miss it."""
    return not ASIDE.isdisjoint(name.split(".")) or (
        bool(triggers)
        and all(
            trigger.kind is TriggerKind.COMMAND and trigger.detail.get("command") in FRAMEWORK_COMMANDS
            for trigger in triggers
        )
    )
