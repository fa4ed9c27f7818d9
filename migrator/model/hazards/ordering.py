"""`ordering`: code that compares a number or time of the event with what it saw last, so that the order counts.

In: the functions that a candidate runs. Out: a hazard for each such branch. The rule is modest, and stated so that
nobody takes its silence for a proof: a branch compares two values, neither of them a constant, and one of them is
called, as a name, attribute or item, after a place in a sequence (`WORDS`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from migrator.domain.assessments import Hazard, HazardKind
from migrator.domain.locations import Location
from migrator.facts.expressions import (
    Attribute,
    Call,
    Choice,
    Comparison,
    Constant,
    Expression,
    Name,
    Subscript,
    behind_not,
)
from migrator.facts.records import RegionKind
from migrator.model.solver import Body

WORDS = frozenset(
    {
        "seq",
        "seqno",
        "sequence",
        "sequence_no",
        "sequence_number",
        "offset",
        "last_event_id",
        "last_id",
        "last_offset",
        "last_processed",
        "last_seen",
        "last_seq",
        "last_sequence",
        "last_version",
        "revision",
    }
)


def ordering(reached: Iterable[Body]) -> Iterator[Hazard]:
    """The hazards of a candidate that runs these bodies."""
    for info in dict.fromkeys(body.info for body in reached):
        for region in info.scope.regions:
            if region.kind is RegionKind.BRANCH and region.head is not None:
                word = next(_words(region.head), "")
                if word:
                    place = Location(info.module.facts.path, region.line)
                    reason = f"compares {word} with what it knows: events that come out of order, or beside each other, take another branch"
                    yield Hazard(HazardKind.ORDERING, place, reason)


def _words(test: Expression) -> Iterator[str]:
    """Words of order in the comparisons of a test."""
    if isinstance(test, Choice):
        for part in (*test.options, *test.tests):
            yield from _words(part)
    elif (inner := behind_not(test)) is not None:
        yield from _words(inner)
    elif (
        isinstance(test, Comparison)
        and not {"In", "NotIn"} & set(test.operators)
        and not any(isinstance(part, Constant) for part in test.parts)
    ):
        yield from (word for part in test.parts if (word := _called(part)) in WORDS)


def _called(part: Expression) -> str:
    """What a value is called: its name, attribute, or constant key (also of `get`), in lower case."""
    if isinstance(part, Name):
        return part.id.lower()
    if isinstance(part, Attribute):
        return part.attr.lower()
    key: Expression | None = None
    if isinstance(part, Subscript):
        key = part.key
    elif isinstance(part, Call) and isinstance(part.func, Attribute) and part.func.attr == "get" and part.arguments:
        key = part.arguments[0]
    return key.value.lower() if isinstance(key, Constant) and isinstance(key.value, str) else ""
