"""Wheels are the ones that the labels were read from, or they are not measured."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from tests.accuracy.monoliths import LABELS, Monolith, WrongWheel, monoliths, unpacked


def wheel(folder: Path, name: str = "small-1-py3-none-any.whl") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / name, "w") as archive:
        archive.writestr("small/app.py", "x = 1\n")
    return folder / name


def monolith(wheel_path: Path, *, sha256: str = "", command: tuple[str, ...] = ("pip", "download")) -> Monolith:
    digest = sha256 or hashlib.sha256(wheel_path.read_bytes()).hexdigest()
    return Monolith("small", wheel_path.name, digest, command, False, wheel_path.parent)


def test_a_wheel_is_unpacked_once(tmp_path: Path) -> None:
    path = wheel(tmp_path / "wheels")
    found = unpacked(monolith(path), path.parent, tmp_path / "unpacked")
    assert (found / "small/app.py").read_text() == "x = 1\n"
    (found / "small/app.py").write_text("y = 2\n")
    assert unpacked(monolith(path), path.parent, tmp_path / "unpacked") == found
    assert (found / "small/app.py").read_text() == "y = 2\n"
    assert [item.name for item in (tmp_path / "unpacked").iterdir()] == [found.name]


def test_another_wheel_is_refused(tmp_path: Path) -> None:
    path = wheel(tmp_path / "wheels")
    with pytest.raises(WrongWheel, match="has the hash"):
        unpacked(monolith(path, sha256="0" * 64), path.parent, tmp_path / "unpacked")
    assert not (tmp_path / "unpacked").exists()


def test_only_pip_may_be_run(tmp_path: Path) -> None:
    asked = Monolith("small", "small.whl", "0", ("touch", str(tmp_path / "touched")), False, tmp_path)
    with pytest.raises(WrongWheel, match="may only say"):
        unpacked(asked, tmp_path / "wheels", tmp_path / "unpacked")
    assert not (tmp_path / "touched").exists()


def test_a_monolith_is_held_out_unless_it_says_otherwise(tmp_path: Path) -> None:
    item = {"name": "a", "archive": "a.whl", "sha256": "0", "command": "pip download a==1"}
    document = {"packages": [item, {**item, "name": "b", "held_out": False}]}
    (tmp_path / "packages.json").write_text(json.dumps(document))
    assert [found.held_out for found in monoliths(tmp_path)] == [True, False]


def test_the_labels_that_are_kept_can_be_read() -> None:
    tuned = [item for item in monoliths() if not item.held_out]
    assert len(tuned) == 3
    for item in tuned:
        assert item.command[:2] == ("pip", "download")
        entries = item.entries()
        assert len(entries) > 300
        assert all(entries.values())
        assert len(item.labels()) > 20
    assert sorted(path.stem for path in LABELS.glob("*.jsonl")) == sorted(item.name for item in monoliths())
