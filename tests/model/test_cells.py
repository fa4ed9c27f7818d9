"""Cells: who has read one, whatever the order, and that no set is lost when those that nobody needs are let go."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from migrator.model.index import FunctionInfo, Index
from migrator.model.solver import Body, Cell, Solver
from migrator.model.values import NOTHING, Universe, Value
from tests.support.programs import facts_in

_READINGS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 70)), max_size=30)
_CROWD = 12_000
"""Cells that, with what was in them on the way, hold more sets than are held without asking."""


def _functions(count: int) -> list[FunctionInfo]:
    text = "".join(f"def f{number}(): pass\n" for number in range(count))
    index = Index({"app": facts_in(text)}, lambda name: False)
    return [index.functions[f"app.f{number}"] for number in range(count)]


_BODIES = [Body(info, None, {}) for info in _functions(5)]


@given(_READINGS)
def test_a_cell_knows_each_step_of_each_body_that_has_read_it(readings: list[tuple[int, int]]) -> None:
    cell = Cell()
    expected: dict[Body, int] = {}
    for number, step in readings:
        cell.read_by(_BODIES[number], 1 << step)
        expected[_BODIES[number]] = expected.get(_BODIES[number], 0) | 1 << step
    assert cell.readers() == list(expected.items())
    cell.forget_readers()
    assert cell.readers() == []
    cell.read_by(_BODIES[0], 1)
    assert cell.readers() == [(_BODIES[0], 1)]


def test_what_asks_without_a_step_is_a_reader_too() -> None:
    cell = Cell()
    for body in (*_BODIES[:2], *_BODIES[:2]):
        cell.read_by(body, 0)
    assert cell.readers() == [(_BODIES[0], 0), (_BODIES[1], 0)]


def test_equal_sets_are_one_object_also_after_others_were_let_go() -> None:
    universe = Universe()
    values = [universe.const(value) for value in (1, 2, "text")]
    pair, other = (universe.one(frozenset(found)) for found in (values[:2], values[1:]))
    made = universe.generalized(pair)
    universe.generalized(other)
    universe.keep_sets([pair])
    assert universe.one(frozenset(values[:2])) is pair
    assert universe.generalized(frozenset(values[:2])) is made
    assert universe.one(frozenset(values[1:])) is not other
    assert universe.generalized(frozenset(values[1:])) == universe.generalized(other)


def test_sets_on_the_way_to_others_are_let_go_and_those_of_cells_are_not() -> None:
    universe = Universe()
    solver = Solver(universe, lambda body: None)
    common = universe.const("common")
    kept: list[tuple[Cell, frozenset[Value]]] = []
    for number in range(_CROWD):
        cell = solver.cell("field", number)
        solver.join(cell, (universe.const(number),))
        solver.join(cell, (common,))
        kept.append((cell, cell.values))
    local = solver.body(_functions(1)[0], None).local("name")
    solver.join(local, (common,))
    before = universe.sets
    solver.solve()
    assert before > 2 * _CROWD
    assert universe.sets == _CROWD + len((frozenset((common,)), NOTHING))
    assert all(universe.one(frozenset(tuple(values))) is values is cell.values for cell, values in kept)
    assert universe.one(frozenset((common,))) is local.values
