"""Notes of a body, step by step: what is read again replaces its own notes and leaves the others alone."""

from __future__ import annotations

from migrator.domain.effects import Effect
from migrator.model.index import FunctionInfo, Index
from migrator.model.notes import EFFECT, UNRESOLVED, Told
from migrator.model.solver import EVERY_STEP, Body, Solver
from migrator.model.values import Universe
from tests.support.programs import facts_in


def _function() -> FunctionInfo:
    return Index({"app": facts_in("def f(): pass\n")}, lambda name: False).functions["app.f"]


def test_a_step_that_is_read_again_takes_back_only_its_own_notes() -> None:
    body = Body(_function(), None, {})
    body.note(1, {(EFFECT, Effect.HTTP_OUT, 1, 1, "asks"): None})
    body.note(2, {(EFFECT, Effect.DATABASE, 2, 1, "reads"): None})
    assert {effect for effect, *_ in body.told.effects} == {Effect.HTTP_OUT, Effect.DATABASE}
    body.note(1, {})
    assert {effect for effect, *_ in body.told.effects} == {Effect.DATABASE}


def test_of_one_call_the_worst_is_told() -> None:
    harmless = (UNRESOLVED, 3, 1, "x.get", "a rule", "not followed")
    told = Told(
        "shop.py", [{harmless: None}, {(UNRESOLVED, 3, 1, "x.get", "", "not known"): None}, {harmless: None}], {}
    )
    (call,) = told.unresolved.values()
    assert (call.reason, call.harmless_because) == ("not known", "")


def test_what_grows_has_only_the_steps_that_have_read_it_read_again() -> None:
    universe = Universe()
    pending: list[int] = []
    solver = Solver(universe, lambda body: pending.append(body.pending))
    body = solver.body(_function(), None)
    solver.solve()
    assert pending == [EVERY_STEP]
    body.pending = 0
    cell, other = solver.cell("field", "a"), solver.cell("field", "b")
    cell.read_by(body, 1 << 2)
    cell.read_by(body, 1 << 5)
    other.read_by(body, 1 << 3)
    solver.join(cell, (universe.const(1),))
    solver.solve()
    assert pending[1:] == [1 << 2 | 1 << 5]
    solver.join(cell, (universe.const(1),))
    assert solver.settled, "nothing was new"


def test_notes_and_sets_of_them_that_are_equal_are_one_object() -> None:
    solver = Solver(Universe(), lambda body: None)
    info = _function()
    bodies = [solver.body(info, None), solver.body(info, solver.universe.const(1))]
    for body in bodies:
        body.note(1, {(EFFECT, Effect.HTTP_OUT, 1, 1, "-".join("asks")): None})
    first, second = (body.told.effects for body in bodies)
    assert first == second
    assert first is second


def test_a_settled_body_still_tells_what_its_steps_have_noted() -> None:
    body = Body(_function(), None, {})
    body.note(1, {(EFFECT, Effect.HTTP_OUT, 1, 1, "asks"): None})
    body.settle()
    assert {effect for effect, *_ in body.told.effects} == {Effect.HTTP_OUT}
