"""A program that regenerates a service folder and is killed at each of its file operations in turn.

Argument: a folder. For each number there is a copy of the service in it, of which the writing was killed at that
operation; the last one was not killed. Prints how many there are. What they look like is the test's to check.
"""

from __future__ import annotations

import hashlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from migrator.artifacts import Artifacts, write
from migrator.artifacts.service import MANIFEST
from migrator.documents.manifest import CODEC
from migrator.domain.plans import Manifest, WrittenFile

LINES = "".join(f"line{number}\n" for number in range(9))
# What the interpreter tells of before it does it; `open` comes for every file that is read, too.
_EVENTS = frozenset({"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "shutil.rmtree"})


def service(texts: dict[str, str], plan: str) -> Artifacts:
    """Artifacts of some texts."""
    files = tuple(WrittenFile(path, hashlib.sha256(text.encode()).hexdigest()) for path, text in sorted(texts.items()))
    manifest = Manifest("shop.view", plan, {}, files)
    return Artifacts("service", {**texts, MANIFEST: CODEC.dump_text(manifest)}, manifest)


OLD = service({"README.md": LINES, "src/app.py": LINES, "src/old.py": "old\n"}, "old")
NEW = service({"README.md": LINES.replace("line7", "new"), "src/app.py": "new\n", "src/new.py": "new\n"}, "new")


def edited(folder: Path) -> None:
    """The old service, with a hand edit of `README.md`."""
    write(OLD, folder)
    (folder / "README.md").write_text(LINES.replace("line1", "mine"), "utf-8")


def killed_at(number: int, folder: Path, action: Callable[[], object]) -> bool:
    """Do something in a child that is killed at a file operation in the folder; whether it got that far."""
    child = os.fork()
    if child == 0:
        _fuse(number, folder)
        action()
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if status and not os.WIFSIGNALED(status):
        sys.exit(f"the child failed at {number}")
    return os.WIFSIGNALED(status)


def _fuse(number: int, folder: Path) -> None:
    seen = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        if event in _EVENTS and arguments and str(folder) in str(arguments[0]):
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)
            seen += 1

    sys.addaudithook(hook)


def main(folder: Path) -> None:
    number = 0
    edited(folder / "0")
    while killed_at(number, folder / str(number), lambda: write(NEW, folder / str(number))):  # noqa: B023
        number += 1
        edited(folder / str(number))
    print(number + 1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
