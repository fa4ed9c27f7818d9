"""An analysis of whatever may lie in a folder: it ends, names what it could not read, and analyzes the rest."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from migrator.bootstrap import analyze
from migrator.domain.assessments import Analysis
from tests.support.as_nobody import as_nobody
from tests.support.fleet_world import PLAIN

DEEP = 25  # folders with names of 200 characters: their path is longer than the system takes (4,096)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "web.py").write_text(PLAIN, encoding="utf-8")
    return tmp_path


def analyzed(root: Path) -> Analysis:
    """The analysis, which has found what the rest of the tree holds."""
    found = analyze(root, jobs=1)
    assert [item.name for item in found.candidates] == ["web.double"]
    return found


def _pipes(root: Path) -> None:
    for name in ("a.py", "migrator.toml", "pyvenv.cfg.py", "__init__.py"):
        os.mkfifo(root / name)
    (root / ".migrator").mkdir()
    os.mkfifo(root / ".migrator" / "seam.json")


def _devices(root: Path) -> None:
    for name in ("zero", "tty", "random"):
        (root / f"{name}.py").symlink_to(f"/dev/{name}")


def _links(root: Path) -> None:
    (root / "self.py").symlink_to("self.py")
    (root / "gone.py").symlink_to("nothing.py")
    (root / "ring").symlink_to("ring")
    (root / "top").symlink_to("/")
    (root / "inner").mkdir()
    (root / "inner" / "again").symlink_to("..")


def _folders(root: Path) -> None:
    (root / "folder.py").mkdir()
    (root / "folder.py" / "x.py").write_text("x = 1\n", encoding="utf-8")
    (root / "package" / "__init__.py").mkdir(parents=True)
    (root / "package" / "y.py").write_text("y = 1\n", encoding="utf-8")


def _deep(root: Path) -> None:
    here = os.open(root, os.O_RDONLY)
    for _ in range(DEEP):
        os.mkdir("d" * 200, dir_fd=here)
        below = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)


def _names(root: Path) -> None:
    for name in ("a\nb.py", "a b.py", "1.py", "class.py", ".py", "é.py", "\u202e.py", "-.py", "x" * 252 + ".py"):
        (root / name).write_text("x = 1\n", encoding="utf-8")
    (root / os.fsdecode(b"\xff.py")).write_bytes(b"x = 1\n")


def _contents(root: Path) -> None:
    for number, data in enumerate((b"", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\x0c", b"x = 1" * 100_000)):
        (root / f"m{number}.py").write_bytes(data)


@pytest.mark.parametrize(
    ("made", "unread"),
    [
        (_pipes, {"a.py", "pyvenv.cfg.py", "__init__.py"}),
        (_devices, {"zero.py", "tty.py", "random.py"}),
        (_links, {"self.py", "gone.py", "top"}),
        (_folders, set()),
        (_names, set()),
        (_contents, {"m1.py", "m2.py", "m6.py"}),
    ],
)
def test_what_is_odd_is_named(root: Path, made: Callable[[Path], None], unread: set[str]) -> None:
    made(root)
    assert {entry.path for entry in analyzed(root).skipped} == unread


def test_a_folder_too_deep_to_have_a_path(root: Path) -> None:
    _deep(root)
    (entry,) = analyzed(root).skipped
    assert entry.reason == "cannot be listed: File name too long"


def test_what_may_not_be_read() -> None:
    with TemporaryDirectory() as folder:  # not below pytest's own, which is for its user alone
        root = Path(folder)
        root.chmod(0o755)
        (root / "web.py").write_text(PLAIN, encoding="utf-8")
        (root / "secret.py").write_text("x = 1\n", encoding="utf-8")
        (root / "secret.py").chmod(0)
        (root / "closed").mkdir(mode=0)
        analyzed(root)  # what it loads may lie where only root reads
        try:
            with as_nobody():
                reasons = {entry.path: entry.reason for entry in analyzed(root).skipped}
        finally:
            (root / "closed").chmod(0o700)
    assert reasons == {
        "secret.py": "cannot be read: Permission denied",
        "closed": "cannot be listed: Permission denied",
    }


def _many(root: Path, folders: int) -> float:
    for folder in range(folders):
        (root / f"p{folder}").mkdir()
        for number in range(1_000):
            (root / f"p{folder}" / f"m{number}.py").touch()
    began = time.monotonic()
    assert analyzed(root).files == folders * 1_000 + 1
    return time.monotonic() - began


@pytest.mark.thorough
def test_a_hundred_thousand_empty_files_take_seconds(root: Path) -> None:
    assert _many(root, 100) < 120
