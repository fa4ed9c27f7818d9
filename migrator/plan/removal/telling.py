"""What people are told of a removal: what goes and stays, with the reasons, and what has to be settled first.

In: what was settled and what leaves. Out: values for a page; each has its place.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping

from migrator.domain.locations import Location
from migrator.domain.triggers import TriggerKind
from migrator.plan.removal.dying import keeper, through
from migrator.plan.removal.registered import covers
from migrator.plan.removal.routes import callers_by_name
from migrator.plan.removal.settling import Asked, Settled, is_exported
from migrator.plan.removal.texts import Said
from migrator.plan.removal.values import Gone, Kept, Obstacle, Question
from migrator.plan.slicing.syntax import Unit

# Frameworks whose signals come from elsewhere, so that they reach the function without legacy.
_FROM_OUTSIDE = frozenset({"lambda"})


class Telling:
    """Puts into words what was settled."""

    def __init__(self, asked: Asked, settled: Settled) -> None:
        self._asked, self._settled, self._program = asked, settled, asked.program
        self._graph, self._tests, self._reached = settled.graph, settled.tests, settled.reached

    def gone(self, files: frozenset[str]) -> Iterator[Gone]:
        """What goes: the candidate, its registrations, definitions, tests, whole files; imports are in the diff.

        Args:
            files: modules of which nothing is left.
        """
        yield Gone(self._asked.assessment.name, self._asked.own.location, "its Lambda function serves now")
        for each in self._asked.told.apart:
            yield Gone(each.what, each.location, "it registers the candidate")
        users: dict[Unit, Unit] = {}
        for unit in sorted({*self._settled.dead, *self._graph.given}, key=_place):
            for target in through(unit, lambda each: self._program.named[each]):
                users.setdefault(target, unit)
        for unit in sorted(self._settled.dead, key=_place):
            user = users.get(unit)
            reason = f"only {self._program.name(user)} used it" if user is not None else "nothing uses it any more"
            yield Gone(self._program.name(unit), unit.location, reason)
        for unit in sorted(self._settled.judged.dead | self._settled.helpers, key=_place):
            yield Gone(self._program.name(unit), unit.location, "it tests nothing else")
        for name in sorted(files):
            file = self._program.syntax[name].file
            yield Gone(file.path, Location(file.path, 1), "nothing is left in it")

    def kept(self) -> Iterator[Kept]:
        """What the dead have used themselves and what stays."""
        used = {
            target
            for unit in self._settled.everything - self._tests.units
            for target in through(unit, lambda each: self._program.named[each])
            if target in self._reached.by and target in self._settled.needed
        }
        for unit in sorted(used, key=_place):
            held, by = self._settled.held.get(unit), keeper(unit, self._reached.by)
            if held is not None:
                yield Kept(self._program.name(unit), unit.location, held.reason, held.place)
            elif by is not None:
                said_by = next((each for each in self._settled.said if each.unit is unit and each.by is by), None)
                place = said_by.location if said_by is not None else _use(by, unit)
                reason = f"{self._program.name(by)} {'names' if said_by is not None else 'uses'} it"
                yield Kept(self._program.name(unit), unit.location, reason, place)

    def users(self) -> Mapping[str, tuple[Unit, ...]]:
        """Living units that name the candidate, by module; tests are none."""
        found: defaultdict[str, list[Unit]] = defaultdict(list)
        for unit in self._graph.users(self._reached.touching, self._reached.by):
            if unit not in self._tests.units and self._asked.own in set(through(unit, self._named)):
                found[self._program.home[unit]].append(unit)
        return {name: tuple(sorted(units, key=_place)) for name, units in sorted(found.items())}

    def _named(self, unit: Unit) -> frozenset[Unit]:
        return self._graph.replaced.get(unit, self._program.named[unit])

    def named_tests(self) -> Iterator[Kept]:
        """Tests that have to do with what goes, and test living code too."""
        for test in sorted(self._settled.judged.mixed, key=_place):
            yield Kept(self._program.name(test), test.location, "it also tests living code", test.location)

    def obstacles(self) -> Iterator[Obstacle]:
        """Everything that would break."""
        yield from self._asked.told.obstacles
        for trigger in self._asked.assessment.triggers:
            if trigger.kind is TriggerKind.SIGNAL and trigger.framework not in _FROM_OUTSIDE:
                yield Obstacle(
                    trigger.location, "is told of what happens inside the monolith, which nothing carries out of it"
                )
        for each in self._settled.said:
            if each.unit is self._asked.own and not self._is_told(each):
                question = Question.TESTS if each.by in self._tests.units else Question.NAMED
                yield Obstacle(each.location, f"the text {each.text} may mean it", question)
        if is_exported(self._program, self._asked.own):
            yield Obstacle(self._asked.own.location, "its module exports it by __all__", Question.NAMED)
        if self._asked.routes.own:
            for place in callers_by_name(self._program, self._asked.beside, self._asked.routes):
                yield Obstacle(place, "makes a URL of its route's name, which is gone then")
        for unit in self._graph.users(self._reached.touching, self._reached.by):
            if unit in self._tests.units:
                yield Obstacle(
                    _use(unit, self._asked.own),
                    f"{self._program.name(unit)} also tests living code, and uses it",
                    Question.TESTS,
                )
            elif self._asked.own not in set(through(unit, self._named)):
                yield Obstacle(unit.location, f"{self._program.name(unit)} reaches it by a value, which no name shows")
        for test in sorted(self._settled.judged.mixed, key=_place):
            if self._tests.asks_candidate(test):
                yield Obstacle(
                    test.location,
                    f"{self._program.name(test)} also tests living code, and asks for its route",
                    Question.TESTS,
                )

    def _is_told(self, each: Said) -> bool:
        """Whether a text belongs to what goes."""
        if each.by is not None and each.by in self._graph.given:
            return True
        return any(
            covers(span, each.location.path, each.location.line, each.location.column)
            for span in self._asked.told.apart
        )


def _place(unit: Unit) -> tuple[str, int, int]:
    return unit.location.path, unit.location.line, unit.index


def _use(by: Unit, unit: Unit) -> Location:
    """The first place where a unit writes another one's name; the unit's own where it does not."""
    for node in sorted(
        (each for top in by.nodes for each in ast.walk(top) if isinstance(each, ast.Name | ast.Attribute)),
        key=lambda each: (each.lineno, each.col_offset),
    ):
        name = node.id if isinstance(node, ast.Name) else node.attr
        if name in unit.binds:
            return Location(by.location.path, node.lineno, node.lineno, node.col_offset + 1)
    return by.location
