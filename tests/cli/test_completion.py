"""Completion of candidate names: remembered, seen, hostile, and never an error."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from migrator.cli.completion import candidate_names, remember_candidates

VIEW = "@app.route('/x')\n@login\nasync def price():\n    ...\n\ndef helper(): ...\n@shared_task\ndef send(): ...\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "shop" / "web").mkdir(parents=True)
    (tmp_path / "shop" / "web" / "views.py").write_text(VIEW, encoding="utf-8")
    (tmp_path / "shop" / "broken.py").write_bytes(b"\xff\x00")
    return tmp_path / "shop"


def names(root: object, typed: str = "") -> list[str]:
    return candidate_names(SimpleNamespace(params={"root": root}), typed)


def test_without_an_analysis_the_files_are_looked_at(root: Path) -> None:
    assert names(root) == ["web.views.price", "web.views.send"]
    assert names(root, "pr") == ["web.views.price"]


def test_the_last_analysis_wins(root: Path) -> None:
    remember_candidates(root, ["b.two", "a.one"])
    assert names(root) == ["a.one", "b.two"]
    assert names(root, "tw") == ["b.two"]
    assert names(root / ".." / "shop", "a.") == ["a.one"]


def test_a_name_that_a_shell_would_run_is_not_offered(root: Path) -> None:
    remember_candidates(
        root, ["a.one", "$(touch owned).view", "b;id.view", "c.<locals>.view", "d`id`.view", "e f.view"]
    )
    assert names(root) == ["a.one"]


@pytest.mark.parametrize("content", ["", "{", "3", '{"a": 1}', "[1, null]"])
def test_a_damaged_cache_is_none(root: Path, tmp_path: Path, content: str) -> None:
    remember_candidates(root, ["a.one"])
    (file,) = (tmp_path / "cache").rglob("*.json")
    file.write_text(content, encoding="utf-8")
    assert names(root) == ["web.views.price", "web.views.send"]


def test_nothing_is_an_error(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert names(tmp_path / "none") == []
    assert names(3) == []
    assert names("a\0b") == []
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    remember_candidates(root, ["a"])
    assert names(root) == ["web.views.price", "web.views.send"]


def test_the_shell_gets_names(root: Path) -> None:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "migrator"],
        env={
            **os.environ,
            "_MIGRATOR_COMPLETE": "complete_bash",
            "COMP_WORDS": f"migrator explain --root {root} web",
            "COMP_CWORD": "4",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["web.views.price", "web.views.send"], done.stderr
    assert time.monotonic() - began < 20
