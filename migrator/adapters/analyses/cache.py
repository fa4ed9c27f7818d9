"""A folder of analyses, each by a key that says all that it was made of.

In: keys and analyses. Out: analyses. A kept analysis is worth the time that it saves and nothing more: whatever is wrong
with the folder is told, and the analysis is made anew. Several processes may use one folder: an entry is replaced in one
step, and two that are written at once say the same.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from migrator.adapters.analyses.packing import Unpackable, packed, unpacked
from migrator.domain.assessments import Analysis
from migrator.replacing import replace_file

_MOST_OF_ONE = 4
"""Entries that are kept of one tree: it is looked at on a few branches by turns."""

_MOST_BYTES = 512 * 1024 * 1024
"""Bytes of all entries together. An analysis of 200,000 lines takes 3 MB (measured on the monoliths of the tests)."""

_PARTS = "-parts"
_SUFFIX = ".analysis"
_HEAD = b"migrator analysis"


class AnalysisCache:
    """Kept analyses.

    Args:
        folder: where they lie; made on first use.
        version: of the program that keeps them; entries of another one are not taken.
        tell: told, in one line, what is wrong with the folder or an entry.
    """

    def __init__(self, folder: Path, version: str, tell: Callable[[str], None]) -> None:
        self._folder = folder
        self._version = version
        self._tell = tell

    def load(self, root: Path, key: str) -> Analysis | None:
        """The analysis of a tree that was kept under a key; None where there is none that can be taken."""
        return self._load(self._path(_name_of(root), key))

    def load_part(self, root: Path, key: str) -> Analysis | None:
        """As `load`, of a part of a tree."""
        return self._load(self._path(_name_of(root) + _PARTS, key))

    def keep(self, root: Path, key: str, analysis: Analysis) -> None:
        """Keep the analysis of a tree under a key."""
        self._keep(self._path(_name_of(root), key), analysis, _MOST_OF_ONE)

    def keep_part(self, root: Path, key: str, analysis: Analysis, *, of: int) -> None:
        """As `keep`, of one of so many parts of a tree."""
        self._keep(self._path(_name_of(root) + _PARTS, key), analysis, _MOST_OF_ONE * of)

    def _load(self, path: Path) -> Analysis | None:
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            self._tell_of_other_versions(path.parent)
            return None
        except OSError as error:
            self._tell(f"the kept analysis cannot be read and is made anew: {error.strerror} ({path})")
            return None
        try:
            return unpacked(self._payload(data))
        except Unpackable as error:
            self._tell(f"the kept analysis is damaged and is made anew: {error} ({path})")
            return None

    def _keep(self, path: Path, analysis: Analysis, most: int) -> None:
        payload = packed(analysis)
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.parent.mkdir(exist_ok=True)
            replace_file(path, b"\n".join((self._head, hashlib.sha256(payload).hexdigest().encode(), payload)))
            self._make_room(path, most)
        except OSError as error:
            self._tell(f"the analysis could not be kept for the next time: {error.strerror} ({self._folder})")

    @property
    def _head(self) -> bytes:
        return _HEAD + b" " + self._version.encode()

    def _path(self, tree: str, key: str) -> Path:
        return self._folder / tree / f"{key}{_SUFFIX}"

    def _payload(self, data: bytes) -> bytes:
        head, _, rest = data.partition(b"\n")
        digest, _, payload = rest.partition(b"\n")
        if not head.startswith(_HEAD):
            raise Unpackable("it does not begin as one")
        if hashlib.sha256(payload).hexdigest().encode() != digest:
            raise Unpackable("its checksum is another one")
        return payload

    def _tell_of_other_versions(self, folder: Path) -> None:
        heads = {_head_of(path) for path in folder.glob(f"*{_SUFFIX}")}
        others = {head.removeprefix(_HEAD).strip().decode("ascii", "replace") for head in heads if head != self._head}
        if others and self._head not in heads:
            self._tell(f"the kept analysis is of migrator {', '.join(sorted(others))} and is made anew")

    def _make_room(self, kept: Path, most: int) -> None:
        """Remove what has lain longest without use: of this tree beyond a few, of all beyond so many bytes."""
        of_tree = sorted(_entries(kept.parent), key=_age, reverse=True)
        for path in of_tree[most:]:
            path.unlink(missing_ok=True)
        room = _MOST_BYTES
        for path in sorted(_entries(self._folder), key=_age, reverse=True):
            room -= _size(path)
            if room < 0 and path != kept:
                path.unlink(missing_ok=True)


def _name_of(root: Path) -> str:
    """The folder of a tree's entries."""
    return hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:16]


def _entries(folder: Path) -> Iterator[Path]:
    return folder.rglob(f"*{_SUFFIX}")


def _age(path: Path) -> float:
    """When it was written; another process may have removed it meanwhile."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _head_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.readline(200).rstrip(b"\n")
    except OSError:
        return b""
