"""Changes of a folder that happen as a whole, also when the process is killed in between.

In: paths with their new bytes, or None for a file that goes. Out: the folder changed. The new bytes are all staged
below `.migrator/next` first; then one rename puts the journal there, and from then on the change has happened: who
finds a journal (`Pending`) sees the folder as it will be, and the next one that writes finishes it. Without a journal,
what is staged is rubbish. What should be written is `deciding`.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from migrator.errors import InputError, Refused

STATE = ".migrator"
_NEXT = f"{STATE}/next"
_JOURNAL = f"{_NEXT}/journal.json"
_SCHEMA = "migrator.journal/1"


@dataclass(frozen=True, slots=True)
class Step:
    """One file of a change.

    Attributes:
        before: the digest that the file had when the change was decided, None for none.
        after: the digest that it will have, None where it goes.
        staged: name of the staged file below `.migrator/next`, empty where the file goes.
    """

    path: str
    before: str | None
    after: str | None
    staged: str


class Pending:
    """A folder as it is once an unfinished change is finished; without one, as it is. Reads only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.steps: Mapping[str, Step] = {step.path: step for step in _read_journal(folder)}

    def read(self, path: str) -> bytes | None:
        """The bytes of a file; None where there is none, or something that is no file."""
        step = self.steps.get(path)
        if step is not None and _digest(inside(self.folder, path)) == step.before:
            if step.after is None:
                return None
            with contextlib.suppress(FileNotFoundError):
                return (self.folder / _NEXT / step.staged).read_bytes()
        return _bytes(inside(self.folder, path))

    def digest(self, path: str) -> str | None:
        """SHA-256 of a file; `folder`, or `link` for a link to nowhere; None for nothing."""
        step = self.steps.get(path)
        if step is not None:
            present = _digest(inside(self.folder, path))
            return step.after if present == step.before else present
        return _digest(inside(self.folder, path))

    @property
    def unfinished(self) -> bool:
        """Whether a change was cut off."""
        return bool(self.steps)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep every other run from writing to the folder; the system gives it free when this process ends.

    Raises:
        InputError: another run is writing to it.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError("another run is writing to this folder", location=str(folder)) from error
        yield
    finally:
        os.close(descriptor)


def change(folder: Path, files: Mapping[str, bytes | None]) -> None:
    """Stage everything, then make it happen. A file that stands already as wished is left alone.

    Raises:
        OSError: before the journal stood nothing was changed; after it, the next `finish` goes on.
    """
    shutil.rmtree(folder / _NEXT, ignore_errors=True)
    try:
        steps = _staged(folder, files)
        if not steps:
            return
        _stage(folder / f"{_JOURNAL}.new", _dump(steps))
        _sync(folder / _NEXT)
        (folder / f"{_JOURNAL}.new").replace(folder / _JOURNAL)
    except BaseException:
        shutil.rmtree(folder / _NEXT, ignore_errors=True)
        raise
    _sync(folder / _NEXT)
    finish(folder)


def _staged(folder: Path, files: Mapping[str, bytes | None]) -> list[Step]:
    steps: list[Step] = []
    for number, (path, data) in enumerate(files.items()):
        target = inside(folder, path)
        before, after = _digest(target), hashlib.sha256(data).hexdigest() if data is not None else None
        if before == after:
            continue
        staged = ""
        if data is not None:
            staged = str(number)
            _stage(folder / _NEXT / staged, data, like=target)
        steps.append(Step(path, before, after, staged))
    # Without the parents a step cannot be done, so they are made while nothing has happened yet.
    for step in steps:
        if step.after is not None:
            inside(folder, step.path).parent.mkdir(parents=True, exist_ok=True)
    for step in steps:
        if inside(folder, step.path).is_dir():
            raise IsADirectoryError(f"{step.path} is a folder, where a file belongs")
    return steps


def finish(folder: Path, *, force: bool = False) -> None:
    """Do what is left of a change that was cut off; nothing where none was.

    Args:
        force: also over a file that somebody changed in between.

    Raises:
        Refused: there is such a file; nothing was done.
        InputError: the journal cannot be read.
    """
    steps = _read_journal(folder)
    changed = [step for step in steps if _digest(inside(folder, step.path)) not in (step.before, step.after)]
    if changed and not force:
        listed = "\n".join(
            f"  {step.path}: its new text is {_NEXT}/{step.staged}" if step.staged else f"  {step.path}: was to go"
            for step in changed
        )
        raise Refused(
            f"an earlier run was cut off, and these files were edited before it could be finished\n{listed}",
            hint="put the edits aside and run it again, or give them up with --force",
            location=str(folder),
        )
    for step in steps:
        target = inside(folder, step.path)
        if step.after is None:
            target.unlink(missing_ok=True)
            _remove_empty(target.parent, folder)
        else:
            # What is no longer staged has taken its place already.
            with contextlib.suppress(FileNotFoundError):
                (folder / _NEXT / step.staged).replace(target)
    if steps:
        _sync(folder)
        (folder / _JOURNAL).unlink(missing_ok=True)
    shutil.rmtree(folder / _NEXT, ignore_errors=True)
    with contextlib.suppress(OSError):
        (folder / STATE).rmdir()  # it stays where something else lies in it


def inside(folder: Path, path: str) -> Path:
    """The file of a path; one that leads out of the folder, also by a link, is refused.

    Raises:
        InputError: it does.
    """
    target = folder / path
    if (
        ".." in Path(path).parts
        or Path(path).is_absolute()
        or not target.parent.resolve().is_relative_to(folder.resolve())
    ):
        raise InputError(
            f"{path!r} leads out of the folder",
            hint="take the link away, take the manifest back from version control, or name another folder with -o",
            location=str(folder),
        )
    return target


def _stage(path: Path, data: bytes, *, like: Path | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if like is not None and like.is_file():
        path.chmod(stat.S_IMODE(like.stat().st_mode))


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_empty(folder: Path, root: Path) -> None:
    while folder != root:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def _dump(steps: list[Step]) -> bytes:
    listed = [{"path": each.path, "before": each.before, "after": each.after, "staged": each.staged} for each in steps]
    return (json.dumps({"schema": _SCHEMA, "steps": listed}, indent=2) + "\n").encode()


def _read_journal(folder: Path) -> tuple[Step, ...]:
    data = _bytes(folder / _JOURNAL)
    if data is None:
        return ()
    try:
        document = json.loads(data)
        if document["schema"] != _SCHEMA:
            raise ValueError(document["schema"])
        steps = tuple(
            Step(str(each["path"]), each["before"], each["after"], str(each["staged"])) for each in document["steps"]
        )
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            "the journal of an unfinished run cannot be read",
            hint=f"take the folder back from version control, or remove {_NEXT} from it",
            location=str(folder / _JOURNAL),
        ) from error
    if any(step.staged and not step.staged.isdecimal() for step in steps):
        raise InputError("the journal names files that are not its own", location=str(folder / _JOURNAL))
    return steps


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", location=str(path)) from error


def _digest(path: Path) -> str | None:
    data = _bytes(path)
    if data is not None:
        return hashlib.sha256(data).hexdigest()
    if path.is_dir():
        return "folder"
    return "link" if path.is_symlink() else None
