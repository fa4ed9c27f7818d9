"""Containers that globals hold: one value each, with the names of all their holders."""

from __future__ import annotations

from migrator.model.holders import holders_of
from migrator.model.solver import Solver
from migrator.model.values import Universe
from tests.support.programs import effects_of


def test_a_container_is_one_value_whichever_globals_hold_it() -> None:
    universe = Universe()
    box = universe.box("app:1:1:list", "list")

    assert universe.housed(box, "app.FIRST") is universe.housed(box, "app.SECOND")
    assert universe.housed(box, "app.FIRST") is not box


def test_all_holders_of_a_container_are_named() -> None:
    universe = Universe()
    solver = Solver(universe, lambda body: None)
    held = universe.housed(universe.box("app:1:1:list", "list"), "app.FIRST")
    solver.join(solver.cell("homes", "app:1:1:list"), (universe.const("app.FIRST"), universe.const("app.SECOND.")))

    assert holders_of(held.home, solver) == ("app.FIRST", "app.SECOND")
    assert holders_of("app.OTHER", solver) == ("app.OTHER",)


SENDING = "import smtplib\ndef send(): smtplib.SMTP('h').send_message('m')\ndef other(): pass\n"


def test_displays_within_one_that_a_function_makes_are_not_told_apart() -> None:
    source = SENDING + "def start(x):\n    made = {'a': [send], 'b': [other]}\n    made['b'][0]()\n"

    assert "email" in effects_of(source)


def test_displays_within_a_table_of_a_module_are_told_apart() -> None:
    source = SENDING + "MADE = {'a': [send], 'b': [other]}\ndef start(x):\n    MADE['b'][0]()\n"

    assert "email" not in effects_of(source)
