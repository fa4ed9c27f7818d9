"""Time to start, memory, and which imports cost what."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrator.adapters.checks import checks, measure
from migrator.adapters.runtime import load_functions
from migrator.adapters.runtime.import_costs import ImportCost, costs_of, read_times
from migrator.adapters.runtime.measuring import measure as measured
from migrator.domain.checks import CheckOutcome
from migrator.domain.invocations import Ending
from tests.support.local_lambda import require_local_lambda, service_folder

# As Python 3.11 writes it: what is loaded stands before whatever loads it, further right.
WRITTEN = """\
noise of the program itself
import time: self [us] | cumulative | imported package
import time:      1000 |       1000 |       common
import time:      2000 |       3000 |     big.part
import time:      4000 |       7000 |   big
import time:       500 |        500 |   small
import time:       100 |       7600 | shop
import time:       300 |        300 | tools
import time:        10 |       7910 | app
"""
EDGES = [
    ("app", "shop"),
    ("app", "tools"),
    ("shop", "big"),
    ("shop", "small"),
    ("big", "big.part"),
    ("big.part", "common"),
]


def costs(*more: tuple[str, str]) -> dict[str, ImportCost]:
    return {cost.name: cost for cost in costs_of("app", read_times(WRITTEN), [*EDGES, *more], frozenset({"shop"}))}


def test_what_only_the_slice_loads_would_be_saved() -> None:
    assert costs() == {
        "big": ImportCost("big", ms=7.0, saved_ms=7.0, importers=("shop",)),
        "small": ImportCost("small", ms=0.5, saved_ms=0.5, importers=("shop",)),
    }
    assert list(costs()) == ["big", "small"], "the one that saves most comes first"


@pytest.mark.parametrize(
    ("edge", "saved"),
    [(("tools", "common"), 6.0), (("tools", "big.part"), 0.0), (("tools", "big"), 0.0), (("small", "common"), 6.0)],
)
def test_what_others_load_too_would_not(edge: tuple[str, str], saved: float) -> None:
    found = costs(edge)["big"]
    assert (found.ms, found.saved_ms) == (7.0, saved)


HANDLER = "import slice_of_it\n\n\ndef handler(event, context):\n    return slice_of_it.answer()\n"
SLICE = "import heavy\nimport json\n\n\ndef answer():\n    return heavy.X\n"
HEAVY = "import time\n\ntime.sleep(0.05)\nX = bytearray(40 * 1024 * 1024) and 7\n"


@pytest.mark.local_stack
@pytest.mark.xdist_group("lambda")
def test_a_function_on_the_local_lambda(tmp_path: Path) -> None:
    require_local_lambda()
    folder = service_folder(tmp_path / "service", HANDLER)
    (folder / "src" / "slice_of_it.py").write_text(SLICE)
    (folder / "src" / "heavy.py").write_text(HEAVY)
    (function,) = load_functions(folder)
    found = measured(function, b"{}", frozenset({"slice_of_it"}))
    assert found.ending is Ending.RETURNED
    assert found.init_ms > 50
    assert found.import_ms > 50
    assert found.memory_mb is not None
    assert found.memory_mb > 40
    assert found.imports[0].name == "heavy"
    assert found.imports[0].saved_ms > 50
    told = measure.check(folder)
    assert told.outcome is CheckOutcome.PASSED
    assert told.summary.startswith("init ")


@pytest.mark.local_stack
@pytest.mark.xdist_group("lambda")
def test_a_function_that_does_not_start_is_not_measured(tmp_path: Path) -> None:
    require_local_lambda()
    told = measure.check(service_folder(tmp_path / "service", "import nothing_of_that_name\n"))
    assert told.outcome is CheckOutcome.UNKNOWN
    assert "nothing_of_that_name" in told.findings[0].message


def test_it_is_measured_only_when_asked() -> None:
    assert "measure" not in checks()
    assert list(checks(measured=True))[-1] == "measure"
