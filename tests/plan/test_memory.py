"""What a function is given to begin with: by what it computes, and what is started with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from migrator.domain.assessments import Reach
from migrator.domain.plans import Strategy
from migrator.plan.memory import memory_of
from tests.support.slices import assessed, monolith


@pytest.mark.parametrize(
    ("libraries", "strategy", "mb", "because"),
    [
        ({"json": 1}, Strategy.FUNCTION, 256, "waits for others"),
        ({"json": 1, "csv": 1}, Strategy.FUNCTION, 256, "waits for others"),
        ({"csv": 1, "PIL": 3}, Strategy.FUNCTION, 1769, "works on images (PIL)"),
        ({"numpy": 2, "pandas": 1}, Strategy.APPLICATION, 1769, "computes with arrays and tables (numpy, pandas)"),
        ({"django": 1}, Strategy.APPLICATION, 512, "an application is started first"),
    ],
)
def test_what_computes_gets_a_processor(
    libraries: dict[str, int], strategy: Strategy, mb: int, because: str, tmp_path: Path
) -> None:
    tree = monolith(tmp_path, {"shop.py": "def view():\n    return {}\n"})
    candidate = replace(assessed(tree, "shop.view"), reach=Reach(libraries=libraries))
    memory = memory_of(candidate, strategy)
    assert memory.mb == mb
    assert because in memory.because
