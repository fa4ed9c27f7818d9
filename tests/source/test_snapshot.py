"""Files that are no source, and files that change while they are looked at: nothing hangs, nothing grows without end."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from migrator.source import read_tree
from migrator.source.snapshot import LARGEST, Unreadable, bytes_of


@pytest.mark.parametrize("size", [0, 1, 65_536, 200_001])
def test_a_file_is_read_whole(tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    (tmp_path / "a.py").write_bytes(data)
    assert bytes_of(tmp_path / "a.py") == data


def test_a_file_without_a_size_is_read_whole() -> None:
    found = bytes_of(Path("/proc/self/environ"))
    assert found == Path("/proc/self/environ").read_bytes() != b""


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/tty", "/dev/random", "/dev/null", "/proc/self/fd"])
def test_what_is_no_file_is_not_read(tmp_path: Path, device: str) -> None:
    (tmp_path / "a.py").symlink_to(device)
    with pytest.raises(OSError, match=r"regular file|No such device"):
        bytes_of(tmp_path / "a.py")


def test_nobody_is_waited_for_at_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.py")
    with pytest.raises(Unreadable, match="is not a regular file"):
        bytes_of(tmp_path / "a.py")


def test_what_is_too_large_is_named_and_not_loaded(tmp_path: Path) -> None:
    with (tmp_path / "huge.py").open("wb") as file:
        file.truncate(50 * 1024**3)  # takes no room on the disk
    with (tmp_path / "large.py").open("wb") as file:
        file.truncate(LARGEST + 1)
    (tmp_path / "just.py").write_bytes(b"#" * LARGEST)
    tree = read_tree(tmp_path)
    assert list(tree.modules) == ["just"]
    assert {(entry.path, entry.reason) for entry in tree.skipped} == {
        ("huge.py", "is larger than 8 MiB"),
        ("large.py", "is larger than 8 MiB"),
    }


def test_a_file_that_is_written_to_all_the_time_does_not_hold_anybody_up(tmp_path: Path) -> None:
    (tmp_path / "still.py").write_text("x = 1\n")
    with _writing(tmp_path / "log.py"):
        for _ in range(20):
            tree = read_tree(tmp_path)
            assert "still" in tree.modules
            for entry in tree.skipped:
                assert entry.path == "log.py"
                assert entry.reason in ("is written to all the time", "is larger than 8 MiB")


def test_files_that_come_and_go_do_not_end_the_reading(tmp_path: Path) -> None:
    (tmp_path / "still.py").write_text("x = 1\n")
    stop = threading.Event()

    def flicker() -> None:
        while not stop.is_set():
            for number in range(20):
                (tmp_path / f"folder{number}").mkdir()
                (tmp_path / f"folder{number}" / "m.py").write_text("x = 1\n")
                (tmp_path / f"m{number}.py").write_text("x = 1\n")
            for number in range(20):
                (tmp_path / f"m{number}.py").unlink()
                (tmp_path / f"folder{number}" / "m.py").unlink()
                (tmp_path / f"folder{number}").rmdir()

    thread = threading.Thread(target=flicker)
    thread.start()
    try:
        for _ in range(30):
            tree = read_tree(tmp_path)
            assert "still" in tree.modules
            assert {file.text for file in tree.modules.values()} <= {"x = 1\n", ""}
            assert all("No such file" in entry.reason for entry in tree.skipped)
    finally:
        stop.set()
        thread.join()


def test_a_link_to_a_folder_above_is_not_entered(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    (root / "deep").mkdir(parents=True)
    (tmp_path / "private.py").write_text("x = 1\n")
    (root / "a.py").write_text("x = 1\n")
    (root / "up").symlink_to("..")
    (root / "deep" / "top").symlink_to("/")
    (root / "deep" / "self").symlink_to("..")
    tree = read_tree(root)
    assert [file.path for file in tree.modules.values()] == ["a.py"]
    said = "leads to a folder that this tree lies in"
    assert [(entry.path, entry.reason) for entry in tree.skipped] == [("deep/top", said), ("up", said)]


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Somebody else appends to the file for as long as the block lasts."""
    stop = threading.Event()
    path.touch()

    def append() -> None:
        with path.open("ab", buffering=0) as file:
            while not stop.is_set():
                file.write(b"x = 1\n" * 10_000)
                if file.tell() > 3 * LARGEST:
                    file.truncate(0)

    thread = threading.Thread(target=append)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
