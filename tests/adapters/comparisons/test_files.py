"""The files in which comparisons are remembered."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from migrator.adapters.comparisons.files import FileComparisons
from migrator.domain.comparisons import Comparison
from migrator.domain.observations import NoData
from migrator.errors import InputError

COMPARISON = Comparison("tax", 1, 1, 0, 0, 0, ())


def test_the_file_is_the_document(tmp_path: Path) -> None:
    path = FileComparisons(tmp_path).save(COMPARISON)
    assert json.loads(path.read_text())["schema"] == "migrator.comparison/1"
    assert [entry for entry in tmp_path.iterdir() if entry != path] == [], "nothing half-written is left"


def test_one_that_does_not_say_when_it_was_made_is_as_old_as_its_file(tmp_path: Path) -> None:
    files = FileComparisons(tmp_path)
    os.utime(files.save(COMPARISON), (1000, 1000))
    assert files.latest("tax") == replace(COMPARISON, at=1000)
    os.utime(files.save(replace(COMPARISON, at=900.5)), (1000, 1000))
    assert files.latest("tax") == replace(COMPARISON, at=900.5)


def test_every_file_stays_in_the_folder(tmp_path: Path) -> None:
    files = FileComparisons(tmp_path)
    for route in ("../../etc/passwd", "/abs", "a\x00b", ".", "-rf"):
        assert files.path(route).parent == tmp_path


@pytest.mark.parametrize(
    "text", ["", "{", '{"schema": "migrator.plan/1"}', '{"schema": "migrator.comparison/1"}', "\udcff"]
)
def test_a_damaged_file_is_no_data(tmp_path: Path, text: str) -> None:
    files = FileComparisons(tmp_path)
    files.path("tax").write_text(text, errors="surrogateescape")
    answer = files.latest("tax")
    assert isinstance(answer, NoData)
    assert "cannot be read" in answer.reason


@pytest.mark.skipif(os.geteuid() == 0, reason="the rights of root have no limits")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="could not be remembered"):
        FileComparisons(tmp_path / "x").save(COMPARISON)


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    with pytest.raises(InputError, match="could not be remembered"):
        FileComparisons(tmp_path / "x").save(COMPARISON)
