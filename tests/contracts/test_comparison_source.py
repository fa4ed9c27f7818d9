"""What every `ComparisonSource` does, the one in memory and the one in files."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import pytest

from migrator.adapters.comparisons.files import FileComparisons
from migrator.domain.comparisons import Comparison, Difference
from migrator.domain.observations import NoData
from migrator.rollout.ports import ComparisonSource
from tests.support.memory_comparisons import MemoryComparisons


class Memory(ComparisonSource, Protocol):
    """A source that can be filled."""

    def save(self, comparison: Comparison) -> object: ...


@pytest.fixture(params=["memory", "files"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Memory:
    return MemoryComparisons() if request.param == "memory" else FileComparisons(tmp_path / "not" / "there yet")


def made(route: str, equal: int = 3) -> Comparison:
    example = {"request": "GET /ü?\ud800", "legacy": 1, "canary": 1.5}
    return Comparison(route, 4, equal, 4 - equal, 0, 0, (Difference("$.a[*]", "type", 1, example),), "abc")


def test_what_was_never_compared_is_no_data(source: Memory) -> None:
    answer = source.latest("tax")
    assert isinstance(answer, NoData)
    assert "tax" in answer.reason


def test_the_last_one_counts(source: Memory) -> None:
    source.save(made("tax", 1))
    source.save(made("tax", 3))
    source.save(made("vat", 2))
    kept = source.latest("tax")
    assert isinstance(kept, Comparison)
    assert (kept.route, kept.equal, kept.subject) == ("tax", 3, "abc")
    assert kept.differences[0].path == "$.a[*]"


@pytest.mark.parametrize(
    "names",
    [("tax", "Tax", "TAX"), ("a/b", "a-b", "a\\b"), ("..", ".", ""), ("x" * 300, "x" * 301), ("\x1b[31m", "ü", "\n")],
)
def test_names_that_look_alike_are_kept_apart(source: Memory, names: tuple[str, ...]) -> None:
    for number, name in enumerate(names):
        source.save(made(name, number))
    for number, name in enumerate(names):
        kept = source.latest(name)
        assert isinstance(kept, Comparison)
        assert (kept.route, kept.equal) == (name, number)
