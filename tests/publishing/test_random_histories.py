"""Whatever happened to a branch, in whatever order: no commit of a person is ever lost from it."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.branch_histories import STEPS, History, InMemory, OnDisk
from tests.support.file_forge import FileForge
from tests.support.git_world import git_world
from tests.support.memory_repository import memory_clone

HISTORIES = st.lists(st.sampled_from(STEPS), min_size=2, max_size=14).map(lambda steps: ["run", *steps, "run other"])


@pytest.mark.parametrize("examples", [80, pytest.param(1500, marks=pytest.mark.thorough)])
def test_nothing_is_lost_in_memory(examples: int) -> None:
    """The counts at the end are there because a run that is always refused would lose nothing either."""
    reached: Counter[str] = Counter()

    @settings(max_examples=examples, deadline=None)
    @given(HISTORIES)
    def try_one(steps: list[str]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            history = History(InMemory(memory_clone()), FileForge(Path(folder) / "requests.json"))
            history.take(steps)
        reached["published"] += history.published
        reached["refused"] += history.refused
        reached["with people's commits"] += bool(history.peoples) and history.published > 1

    try_one()
    assert reached["published"] > examples / 2
    assert reached["refused"] > examples / 20
    assert reached["with people's commits"] > examples / 20


ONE_OF_EACH = ["run", "theirs", "base", "run other", "theirs same", "update", "squash", "clean up", "merge", "remove", "run"]  # fmt: skip


def test_nothing_is_lost_with_git(tmp_path: Path) -> None:
    world = git_world(tmp_path)
    history = History(OnDisk(world, world.repository()), FileForge(tmp_path / "requests.json"))
    history.take(ONE_OF_EACH)
    assert (history.published, history.refused) == (4, 0)


@pytest.mark.thorough
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(HISTORIES)
def test_nothing_is_lost_with_git_at_random(steps: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = git_world(Path(folder) / "world")
        History(OnDisk(world, world.repository()), FileForge(Path(folder) / "requests.json")).take(steps)
