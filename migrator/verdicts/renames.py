"""Which candidate of now is which of before, also where its name has changed.

In: candidates as two baselines keep them. Out: pairs; one half is None for what is gone or new. What differs within a
pair is `migrator.verdicts.changes`'.

Names come first, and of two of one name those in the same file. What is left over on both sides is looked at by rules, the surest first:

1. It answers to the same events and is called the same within its module: a file was moved or renamed. Of several,
   those with the same effects first.
2. It alone answers to the same events: the function was called otherwise.
3. It is called the same within its module, is run by the same kinds of events and has the same effects: a file was
   moved whose tasks take their wire names from it. Who of several is which does not matter then.
4. It alone, in the same file, is run by the same kinds of events and has the same effects: called otherwise, in place.

Under 1 and 2 the effects may differ, and what was added is told of the pair. Under 3 and 4 they must not, and nothing
else makes a pair: where it is not sure, a candidate is gone and another is new, and its blockers are new with it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TypeAlias, TypeVar

from migrator.domain.reports import Known

T = TypeVar("T")
Key: TypeAlias = Callable[[Known], Hashable]


@dataclass(frozen=True, slots=True)
class _Rule:
    """Candidates with equal keys are the same.

    Attributes:
        key: None where the rule says nothing of a candidate.
        alone: only where there is one on each side.
    """

    key: Key
    alone: bool


def local_name(known: Known) -> str:
    """The name within its module: `Class.method`, `function`; the whole name where its file says nothing of it."""
    parts = known.name.split(".")
    path = PurePosixPath(known.path).with_suffix("").parts if known.path else ()
    module = path[:-1] if path and path[-1] == "__init__" else path
    for start in range(len(module)):
        tail = module[start:]
        if tuple(parts[: len(tail)]) == tail and len(parts) > len(tail):
            return ".".join(parts[len(tail) :])
    return known.name


_RULES: Sequence[_Rule] = (
    _Rule(lambda known: (known.name, known.path), alone=False),
    _Rule(lambda known: (known.name,), alone=False),
    _Rule(lambda known: (known.events, local_name(known), known.effects) if known.events else None, alone=False),
    _Rule(lambda known: (known.events, local_name(known)) if known.events else None, alone=False),
    _Rule(lambda known: known.events or None, alone=True),
    _Rule(lambda known: (local_name(known), known.triggers, known.effects), alone=False),
    _Rule(lambda known: (known.path, known.triggers, known.effects) if known.path else None, alone=True),
)


def paired(
    before: Sequence[Known], now: Sequence[tuple[Known, T]]
) -> tuple[tuple[Known | None, tuple[Known, T] | None], ...]:
    """What was known of each candidate, with what it is now; those that are gone, then those that are new, at the end.

    Args:
        now: with anything that belongs to it.
    """
    left = sorted(before, key=_order)
    right = sorted(now, key=lambda item: _order(item[0]))
    found: list[tuple[Known | None, tuple[Known, T] | None]] = []
    for rule in _RULES:
        there = _grouped(left, rule.key, lambda known: known)
        here = _grouped(right, rule.key, lambda item: item[0])
        matched = [
            pair
            for key, old in there.items()
            if key in here and not (rule.alone and (len(old) > 1 or len(here[key]) > 1))
            for pair in zip(old, here[key], strict=False)
        ]
        found.extend(matched)
        gone, come = {id(old) for old, _ in matched}, {id(new) for _, new in matched}
        left = [old for old in left if id(old) not in gone]
        right = [new for new in right if id(new) not in come]
    return (*found, *((old, None) for old in left), *((None, new) for new in right))


def _order(known: Known) -> tuple[object, ...]:
    return known.name, known.path, known.verdict, known.confidence, known.effects, known.triggers, known.events


def _grouped(items: Sequence[T], key: Key, known: Callable[[T], Known]) -> dict[Hashable, list[T]]:
    groups: dict[Hashable, list[T]] = {}
    for item in items:
        value = key(known(item))
        if value is not None:
            groups.setdefault(value, []).append(item)
    return groups
