"""The whole harness on small wheels: analyzed, scored, the held-out one never counted in, the README written."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from tests.accuracy.__main__ import main
from tests.accuracy.table import BEGIN, END

APP = """
import threading
from celery import shared_task

@shared_task
def send():
    threading.Thread(target=print).start()
"""


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    """Two small monoliths: one that is tuned on, one that is held out and labeled wrongly."""
    folder = tmp_path / "labels"
    folder.mkdir()
    packages = []
    for name, held_out in (("small", False), ("hidden", True)):
        archive = folder / f"{name}.whl"
        with zipfile.ZipFile(archive, "w") as wheel:
            wheel.writestr(f"{name}/__init__.py", "")
            wheel.writestr(f"{name}/app.py", APP)
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()
        packages.append(
            {"name": name, "archive": archive.name, "sha256": digest, "command": "pip download x", "held_out": held_out}
        )
        effects = ["cache"] if held_out else ["background"]
        label = {"qualname": f"{name}.app.send", "effects": effects, "verdict": "refactor"}
        (folder / f"{name}.jsonl").write_text(json.dumps(label) + "\n")
        (folder / f"{name}.entries.txt").write_text(f"{name}.app.send\tqueue\n")
    (folder / "packages.json").write_text(json.dumps({"packages": packages}))
    return folder


def arguments(labels: Path, *more: str) -> list[str]:
    return ["--labels", str(labels), "--wheels", str(labels), "--cache", str(labels.parent / "cache"), *more]


def test_a_measured_monolith_is_scored_and_written(labels: Path, capsys: pytest.CaptureFixture[str]) -> None:
    readme = labels.parent / "README.md"
    readme.write_text(f"# x\n{BEGIN}\n{END}\n")
    assert main(arguments(labels, "--held-out", "--misses", "--write", "--readme", str(readme))) == 0
    said = capsys.readouterr().out
    assert "| effect recall | >= 0.92 | 1.000 | yes | 1.000 | 0.000 |" in said
    assert "every bound holds" in said
    assert "for ast.parse" in said
    assert "small: call graph of 7 nodes, 4 calls, 0 unresolved" in said
    assert "cache                  hit   0  miss   1  extra   0" in said
    assert "| effect recall | >= 0.92 | 1.000 | yes | 1.000 | 0.000 |" in readme.read_text()


def test_a_held_out_monolith_is_left_alone_unless_asked_for(labels: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (labels / "small.jsonl").write_text(
        json.dumps({"qualname": "small.app.lost", "effects": [], "verdict": "keep"}) + "\n"
    )
    assert main(arguments(labels)) == 1
    said = capsys.readouterr()
    assert "hidden" not in said.out + said.err
    assert "bounds missed:" in said.out
    assert "unsafe + unsafe_unknown" in said.out


def test_a_wheel_that_is_not_the_one_is_refused(labels: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (labels / "small.whl").write_bytes(b"another")
    assert main(arguments(labels)) == 2
    assert "has the hash" in capsys.readouterr().err
