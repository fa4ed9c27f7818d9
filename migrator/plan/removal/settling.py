"""What lives and what dies when a candidate goes: texts, exports, effects and tests weighed with the names.

In: the program, the files beside it, the model, the candidate and its registrations. Out: `Settled`. What leaves which
file is `leaving`; what people are told is `telling`.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from migrator.domain.assessments import Assessment
from migrator.domain.locations import Location
from migrator.model import ProgramModel
from migrator.plan.removal.beside import Beside
from migrator.plan.removal.dying import Graph, Reached, through
from migrator.plan.removal.judging import Judged, Tests
from migrator.plan.removal.program import Program
from migrator.plan.removal.registered import Registrations, covers
from migrator.plan.removal.routes import Routes
from migrator.plan.removal.standing import Known, holds
from migrator.plan.removal.texts import Said, said
from migrator.plan.removal.values import Registered
from migrator.plan.slicing.reading import listed_names
from migrator.plan.slicing.syntax import ModuleSyntax, Unit, UnitKind


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to go, and everything that is known around it."""

    program: Program
    beside: Beside
    model: ProgramModel
    assessment: Assessment
    others: Sequence[Assessment]
    own: Unit
    told: Registrations
    routes: Routes


@dataclass(frozen=True, slots=True)
class Held:
    """Why a unit lives by itself."""

    reason: str
    place: Location | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """The outcome.

    Attributes:
        needed: the most that can die.
        held: units that stay whoever uses them.
        said: texts that are names of what can die.
        dead: definitions that die.
        helpers: of tests, those that die with them.
    """

    graph: Graph
    tests: Tests
    needed: frozenset[Unit]
    held: Mapping[Unit, Held]
    said: tuple[Said, ...]
    reached: Reached
    judged: Judged
    dead: frozenset[Unit]
    helpers: frozenset[Unit]

    @property
    def everything(self) -> frozenset[Unit]:
        """All that goes but imports."""
        return self.dead | self.judged.dead | self.helpers | self.graph.given


def settle(asked: Asked) -> Settled:
    """Mark what lives."""
    return _Settling(asked).settled()


def is_exported(program: Program, unit: Unit) -> bool:
    """Whether the module of a unit lists it in `__all__`."""
    syntax = program.syntax[program.home[unit]]
    if "__all__" not in syntax.file.text:
        return False
    listed = listed_names(syntax)
    if listed is not None:
        return bool(unit.binds.intersection(listed))
    texts = {
        each.value
        for other in syntax.units
        if "__all__" in other.binds | other.touches
        for top in other.nodes
        for each in ast.walk(top)
        if isinstance(each, ast.Constant)
    }
    return bool(unit.binds & texts)


def acts(program: Program, model: ProgramModel, unit: Unit) -> str:
    """What a unit does, or may do, besides giving a name to a value, when its module is loaded; empty for nothing."""
    return holds(program.syntax[program.home[unit]], unit, _known(program, model))


def _known(program: Program, model: ProgramModel) -> Known:
    def class_of(dotted: str) -> tuple[ModuleSyntax, Unit] | None:
        module, _, name = dotted.rpartition(".")
        syntax = program.syntax.get(module)
        for unit in syntax.binders.get(name, ()) if syntax is not None else ():
            ends = [unit, *through(unit, lambda each: program.named[each])][:2]
            for each in ends:
                if each.kind is UnitKind.CLASS:
                    return program.syntax[program.home[each]], each
        return None

    def is_pure(dotted: str) -> bool:
        if dotted not in model.functions:
            return False
        summary = model.summary(dotted)
        return not summary.effects and not summary.unresolved

    return Known(class_of, is_pure)


class _Settling:
    def __init__(self, asked: Asked) -> None:
        self._asked, self._program = asked, asked.program
        self._tests = Tests(asked.program, asked.routes)
        given = frozenset({asked.own, *asked.told.units})
        bare = Graph(asked.program, given, self._replaced(given))
        self._needed = frozenset(unit for unit in bare.needed() if unit not in self._tests.units)
        wanted = [unit for unit in self._needed if unit.kind is not UnitKind.IMPORT]
        self._said = said(asked.program, asked.beside, [*wanted, asked.own])
        also: defaultdict[Unit, set[Unit]] = defaultdict(set)
        for each in self._said:
            if each.by is not None and each.unit is not asked.own:
                also[each.by].add(each.unit)
        for unit, fixtures in self._tests.fixtures.items():
            also[unit] |= fixtures
        found = {unit: frozenset(units) for unit, units in also.items()}
        self._graph = Graph(asked.program, given, bare.replaced, found)
        self._held = self._hold(wanted)

    def settled(self) -> Settled:
        """Mark what lives until tests and code agree: a test of living code keeps what it uses alive."""
        program, tests = self._program, self._tests
        code = {
            unit
            for unit in program.home
            if unit.kind is not UnitKind.IMPORT and unit not in tests.units and unit not in self._needed
        }
        code |= {unit for unit in self._needed if unit in self._held}
        code |= {unit for unit in program.home if unit.kind is UnitKind.IMPORT and is_exported(self._program, unit)}
        reached = self._graph.reached(code)
        while True:
            dead = frozenset(
                unit for unit in self._needed if unit not in reached.by and unit.kind is not UnitKind.IMPORT
            )
            judged = tests.judge(dead | self._graph.given)
            may_go = tests.helpers(judged.dead)
            held = {
                unit
                for unit in may_go
                if acts(self._program, self._asked.model, unit) and not tests.is_plain_fixture(unit)
            }
            roots = {
                unit
                for unit in tests.units
                if unit.kind is not UnitKind.IMPORT and unit not in judged.dead and (unit not in may_go or unit in held)
            }
            again = self._graph.reached(code | roots)
            if len(again.by) == len(reached.by):
                helpers = frozenset(
                    unit for unit in may_go if unit not in again.by and unit.kind is not UnitKind.IMPORT
                )
                return Settled(self._graph, tests, self._needed, self._held, self._said, again, judged, dead, helpers)
            reached = again

    def _replaced(self, given: AbstractSet[Unit]) -> Mapping[Unit, frozenset[Unit]]:
        """Units that lose a registration, with what they name without it."""
        found: defaultdict[Unit, list[Registered]] = defaultdict(list)
        for each in self._asked.told.apart:
            for syntax in self._program.syntax.values():
                if syntax.file.path != each.location.path:
                    continue
                for unit in syntax.units:
                    inside = unit.location.line <= each.location.line <= unit.location.end_line
                    if inside and unit not in given and unit.kind is not UnitKind.IMPORT:
                        found[unit].append(each)
        return {
            unit: self._program.without(
                unit,
                lambda node, spans=tuple(spans), path=unit.location.path: any(  # type: ignore[misc]
                    covers(span, path, node.lineno, node.col_offset + 1) for span in spans
                ),
            )
            for unit, spans in found.items()
        }

    def _hold(self, wanted: Sequence[Unit]) -> Mapping[Unit, Held]:
        """Units that stay whoever uses them, and why."""
        found: dict[Unit, Held] = {}
        candidates = {
            (each.location.path, each.location.line): each.name
            for each in self._asked.others
            if each.name != self._asked.assessment.name
        }
        for unit in wanted:
            first, last = unit.location.line, unit.location.end_line
            event = next(
                (
                    name
                    for (path, line), name in candidates.items()
                    if path == unit.location.path and first <= line <= last
                ),
                "",
            )
            if event:
                found[unit] = Held(f"it is, or holds, {event}, which events reach by themselves", unit.location)
            elif is_exported(self._program, unit):
                found[unit] = Held("its module exports it by __all__", unit.location)
            elif reason := acts(self._program, self._asked.model, unit):
                found[unit] = Held(reason, unit.location)
        for each in self._said:
            if each.by is None and each.unit is not self._asked.own:
                found.setdefault(each.unit, Held(f"the text {each.text} may mean it", each.location))
        return found
