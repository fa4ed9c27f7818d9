"""The order in which to move: a score between 0 and 1, and the ranks that follow from it.

A candidate falls into one of four bands, best first:

1. `ready` or `with-network`, proven or likely
2. `ready` or `with-network`, unproven: needs the user's word, so it comes after all that does not
3. `refactor`
4. `keep`

Band b covers the scores from (4 - b) / 4 to (5 - b) / 4. Within it the place is the weighted mean of what makes a
good first move, each from 0 to 1, with the weights of `WEIGHTS`:

- event: how well another home can take the event over (`EVENTS`). Jobs, schedules, streams, stored files and routes
  have an event source to match, and traffic that can be shifted. A signal is a call inside of the process, and a
  command is typed by somebody: both can move, but neither shows what a move is worth. Commands that come with a
  framework, and what stands in tests or development tools, count as nothing.
- substance: whether a move is worth its work: n / (n + 20) for n lines of its own beyond the first three, and three
  for each further function that it runs.
- hazards: 1 / (1 + sum of `HAZARDS` over the kinds that it has). How many lines a hazard has says little about the
  work: one idempotency key answers for all lines that a retry repeats.
- verdict: `ready` needs no network path.
- confidence: proven 1, likely 1/2, unproven 0.
- effects: fewness, 1 / (1 + effects).

The weights order peers; no measurement stands behind them, and none is claimed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from migrator.domain.assessments import Confidence, HazardKind, Verdict
from migrator.domain.triggers import Trigger, TriggerKind

_SURE = (Confidence.PROVEN, Confidence.LIKELY)
_MOVABLE = (Verdict.READY, Verdict.WITH_NETWORK)

BANDS: tuple[frozenset[tuple[Verdict, Confidence]], ...] = (
    frozenset((verdict, sure) for verdict in _MOVABLE for sure in _SURE),
    frozenset((verdict, Confidence.UNPROVEN) for verdict in _MOVABLE),
    frozenset((Verdict.REFACTOR, any_) for any_ in Confidence),
    frozenset((Verdict.KEEP, any_) for any_ in Confidence),
)

WEIGHTS: Mapping[str, float] = {
    "event": 0.25,
    "substance": 0.25,
    "hazards": 0.2,
    "verdict": 0.15,
    "confidence": 0.1,
    "effects": 0.05,
}

EVENTS: Mapping[TriggerKind, float] = {
    TriggerKind.QUEUE: 1.0,
    TriggerKind.SCHEDULE: 1.0,
    TriggerKind.STREAM: 1.0,
    TriggerKind.OBJECT: 1.0,
    TriggerKind.HTTP: 1.0,
    TriggerKind.SIGNAL: 0.3,
    TriggerKind.COMMAND: 0.2,
}

HAZARDS: Mapping[HazardKind, float] = {
    HazardKind.IN_TRANSACTION: 1.0,
    HazardKind.NON_SERIALIZABLE_ARGUMENT: 1.0,
    HazardKind.ORDERING: 1.0,
    HazardKind.DOUBLE_RUN: 0.5,
    HazardKind.SHARED_TABLE: 0.5,
    HazardKind.IMPORT_EFFECT: 0.25,
}
"""What each kind costs: the first three need a change of the callers or of the data, the others a setting or a key."""

FRAMEWORK_COMMANDS = frozenset(
    {
        "check", "collectstatic", "compilemessages", "createcachetable", "createsuperuser", "db", "dbshell",
        "dumpdata", "flush", "init", "loaddata", "makemessages", "makemigrations", "migrate", "routes", "run",
        "runserver", "shell", "shell_plus", "showmigrations", "startapp", "test",
    }
)  # fmt: skip
"""Commands by which developers run a framework, whoever defines them."""

ASIDE = frozenset(
    {"conftest", "debug", "dev", "devel", "development", "examples", "fixtures", "testing", "tests", "testutils"}
)
"""Parts of a qualified name that say that production does not run it."""

_CONFIDENCE: Mapping[Confidence, float] = {Confidence.PROVEN: 1.0, Confidence.LIKELY: 0.5, Confidence.UNPROVEN: 0.0}
_HEAD_LINES = 3  # a `def`, a line that does something, a return: no code to speak of
_LINES_A_FUNCTION = 3
_MANY_FUNCTIONS = 100
_MIDDLING_LINES = 20  # a function of this substance gets half


def score_of(
    name: str,
    verdict: Verdict,
    confidence: Confidence,
    *,
    triggers: Sequence[Trigger],
    hazards: Collection[HazardKind],
    effects: int,
    lines: int,
    runs: int,
) -> float:
    """The score, 0 to 1; the higher, the earlier.

    Args:
        name: qualified.
        hazards: the kinds that it has.
        effects: number of kinds of effect.
        lines: length of the candidate's own definition.
        runs: number of functions that it runs besides itself.
    """
    band = next(index for index, members in enumerate(BANDS) if (verdict, confidence) in members)
    amount = max(0, lines - _HEAD_LINES) + _LINES_A_FUNCTION * runs
    parts = {
        "event": 0.0 if ASIDE & set(name.split(".")) else max((_fit(trigger) for trigger in triggers), default=0.0),
        "substance": amount / (amount + _MIDDLING_LINES) / (1 + runs / _MANY_FUNCTIONS),
        "hazards": 1 / (1 + sum(HAZARDS[kind] for kind in set(hazards))),
        "verdict": float(verdict is Verdict.READY),
        "confidence": _CONFIDENCE[confidence],
        "effects": 1 / (1 + effects),
    }
    place = sum(WEIGHTS[part] * value for part, value in parts.items())
    return round((len(BANDS) - 1 - band + place) / len(BANDS), 6)


def _fit(trigger: Trigger) -> float:
    if trigger.kind is TriggerKind.COMMAND and trigger.detail.get("command") in FRAMEWORK_COMMANDS:
        return 0.0
    return EVENTS[trigger.kind]
