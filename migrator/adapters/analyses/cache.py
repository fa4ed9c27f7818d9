"""A folder of analyses, each by a key that says all that it was made of, and beside them the facts of files.

In: keys and analyses. Out: analyses. A kept analysis is worth the time that it saves and nothing more: whatever is wrong
with the folder is told, and the analysis is made anew. Several processes may use one folder: an entry is replaced in one
step, and two that are written at once say the same.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.adapters.analyses.packing import Entry, packed, unpacked
from migrator.adapters.analyses.room import keep_newest, keep_room, mark_used, remove, remove_halves
from migrator.domain.assessments import Analysis
from migrator.packing import Unpackable
from migrator.replacing import replace_file

if TYPE_CHECKING:
    from migrator.adapters.analyses.fact_file import FactFile

_MOST_OF_ONE = 4
"""Entries that are kept of one tree: it is looked at on a few branches by turns."""

MOST_BYTES = 512 * 1024 * 1024
"""Bytes of all entries together. An analysis of 200,000 lines takes 3 MB, the facts of its files 5 (measured on the
monoliths of the tests)."""

_PARTS = "-parts"
_SUFFIX = ".analysis"
_FACTS = "files.facts"
_HEAD = b"migrator analysis"


class AnalysisCache:
    """Kept analyses.

    Args:
        folder: where they lie; made on first use.
        version: of the program that keeps them; entries of another one are not taken.
        tell: told, in one line and once each, what is wrong with the folder or an entry.
        most_bytes: of all entries together; what was kept last stays in any case.
    """

    def __init__(
        self, folder: Path, version: str, tell: Callable[[str], None], *, most_bytes: int = MOST_BYTES
    ) -> None:
        self._folder = folder
        self._version = version
        self._tell = tell
        self._most_bytes = most_bytes
        self._told: set[str] = set()

    def load(self, root: Path, key: str) -> Analysis | None:
        """The analysis of a tree that was kept under a key; None where there is none that can be taken.

        Its candidates are in the order of the parts that they were kept by, if they were.
        """
        entry = self._load(self._path(_name_of(root), key))
        if entry is None or not entry.parts:
            return entry.analysis if entry is not None else None
        parts = [self.load_part(root, part) for part in entry.parts]
        if None in parts:  # it has gone meanwhile
            return None
        candidates = chain.from_iterable(part.candidates for part in parts if part is not None)
        return replace(entry.analysis, candidates=tuple(candidates))

    def load_part(self, root: Path, key: str) -> Analysis | None:
        """As `load`, of a part of a tree."""
        entry = self._load(self._path(_name_of(root) + _PARTS, key))
        return entry.analysis if entry is not None else None

    def keep(self, root: Path, key: str, analysis: Analysis, parts: Sequence[str] = ()) -> None:
        """Keep the analysis of a tree under a key.

        Args:
            parts: keys of the analyses of its parts in their order, where they are kept: its candidates are theirs, and
                are not kept once more.
        """
        entry = Entry(replace(analysis, candidates=()), tuple(parts)) if parts else Entry(analysis)
        self._keep(_name_of(root), {key: entry}, _MOST_OF_ONE)

    def keep_parts(self, root: Path, parts: Mapping[str, Analysis], *, of: int) -> None:
        """As `keep`, by key some of so many parts of a tree."""
        entries = {key: Entry(analysis) for key, analysis in parts.items()}
        self._keep(_name_of(root) + _PARTS, entries, _MOST_OF_ONE * of)

    def facts(self, root: Path) -> FactFile:
        """Where facts of a tree's files are kept."""
        from migrator.adapters.analyses.fact_file import FactFile

        return FactFile(
            self._folder / _name_of(root) / _FACTS,
            self._version,
            tell=self._say,
            tell_version=lambda version: self._say_of_versions({_HEAD + b" " + version.encode()}),
            tell_unkept=self._say_unkept,
            kept=lambda path: self._keep_room({path}),
        )

    def _load(self, path: Path) -> Entry | None:
        try:
            # Opening a pipe would wait for whoever writes to it.
            data = path.read_bytes() if stat.S_ISREG(path.stat().st_mode) else b""
        except (FileNotFoundError, NotADirectoryError):
            self._say_of_other_versions(path.parent)
            return None
        except OSError as error:
            self._say(f"the kept analysis cannot be read and is made anew: {error.strerror} ({path.parent})")
            return None
        head = data.partition(b"\n")[0]
        if head.startswith(_HEAD) and head != self._head:
            self._say_of_versions({head})
            return None
        try:
            found = unpacked(_payload(data))
        except Unpackable as error:
            self._say(f"the kept analysis is damaged and is made anew: {error} ({path})")
            return None
        mark_used(path)
        return found

    def _keep(self, tree: str, entries: Mapping[str, Entry], most: int) -> None:
        kept: set[Path] = set()
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            (self._folder / tree).mkdir(exist_ok=True)
            for key, entry in entries.items():
                path = self._path(tree, key)
                if path.is_dir():  # which a file cannot take the place of
                    remove(path)
                payload = packed(entry)
                replace_file(path, b"\n".join((self._head, hashlib.sha256(payload).hexdigest().encode(), payload)))
                kept.add(path)
        except OSError as error:
            self._say_unkept(error.strerror or str(error))
        self._make_room(tree, most, kept)

    def _make_room(self, tree: str, most: int, kept: Collection[Path]) -> None:
        """Remove what has lain longest without use: of this tree beyond a few, of all beyond so many bytes."""
        keep_newest((self._folder / tree).glob(f"*{_SUFFIX}"), most, kept)
        self._keep_room(kept)
        remove_halves(self._folder.rglob(f".*{_SUFFIX}.*"))

    def _keep_room(self, kept: Collection[Path]) -> None:
        keep_room(chain(self._folder.rglob(f"*{_SUFFIX}"), self._folder.rglob(_FACTS)), self._most_bytes, kept)

    @property
    def _head(self) -> bytes:
        return _HEAD + b" " + self._version.encode()

    def _path(self, tree: str, key: str) -> Path:
        return self._folder / tree / f"{key}{_SUFFIX}"

    def _say_of_other_versions(self, folder: Path) -> None:
        heads = {_head_of(path) for path in folder.glob(f"*{_SUFFIX}")}
        if self._head not in heads:
            self._say_of_versions(heads)

    def _say_of_versions(self, heads: Collection[bytes]) -> None:
        others = {
            head.removeprefix(_HEAD).strip().decode("ascii", "replace") for head in heads if head.startswith(_HEAD)
        }
        if others:
            self._say(f"the kept analysis is of migrator {', '.join(sorted(others))} and is made anew")

    def _say_unkept(self, reason: str) -> None:
        """What keeps an analysis from being kept keeps its parts and facts from it too, in other words."""
        self._say(f"the analysis could not be kept for the next time: {reason} ({self._folder})", about="unkept")

    def _say(self, text: str, about: str = "") -> None:
        about = about or text
        if about not in self._told:  # what is wrong with the folder is wrong for each part of a tree
            self._told.add(about)
            self._tell(text)


def _payload(data: bytes) -> bytes:
    """What stands below the head and the checksum.

    Raises:
        Unpackable: the entry is not as it was written.
    """
    head, _, rest = data.partition(b"\n")
    digest, _, payload = rest.partition(b"\n")
    if not head.startswith(_HEAD):
        raise Unpackable("it does not begin as one")
    if hashlib.sha256(payload).hexdigest().encode() != digest:
        raise Unpackable("its checksum is another one")
    return payload


def _name_of(root: Path) -> str:
    """The folder of a tree's entries."""
    return hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:16]


def _head_of(path: Path) -> bytes:
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as file:
            return file.readline(200).rstrip(b"\n")
    except OSError:
        return b""
