"""What putting the seam in, or taking it out, does to the files of a monolith: shown first, then done as a whole.

In: new bytes by path. Out: `SeamChange`, its diff, and the files changed. What the bytes are is `adding` and `removing`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from migrator.artifacts.seam.reading import Unreadable, decode
from migrator.artifacts.writing.journal import Pending, change, finish, locked
from migrator.errors import InputError, Refused

_AFTER_LINE_END = re.compile(r"(?<=\n)")


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file of the monolith, with what is to be said of it."""

    path: str
    line: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SeamChange:
    """One change.

    Attributes:
        files: path to its new bytes, None where it goes; in the order in which they take their place, so that code
            never imports what is not there.
        before: path to its bytes as they are, None for no file.
        places: where calls are routed, or were.
        left: what stays with legacy, and what is left for a person to look at.
    """

    root: Path
    files: Mapping[str, bytes | None]
    before: Mapping[str, bytes | None]
    places: tuple[Place, ...]
    left: tuple[Place, ...] = ()


def diff(made: SeamChange, hidden: frozenset[str] = frozenset()) -> str:
    """The change as a unified diff.

    Args:
        hidden: paths that are generated as a whole, of which a line says enough.
    """
    return "".join(line for path in made.files for line in _diff(made, path, path in hidden))


def apply(made: SeamChange) -> None:
    """Change the files, all or none.

    Raises:
        Refused: a file has changed since the change was made; nothing was done.
        InputError: the files cannot be written to.
    """
    try:
        with locked(made.root):
            finish(made.root)
            for path, data in made.before.items():
                if present(made.root, path) != data:
                    raise Refused(
                        "has changed while it was looked at; nothing was done",
                        hint="run it again",
                        location=str(made.root / path),
                    )
            change(made.root, made.files)
    except OSError as error:
        raise InputError(
            f"cannot be written: {error.strerror or error}", hint="check its rights", location=str(made.root)
        ) from error


def settle(root: Path) -> None:
    """Finish a change that was cut off; nothing where none was.

    Raises:
        Refused: a file that it was about to write was edited since; nothing was done.
        InputError: another run is writing to the files.
    """
    if Pending(root).unfinished:
        with locked(root):
            finish(root)


def present(root: Path, path: str) -> bytes | None:
    """The bytes of a file, as they are once a change that was cut off is finished; None for no file."""
    return Pending(root).read(path)


def _diff(made: SeamChange, path: str, hidden: bool) -> Iterator[str]:
    old, new = made.before.get(path), made.files[path]
    if old == new:
        return
    if hidden:
        yield f"{'+++' if new is not None else '---'} {path} (generated, {_count(new or old or b'')} lines)\n"
        return
    yield from (
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(
            _lines(old),
            _lines(new),
            path if old is not None else "/dev/null",
            path if new is not None else "/dev/null",
        )
    )


def _count(data: bytes) -> int:
    return data.count(b"\n")


def _lines(data: bytes | None) -> list[str]:
    if data is None:
        return []
    try:
        text = decode(data).text
    except Unreadable:
        text = data.decode("latin-1")
    return [line for line in _AFTER_LINE_END.split(text.replace("\r\n", "\n")) if line]
