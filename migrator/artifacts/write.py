"""Writes a service folder: whole or not at all, and never over what somebody else wrote.

In: `Artifacts` and a folder. Out: a `WriteResult`. A file is the program's own when the folder's manifest
names it and its hash is the manifest's; any other file that is in the way stops the run before anything is
written, unless it is forced. Each file is replaced atomically, the manifest last, so that a run that is cut
off leaves whole files and a manifest that tells which of them are new.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from migrator.artifacts.service import MANIFEST, Artifacts
from migrator.documents.manifest import CODEC
from migrator.domain.plans import Manifest
from migrator.errors import InputError, Refused

_MEND = "take it back from version control, or extract into another folder with -o"


@dataclass(frozen=True, slots=True)
class WriteResult:
    """What a run does, or has done, to a folder.

    Attributes:
        created: paths that are new.
        changed: paths of our own with new text.
        unchanged: paths that stay as they are.
        removed: files of an earlier run that are no longer part of the service.
        edited: our own files that somebody has changed since.
        foreign: files in the way that we did not write.
    """

    folder: Path
    created: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    edited: tuple[str, ...]
    foreign: tuple[str, ...]


def preview(artifacts: Artifacts, folder: Path) -> WriteResult:
    """What `write` would do; reads only.

    Raises:
        InputError: the folder is a file, or its manifest cannot be read.
    """
    for place in (folder, *folder.parents):
        if place.exists():
            if not place.is_dir():
                raise InputError("this is a file, not a folder", hint="name a folder with -o", location=str(place))
            break
    before = load_manifest(folder)
    ours = {file.path: file.sha256 for file in before.files} if before is not None else {}
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path, text in artifacts.files.items():
        target = _inside(folder, path)
        present = _digest(target)
        if present is None:
            found["created"].append(path)
        elif present == hashlib.sha256(text.encode()).hexdigest():
            found["unchanged"].append(path)
        elif path == MANIFEST and before is not None:
            found["changed"].append(path)
        elif path not in ours:
            found["foreign"].append(path)
        elif present != ours[path]:
            found["edited"].append(path)
        else:
            found["changed"].append(path)
    for path, digest in sorted(ours.items()):
        if path not in artifacts.files and (present := _digest(_inside(folder, path))) is not None:
            found["removed" if present == digest else "edited"].append(path)
    return WriteResult(
        folder,
        created=tuple(found["created"]),
        changed=tuple(found["changed"]),
        unchanged=tuple(found["unchanged"]),
        removed=tuple(found["removed"]),
        edited=tuple(found["edited"]),
        foreign=tuple(found["foreign"]),
    )


def write(artifacts: Artifacts, folder: Path, *, force: bool = False) -> WriteResult:
    """Write the folder.

    Args:
        force: overwrite files that were edited by hand or are not ours.

    Raises:
        Refused: such files are in the way, and `force` was not given; nothing was written.
        InputError: the folder cannot be written to.
    """
    result = preview(artifacts, folder)
    in_the_way = [*result.edited, *result.foreign]
    if in_the_way and not force:
        listed = "\n".join(
            [f"  {path}: edited since it was generated" for path in result.edited]
            + [f"  {path}: not written by migrator" for path in result.foreign]
        )
        raise Refused(
            f"nothing was written: it would overwrite\n{listed}",
            hint="choose another folder with -o, or overwrite them with --force",
            location=str(folder),
        )
    created = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # All text is on the disk before the first file changes place: a full disk stops the run here.
        with _staging(folder) as staging:
            order = [*(path for path in artifacts.files if path != MANIFEST), MANIFEST]
            for number, path in enumerate(order):
                staged = staging / str(number)
                staged.write_bytes(artifacts.files[path].encode())
            for number, path in enumerate(order):
                target = _inside(folder, path)
                target.parent.mkdir(parents=True, exist_ok=True)
                (staging / str(number)).replace(target)
        for path in result.removed:
            _inside(folder, path).unlink(missing_ok=True)
    except OSError as error:
        if created:
            shutil.rmtree(folder, ignore_errors=True)
        raise InputError(
            f"cannot be written: {error.strerror}", hint="check its rights and the space left", location=str(folder)
        ) from error
    except BaseException:
        if created:
            # Ctrl-C in the middle of a new folder leaves none.
            shutil.rmtree(folder, ignore_errors=True)
        raise
    return result


def load_manifest(folder: Path) -> Manifest | None:
    """The manifest of a service folder, or None where it has none.

    Raises:
        InputError: it is there and cannot be read.
    """
    path = folder / MANIFEST
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("the manifest cannot be read", hint=_MEND, location=str(path)) from error
    try:
        return CODEC.load_text(text, source=str(path))
    except InputError as error:
        raise InputError(error.message, hint=error.hint or _MEND, location=error.location) from error


def edited_files(folder: Path, manifest: Manifest) -> Mapping[str, str]:
    """Our own files that are not as they were generated: path to `edited` or `missing`."""
    found: dict[str, str] = {}
    for file in manifest.files:
        present = _digest(_inside(folder, file.path))
        if present != file.sha256:
            found[file.path] = "missing" if present is None else "edited"
    return found


@contextlib.contextmanager
def _staging(folder: Path) -> Iterator[Path]:
    # In the folder itself, since a rename is atomic within one file system only.
    with tempfile.TemporaryDirectory(prefix=".migrator-", dir=folder) as name:
        yield Path(name)


def _inside(folder: Path, path: str) -> Path:
    """The file of a manifest path; a path that leads out of the folder, also by a link, is refused."""
    target = folder / path
    if (
        ".." in Path(path).parts
        or Path(path).is_absolute()
        or not target.parent.resolve().is_relative_to(folder.resolve())
    ):
        raise InputError(f"{path!r} leads out of the folder", location=str(folder / MANIFEST))
    return target


def _digest(path: Path) -> str | None:
    """SHA-256 of what is there: a file, or a link to nowhere; None for nothing."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return "link" if path.is_symlink() else None
    except (IsADirectoryError, NotADirectoryError):
        return "folder"
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", location=str(path)) from error
