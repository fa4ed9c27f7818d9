"""Which tests test nothing but what goes, and which test living code too.

In: the program's tests, the routes, what is dead. Out: `Judged`. What a test names in its own lines counts, and where it
names nothing itself, what its own helpers name; what fixtures and helpers set up around it does not make it a test of
that.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import PurePosixPath

from migrator.plan.looking.imported_names import absolute_name, absolute_names
from migrator.plan.removal.dying import through
from migrator.plan.removal.program import Program
from migrator.plan.removal.routes import Routes
from migrator.plan.slicing.syntax import Unit, UnitKind

_FIXTURES = frozenset({"pytest.fixture", "pytest_asyncio.fixture"})


@dataclass(frozen=True, slots=True)
class Judged:
    """Tests that have to do with what is dead.

    Attributes:
        dead: those that test nothing else.
        mixed: those that also test living code.
    """

    dead: frozenset[Unit]
    mixed: frozenset[Unit]


class Tests:
    """The tests of a program."""

    def __init__(self, program: Program, routes: Routes) -> None:
        self._program = program
        units = [unit for name in sorted(program.tests) for unit in program.syntax[name].units]
        self.tests = tuple(unit for unit in units if _is_test(unit))
        self.units = frozenset(units)
        self.fixtures = self._fixture_edges()
        self._refers: dict[Unit, frozenset[Unit]] = {}
        self._asks = {test: routes.requests(program.syntax[program.home[test]], test) for test in self.tests}

    def judge(self, dead: AbstractSet[Unit]) -> Judged:
        """Tell them apart.

        Args:
            dead: definitions of the monolith that go.
        """
        gone, mixed = set[Unit](), set[Unit]()
        for test in self.tests:
            refers, asks = self.refers(test), self._asks[test]
            if not (refers & dead or asks.of_candidate):
                continue
            (mixed if refers - dead or asks.of_others else gone).add(test)
        return Judged(frozenset(gone), frozenset(mixed))

    def asks_candidate(self, test: Unit) -> bool:
        """Whether a test makes a request that reaches the candidate."""
        return bool(self._asks[test].of_candidate)

    def refers(self, test: Unit) -> frozenset[Unit]:
        """The definitions of the monolith that a test is about."""
        if test not in self._refers:
            own = set(through(test, lambda unit: self._program.named[unit]))
            found = own - self.units
            if not found:
                found = set().union(*(self._beyond(each) for each in own & self.units)) - self.units
            self._refers[test] = frozenset(found)
        return self._refers[test]

    def _beyond(self, helper: Unit) -> set[Unit]:
        seen: set[Unit] = set()
        waiting = [helper]
        while waiting:
            unit = waiting.pop()
            for each in through(unit, lambda unit: self._program.named[unit]):
                if each not in seen:
                    seen.add(each)
                    if each in self.units:
                        waiting.append(each)
        return seen

    def helpers(self, tests: AbstractSet[Unit]) -> frozenset[Unit]:
        """What tests use of the files of tests, fixtures too, and may take with them."""
        found: set[Unit] = set()
        waiting = list(tests)
        while waiting:
            unit = waiting.pop()
            for each in (*self._program.named[unit], *self.fixtures.get(unit, ())):
                if each in self.units and each not in found and each not in tests:
                    found.add(each)
                    waiting.append(each)
        return frozenset(found)

    def is_plain_fixture(self, unit: Unit) -> bool:
        """Whether its only decorator makes it a fixture that runs for who asks for it."""
        if not isinstance(unit.node, ast.FunctionDef | ast.AsyncFunctionDef) or len(unit.node.decorator_list) != 1:
            return False
        [decorator] = unit.node.decorator_list
        words = decorator.keywords if isinstance(decorator, ast.Call) else []
        return self._makes_fixture(unit, decorator) and not any(word.arg in ("autouse", "name") for word in words)

    def _makes_fixture(self, unit: Unit, decorator: ast.expr) -> bool:
        syntax = self._program.syntax[self._program.home[unit]]
        func = decorator.func if isinstance(decorator, ast.Call) else decorator
        return absolute_name(func, absolute_names(syntax.module, syntax.file), syntax.file) in _FIXTURES

    def _fixture_edges(self) -> Mapping[Unit, frozenset[Unit]]:
        by_name: defaultdict[str, list[Unit]] = defaultdict(list)
        for unit in self.units:
            for decorator in getattr(unit.node, "decorator_list", ()) if unit.kind is UnitKind.FUNCTION else ():
                if self._makes_fixture(unit, decorator):
                    by_name[next(iter(unit.binds))].append(unit)
        found: dict[Unit, frozenset[Unit]] = {}
        for unit in self.units if by_name else ():
            asked = {fixture for name in _asked(unit) for fixture in by_name.get(name, ()) if _sees(unit, fixture)}
            if asked - {unit}:
                found[unit] = frozenset(asked - {unit})
        return found


def _is_test(unit: Unit) -> bool:
    match unit.node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return name.startswith("test")
        case ast.ClassDef(name=name):
            return name.startswith("Test") or name.endswith(("Test", "Tests", "TestCase"))
    return False


def _asked(unit: Unit) -> Iterator[str]:
    """Names that a test or fixture asks for: its parameters, and the texts in it (`usefixtures`, `getfixturevalue`)."""
    for node in (each for top in unit.nodes for each in ast.walk(top)):
        match node:
            case ast.arg(arg=name):
                yield name
            case ast.Constant(value=str(name)) if name.isidentifier():
                yield name


def _sees(unit: Unit, fixture: Unit) -> bool:
    here, there = unit.location.path, PurePosixPath(fixture.location.path)
    return here == str(there) or (
        there.name == "conftest.py" and (str(there.parent) == "." or here.startswith(f"{there.parent}/"))
    )
