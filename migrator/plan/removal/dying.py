"""Which definitions die with a candidate: those that it needs and that no living code reaches.

In: the program, what goes in any case, what holds a unit. Out: `Dying`: the dead units and, of the living ones, what
keeps each. A unit that nobody used before is not touched: it is dead of something else. Imports are no users: they hand
on, and go when nobody takes what they bring.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from migrator.plan.removal.program import Program
from migrator.plan.slicing.syntax import Unit, UnitKind


@dataclass(frozen=True, slots=True)
class Reached:
    """What lives.

    Attributes:
        by: living unit to the one that keeps it; None for one that lives by itself.
        touching: living units that reach what goes in any case, each with one of those.
    """

    by: Mapping[Unit, Unit | None]
    touching: Mapping[Unit, Unit]


@dataclass(frozen=True, slots=True)
class Graph:
    """Who reaches whom.

    Attributes:
        given: units that go in any case.
        replaced: units that are edited, with what they name afterwards.
        also: unit to the units that it reaches by a text, or as a test asks for fixtures.
    """

    program: Program
    given: frozenset[Unit]
    replaced: Mapping[Unit, frozenset[Unit]] = field(default_factory=dict)
    also: Mapping[Unit, frozenset[Unit]] = field(default_factory=dict)

    def targets(self, unit: Unit) -> Iterator[Unit]:
        """What a unit reaches in one step."""
        yield from self.replaced[unit] if unit in self.replaced else self.program.named[unit]
        yield from self.program.unseen.get(unit, ())
        yield from self.also.get(unit, ())

    def needed(self) -> frozenset[Unit]:
        """Everything that what goes has reached, directly or not: the most that can die."""
        lost = {each for unit, rest in self.replaced.items() for each in self.program.named[unit] - rest}
        found = lost - self.given
        waiting = [*self.given, *found]
        while waiting:
            unit = waiting.pop()
            for target in (*self.program.named[unit], *self.program.unseen.get(unit, ())):
                if target not in found and target not in self.given:
                    found.add(target)
                    waiting.append(target)
        return frozenset(found)

    def reached(self, roots: Iterable[Unit]) -> Reached:
        """Everything that lives when these do."""
        by: dict[Unit, Unit | None] = dict.fromkeys((root for root in roots if root not in self.given), None)
        touching: dict[Unit, Unit] = {}
        waiting = deque(by)
        while waiting:
            unit = waiting.popleft()
            for target in self.targets(unit):
                if target in self.given:
                    touching.setdefault(unit, target)
                elif target not in by:
                    by[target] = unit
                    waiting.append(target)
        return Reached(by, touching)

    def users(self, touching: Iterable[Unit], by: Mapping[Unit, Unit | None]) -> tuple[Unit, ...]:
        """The living units themselves, where an import of theirs is what reaches."""
        hands = {unit for unit in touching if unit.kind is UnitKind.IMPORT}
        grown = True
        while grown:
            more = {
                unit
                for unit in by
                if unit.kind is UnitKind.IMPORT and unit not in hands and hands.intersection(self.targets(unit))
            }
            grown = bool(more)
            hands |= more
        direct = {unit for unit in touching if unit.kind is not UnitKind.IMPORT}
        return tuple(
            unit
            for unit in by
            if unit.kind is not UnitKind.IMPORT and (unit in direct or hands.intersection(self.targets(unit)))
        )


def through(unit: Unit, targets: Callable[[Unit], Iterable[Unit]]) -> Iterator[Unit]:
    """What a unit names in the end, imports followed to what they bring."""
    seen: set[Unit] = {unit}
    waiting = list(targets(unit))
    while waiting:
        each = waiting.pop()
        if each in seen:
            continue
        seen.add(each)
        if each.kind is UnitKind.IMPORT:
            waiting.extend(targets(each))
        else:
            yield each


def keeper(unit: Unit, by: Mapping[Unit, Unit | None]) -> Unit | None:
    """The living unit that keeps another one, imports passed over; None for one that lives by itself."""
    found = by.get(unit)
    while found is not None and found.kind is UnitKind.IMPORT:
        found = by.get(found)
    return found


def unused_imports(
    graph: Graph, living: Mapping[Unit, Unit | None], dead: AbstractSet[Unit], needed: AbstractSet[Unit]
) -> Iterator[Unit]:
    """Imports that bring what is dead, or that only what is dead has used."""
    bringing = _bringing(graph, dead)
    for unit in graph.program.home:
        if unit.kind is not UnitKind.IMPORT or unit.future or not unit.binds:
            continue
        if (unit in bringing and (unit not in living or bringing[unit])) or (unit in needed and unit not in living):
            yield unit


def _bringing(graph: Graph, dead: AbstractSet[Unit]) -> dict[Unit, bool]:
    """Imports of what is dead, to whether it is what goes in any case, so that also living code cannot have it."""
    found: dict[Unit, bool] = {}
    for unit in graph.program.home:
        if unit.kind is UnitKind.IMPORT:
            ends = set(through(unit, lambda each: graph.program.named[each]))
            if ends and ends <= dead:
                found[unit] = bool(ends & graph.given)
    return found
