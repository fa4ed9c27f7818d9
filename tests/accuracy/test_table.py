"""The table says each figure, its bound, and whether it holds over all together."""

from __future__ import annotations

import pytest

from tests.accuracy.scoring import Counts, Score
from tests.accuracy.table import BEGIN, END, Column, failures, markdown, together, written_into

PERFECT = Counts(
    labels=10, found=10, blocked=5, entries=10, entries_found=10, entries_right=10, candidates=10, listed=10,
    kinds=10, kinds_listed=10, hit=20, right=10,
)  # fmt: skip


def test_what_is_perfect_holds() -> None:
    assert failures(PERFECT) == []


def test_each_figure_has_a_bound_that_can_be_missed() -> None:
    worst = Counts(entries=1, candidates=1, labels=1, blocked=1, unsafe=1, unsafe_proven=1)
    assert failures(worst) == list(worst.figures())


def test_the_unsafe_ones_may_not_be_one() -> None:
    assert failures(PERFECT + Counts(unsafe_unknown=1)) == ["unsafe + unsafe_unknown"]


def test_the_table_has_a_held_out_column_that_is_not_counted_in() -> None:
    bad = Counts(labels=90, entries=90)
    rows = markdown(
        [Column("one", PERFECT), Column("two", PERFECT)], together([Score(PERFECT)] * 2), [Column("other", bad)]
    )
    assert rows[0] == "| figure | bound | together | holds | one | two | other (held out) |"
    assert "| entry recall | >= 0.97 | 1.000 | yes | 1.000 | 1.000 | 0.000 |" in rows
    assert "| unsafe_proven | 0 | 0 | yes | 0 | 0 | 0 |" in rows
    assert "| rate of unsafe, 95 % upper bound |  | 25.9% |  | 45.1% | 45.1% | 100.0% |" in rows
    assert "| labels |  | 20 |  | 10 | 10 | 90 |" in rows


def test_the_readme_gets_the_table_and_keeps_the_rest() -> None:
    readme = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    text = written_into(readme, ["| a |"], day="2026-01-02", note="version 1.")
    assert text == f"before\n{BEGIN}\n\nMeasured on 2026-01-02; version 1.\n\n| a |\n\n{END}\nafter\n"
    assert written_into(text, ["| a |"], day="2026-01-02", note="version 1.") == text
    with pytest.raises(ValueError, match="lacks"):
        written_into("nothing", [], day="", note="")
