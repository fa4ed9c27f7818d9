"""An analysis part by part: the same as each part alone, whichever process judges it, and kept by itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator import bootstrap
from migrator.adapters.analyses import AnalysisCache
from migrator.bootstrap.parts import from_both_ends
from migrator.domain.assessments import Analysis

PROGRAM = """
import smtplib
from celery import shared_task

@shared_task
def send(address):
    smtplib.SMTP('localhost').sendmail('shop', address, 'text')

@shared_task
def count(numbers):
    return sum(numbers)
"""


LONG = "\n" * 3_000 + "LAST = 1\n"
"""What makes a part of its own of a small program."""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("orders", "post", "tax"):
        (tmp_path / "all" / name).mkdir(parents=True)
        (tmp_path / "all" / name / "__init__.py").touch()
        (tmp_path / "all" / name / "jobs.py").write_text(PROGRAM + LONG)
    return tmp_path / "all"


def _told(analysis: Analysis) -> Analysis:
    return replace(analysis, seconds=0)


def test_the_parts_together_say_what_each_says_alone(tree: Path) -> None:
    together = {item.name: item for item in bootstrap.analyze(tree, jobs=1).candidates}
    assert len(together) == 6
    for name in ("orders", "post", "tax"):
        for alone in bootstrap.analyze(tree / name, jobs=1).candidates:
            assert [each.effect for each in together[alone.name].effects] == [each.effect for each in alone.effects]
            assert together[alone.name].score == alone.score
    assert sorted(item.rank for item in together.values()) == [1, 2, 3, 4, 5, 6]


def test_processes_change_nothing(tree: Path) -> None:
    assert _told(bootstrap.analyze(tree, jobs=1)) == _told(bootstrap.analyze(tree, jobs=3))


def test_the_models_of_the_parts_answer_as_one(tree: Path) -> None:
    analysis, model = bootstrap.analyze_with_model(tree, jobs=1)
    assert _told(analysis) == _told(bootstrap.analyze(tree, jobs=1))
    assert {name.partition(".")[0] for name in model.functions} == {"orders", "post", "tax"}
    for item in analysis.candidates:
        assert model.effects(item.name) == item.effect_names
        assert model.summary(item.name).reaches[0] == item.name
    model.release()


def test_what_is_stated_about_no_function_is_told_once(tree: Path) -> None:
    (tree / "migrator.toml").write_text(
        '[[effects.override]]\nfunction = "tax.jobs.count"\neffect = ["email"]\nreason = "r"\n'
        '[[effects.override]]\nfunction = "nowhere.at_all"\neffect = ["email"]\nreason = "r"\n'
    )
    found = bootstrap.analyze(tree, jobs=1).findings
    assert [finding.reason for finding in found if "nowhere" in finding.reason] != []
    assert len([finding for finding in found if "no function" in finding.reason]) == 1


def test_after_an_edit_only_the_part_that_it_is_in_is_judged_again(tree: Path, tmp_path: Path) -> None:
    cache = AnalysisCache(tmp_path / "kept", "1", lambda text: pytest.fail(text))
    bootstrap.analyze(tree, jobs=1, cache=cache)
    before = _kept(tmp_path)
    assert len(before) == 3
    (tree / "post" / "jobs.py").write_text(PROGRAM.replace("localhost", "elsewhere") + LONG)
    again = bootstrap.analyze(tree, jobs=1, cache=cache)
    after = _kept(tmp_path)
    assert len(after) == 4 and before.items() <= after.items(), "one part is new, and none was written again"
    assert _told(again) == _told(bootstrap.analyze(tree, jobs=1))


def _kept(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_ino for path in folder.glob("kept/*-parts/*")}


@given(st.lists(st.integers(0, 9)))
def test_the_largest_begins_first_and_the_next_largest_not_beside_it(sizes: list[int]) -> None:
    order = [sizes[at] for at in from_both_ends(sizes)]

    assert sorted(order) == sorted(sizes)
    assert order[::2] == sorted(order[::2], reverse=True)
    assert order[1::2] == sorted(order[1::2])
    assert not order[1::2] or max(order[1::2]) <= min(order[::2])
