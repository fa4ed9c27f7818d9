"""Writes a service folder: whole or not at all, and never over what somebody else wrote.

In: `Artifacts` and a folder. Out: a `WriteResult`. What was edited by hand is merged with what is generated now
(`deciding`); a conflict stops the run before anything is written, unless the caller says what becomes of it. The change
happens as a whole, also when the process is killed in the middle of it (`journal`).
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from migrator.artifacts.service import MANIFEST, Artifacts
from migrator.artifacts.writing import base, origin
from migrator.artifacts.writing.deciding import Decided, decide
from migrator.artifacts.writing.journal import Pending, change, finish, locked
from migrator.artifacts.writing.merging import is_text
from migrator.artifacts.writing.place import check_apart, check_folder
from migrator.artifacts.writing.results import Conflict, ConflictKind, OnConflict, WriteResult
from migrator.documents.manifest import CODEC
from migrator.domain.plans import Manifest
from migrator.errors import InputError, Refused

_MEND = "take it back from version control, or extract into another folder with -o"
# Of a conflict that is shown, so that a file that differs as a whole does not fill the screen.
_LINES_SHOWN = 6


def preview(artifacts: Artifacts, folder: Path, *, on_conflict: OnConflict = OnConflict.STOP) -> WriteResult:
    """What `write` would do; reads only.

    Raises:
        InputError: the folder is a file, or its manifest cannot be read.
    """
    return _decided(artifacts, folder, on_conflict).result


def write(
    artifacts: Artifacts,
    folder: Path,
    *,
    on_conflict: OnConflict = OnConflict.STOP,
    force: bool = False,
    root: Path | None = None,
) -> WriteResult:
    """Write the folder.

    Args:
        on_conflict: MARK writes both sides with conflict markers, and of a file that one side has deleted what the
            other has. OVERWRITE gives up every hand edit, also those that would merge, and files that are not ours.
        force: the same as OVERWRITE.
        root: the monolith, so that `migrator check` finds it; None leaves what is said of it.

    Raises:
        Refused: there are conflicts; nothing was written. Or an earlier run was cut off and a file it was about to
            write was edited since.
        InputError: the folder cannot be written to, is no place for a service, or another run is writing to it.
    """
    on_conflict = OnConflict.OVERWRITE if force else on_conflict
    if root is not None:
        check_apart(folder, root)
    _decided(artifacts, folder, on_conflict)  # what is wrong with the folder is said before anything is made
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder):
            finish(folder, force=on_conflict is OnConflict.OVERWRITE)
            decided = _decided(artifacts, folder, on_conflict)
            if _stops(decided.result, on_conflict):
                raise _refusal(decided.result)
            change(folder, {**decided.files, **_own_files(artifacts, folder, root)})
    except OSError as error:
        _unmake(missing)
        raise InputError(
            f"cannot be written: {error.strerror or error}",
            hint="check its rights and the space left",
            location=str(folder),
        ) from error
    except BaseException:
        # Ctrl-C in the middle of a new folder leaves none.
        _unmake(missing)
        raise
    return decided.result


def _unmake(made: Sequence[Path]) -> None:
    """Take a new service folder away again, and the folders above it that were made for it."""
    for place in made[:1]:
        shutil.rmtree(place, ignore_errors=True)
    for place in made[1:]:
        with contextlib.suppress(OSError):
            place.rmdir()


def load_manifest(folder: Path) -> Manifest | None:
    """The manifest of a service folder, or None where it has none.

    Raises:
        InputError: it is there and cannot be read.
    """
    return _load(Pending(folder))


def edited_files(folder: Path, manifest: Manifest) -> Mapping[str, str]:
    """Our own files that are not as they were generated: path to `edited` or `missing`.

    A run that was cut off edits nothing: its files count as it was about to write them.
    """
    pending = Pending(folder)
    found: dict[str, str] = {}
    for file in manifest.files:
        present = pending.digest(file.path)
        if present != file.sha256:
            found[file.path] = "missing" if present is None else "edited"
    return found


def origin_of(folder: Path) -> Path | None:
    """The monolith that the service was cut from, whether it is there or not; None where that is not known."""
    return origin.load(folder, Pending(folder).read(origin.ORIGIN))


def unfinished(folder: Path) -> bool:
    """Whether a run was cut off; the next one finishes what it began."""
    return Pending(folder).unfinished


def _load(pending: Pending) -> Manifest | None:
    path = pending.folder / MANIFEST
    if pending.digest(MANIFEST) is None:
        return None
    data = pending.read(MANIFEST)
    try:
        text = data.decode() if data is not None else None
    except UnicodeDecodeError:
        text = None
    if text is None:
        raise InputError("the manifest cannot be read", hint=_MEND, location=str(path))
    try:
        return CODEC.load_text(text, source=str(path))
    except InputError as error:
        raise InputError(error.message, hint=error.hint or _MEND, location=error.location) from error


def _decided(artifacts: Artifacts, folder: Path, on_conflict: OnConflict) -> Decided:
    check_folder(folder)
    pending = Pending(folder)
    return decide(artifacts, pending, _load(pending), on_conflict)


def _own_files(artifacts: Artifacts, folder: Path, root: Path | None) -> Mapping[str, bytes | None]:
    """The manifest and what is kept beside it, the manifest last."""
    contents = artifacts.contents.items()
    texts = {path: content for path, content in contents if path != MANIFEST and is_text(content)}
    files: dict[str, bytes | None] = {}
    # Another release of zlib packs the same texts otherwise; that alone is no change.
    packed = Pending(folder).read(base.BASE)
    if base.unpack(packed, artifacts.manifest) != texts:
        files[base.BASE] = base.pack(texts)
    if root is not None:
        files[origin.ORIGIN] = origin.dump(folder, root)
    files[MANIFEST] = artifacts.files[MANIFEST].encode()
    return files


def _stops(result: WriteResult, on_conflict: OnConflict) -> bool:
    if on_conflict is OnConflict.OVERWRITE:
        return False
    # Where nothing can be marked, going on would lose one side without a trace.
    unmarkable = {ConflictKind.NO_GIT, ConflictKind.NOT_A_FILE, ConflictKind.NOT_TEXT}
    return any(on_conflict is OnConflict.STOP or conflict.kind in unmarkable for conflict in result.conflicts)


def _refusal(result: WriteResult) -> Refused:
    listed = "\n".join(line for conflict in result.conflicts for line in conflict_lines(conflict))
    return Refused(
        f"nothing was written: a hand and the generator disagree on {len(result.conflicts)} "
        f"{'file' if len(result.conflicts) == 1 else 'files'}\n{listed}",
        hint="settle them by hand, write both sides with --conflicts mark, give up the edits with --force, "
        "or choose another folder with -o",
        location=str(result.folder),
    )


def conflict_lines(conflict: Conflict) -> tuple[str, ...]:
    """A conflict as lines for a person: the path and the reason, then each place with both sides."""
    lines = [f"  {conflict.path}: {conflict.reason}"]
    for hunk in conflict.hunks:
        lines.append(f"    {conflict.path}:{hunk.line}")
        for label, side in (("yours", hunk.ours), ("generated", hunk.theirs)):
            lines += [f"      {label:9} | {line}" for line in side[:_LINES_SHOWN] or ("(nothing)",)]
            if len(side) > _LINES_SHOWN:
                lines.append(f"      {label:9} | ... {len(side) - _LINES_SHOWN} more lines")
    return tuple(lines)
