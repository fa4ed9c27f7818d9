"""The seam's figures behind the port: from a mark on, over the file that was put aside, and nothing made up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.adapters.metrics.seam import SeamMetrics
from migrator.artifacts.rendering import render
from migrator.artifacts.seam.adding import TEMPLATE
from migrator.domain.observations import NoData, Observation
from migrator.rollout.statistics import buckets
from migrator.rollout.statistics.buckets import number_of

NAME = "shop.tasks.mail.send"


def told(tries: int, failed: int = 0, step: int = 10) -> dict[str, object]:
    return {"tries": tries, "failed": failed, "times": {str(step): tries}}


def add(path: Path, sides: Mapping[str, object], name: str = NAME) -> None:
    with path.open("a") as file:
        file.write(json.dumps({"time": 0, "pid": 1, "routes": {name: sides}}) + "\n")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "migrator_seam.figures"


@pytest.fixture
def metrics(path: Path) -> SeamMetrics:
    return SeamMetrics(path, {"mail": NAME})


def seen(metrics: SeamMetrics, mark: str) -> tuple[tuple[int, int], tuple[int, int]]:
    found = metrics.since("mail", mark)
    assert isinstance(found, Observation)
    return (
        (found.legacy.requests, found.legacy.first_try_errors),
        (found.canary.requests, found.canary.first_try_errors),
    )


def test_only_what_came_since_the_mark_and_of_the_route_is_counted(metrics: SeamMetrics, path: Path) -> None:
    add(path, {"legacy": told(100, 50), "canary": told(7)})
    mark = metrics.mark("mail")
    assert seen(metrics, mark) == ((0, 0), (0, 0))
    add(path, {"legacy": told(30)})
    add(path, {"legacy": told(10, 2), "canary": told(5, 1)})
    add(path, {"legacy": told(1000)}, name="shop.other")
    assert seen(metrics, mark) == ((40, 2), (5, 1))


def test_a_mark_before_the_first_line_counts_from_the_first_line(metrics: SeamMetrics, path: Path) -> None:
    mark = metrics.mark("mail")
    missing = metrics.since("mail", mark)
    assert isinstance(missing, NoData) and not missing.mark_lost
    assert "written no figures yet" in missing.reason
    add(path, {"canary": told(3)})
    assert seen(metrics, mark) == ((0, 0), (3, 0))


def test_a_file_that_was_put_aside_is_read_on(metrics: SeamMetrics, path: Path) -> None:
    add(path, {"canary": told(1)})
    mark = metrics.mark("mail")
    add(path, {"canary": told(2)})
    path.rename(f"{path}.1")
    assert isinstance(metrics.since("mail", mark), NoData), "nothing new is there yet"
    add(path, {"canary": told(4)})
    assert seen(metrics, mark) == ((0, 0), (6, 0))


def test_a_file_that_is_gone_loses_the_mark(metrics: SeamMetrics, path: Path) -> None:
    add(path, {"canary": told(1)})
    mark = metrics.mark("mail")
    kept = path.rename(path.with_suffix(".kept"))
    add(path, {"canary": told(1)})
    assert kept.stat().st_ino != path.stat().st_ino
    assert _mark_lost(metrics.since("mail", mark))
    assert _mark_lost(metrics.since("mail", "no mark"))


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"routes": 1}', '{"routes": {"shop.tasks.mail.send": {"canary": {"tries": 1}}}}']
)
def test_a_line_that_is_not_whole_counts_for_nothing(metrics: SeamMetrics, path: Path, line: str) -> None:
    mark = metrics.mark("mail")
    path.write_text(f"{line}\n")
    add(path, {"canary": told(2)})
    assert seen(metrics, mark) == ((0, 0), (2, 0))


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.booleans(), st.booleans()), max_size=12))
def test_looks_in_a_chain_add_up_over_files_that_are_put_aside(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, int, bool, bool]]
) -> None:
    path = tmp_path_factory.mktemp("seam") / "migrator_seam.figures"
    metrics = SeamMetrics(path, {"mail": NAME})
    mark, tries, failed, seen_tries, seen_failed, aside = metrics.mark("mail"), 0, 0, 0, 0, False
    for more, bad, rotated, looked in [*steps, (1, 0, False, True)]:
        if rotated and not aside and path.exists():
            path.replace(f"{path}.1")
            aside = True
        add(path, {"canary": told(more, min(more, bad), step=number_of(3))})
        tries, failed = tries + more, failed + min(more, bad)
        if looked:
            look = metrics.since("mail", mark)
            assert isinstance(look, Observation), look
            assert sum(look.canary.times.values()) == look.canary.requests
            mark, aside = look.mark, False
            seen_tries, seen_failed = seen_tries + look.canary.requests, seen_failed + look.canary.first_try_errors
    assert (seen_tries, seen_failed) == (tries, failed)


def test_the_steps_are_the_seams() -> None:
    assert f"FIRST_MS, STEP = {buckets.FIRST_MS}, {buckets.STEP}\n" in render(TEMPLATE, {})


def _mark_lost(answer: Observation | NoData) -> bool:
    return isinstance(answer, NoData) and answer.mark_lost
