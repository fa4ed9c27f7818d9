"""Folders of our own, in the system's place for temporary files, that go again, however the process ends.

In: a name for the folder within. Out: a folder while a block runs. Left by its end, by an error, by Ctrl-C or by TERM, it is
removed at once; left by KILL or a power cut, by the next run. A folder whose lock somebody holds is in use.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PREFIX: Final = "migrator-repository-"
_LOCK: Final = ".lock"
_MADE_LONG_AGO_S: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Scratch:
    """A folder of our own.

    Attributes:
        tree: an empty folder in it, for files.
        index: where an index file may lie; there is none yet.
    """

    tree: Path
    index: Path


@contextlib.contextmanager
def scratch_folder(name: str = "tree") -> Iterator[Scratch]:
    """A folder of our own while the block runs.

    Args:
        name: of the folder for files, which what is made in it may take its name from.
    """
    with _ended_in_order():
        outer = Path(tempfile.mkdtemp(prefix=PREFIX))
        try:
            with _locked(outer / _LOCK):
                tree = outer / "files" / (name or "tree")
                tree.mkdir(parents=True)
                yield Scratch(tree, outer / "index")
        finally:
            shutil.rmtree(outer, ignore_errors=True)


def remove_leftovers() -> None:
    """Remove the folders of this user's runs that were killed; nothing that anybody still uses."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if not _is_ours(folder):
            continue
        try:
            lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
        except OSError:
            # It has just been made, is just being removed, or its maker was killed before it had a lock.
            if _age_s(folder) > _MADE_LONG_AGO_S:
                shutil.rmtree(folder, ignore_errors=True)
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            pass
        finally:
            os.close(lock)


def _is_ours(folder: Path) -> bool:
    try:
        return folder.lstat().st_uid == os.getuid()
    except OSError:
        return False


def _age_s(folder: Path) -> float:
    try:
        return time.time() - folder.lstat().st_mtime
    except OSError:
        return 0.0


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    # Locked before it has its name: whoever finds it by name finds it in use.
    made = path.with_name(f"{path.name}.new")
    lock = os.open(made, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made.rename(path)
        yield
    finally:
        os.close(lock)


@contextlib.contextmanager
def _ended_in_order() -> Iterator[None]:
    """TERM unwinds the stack, as Ctrl-C does, where nobody has decided otherwise; the exit status is that of a TERM."""
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield
        return

    def stop(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
