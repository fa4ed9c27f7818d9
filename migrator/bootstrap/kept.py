"""What is kept of a tree from run to run: its analysis, what is said of each of its parts, and the facts of its files.

In: a tree and settings. Out: what was said last time of what has not changed. What an analysis is made of is in its key: the
bytes and names of the files, the configuration, knowledge of the user, the seam, the program itself and the versions of
Python and of the other parser that read. No time of a file is. Where it lies is `migrator.adapters.analyses`'.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, cached_property
from importlib import resources
from importlib.metadata import version
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.domain.assessments import Analysis

if TYPE_CHECKING:
    from migrator.adapters.analyses import AnalysisCache
    from migrator.bootstrap.parts import Judged, Part, Recalled
    from migrator.config import Configuration
    from migrator.facts import KeptFacts
    from migrator.source import SourceTree

_STAGES = (
    "artifacts/seam",
    "bootstrap/analyzing.py",
    "bootstrap/kept.py",
    "bootstrap/parts.py",
    "domain",
    "facts",
    "knowledge",
    "model",
    "packing.py",
    "source",
    "verdicts",
)
"""Whose text an analysis depends on: its stages, how they follow each other, and what takes the seam out of the files."""

_READING = ("domain", "facts", "packing.py")
"""Whose text the facts of a file depend on, given the text of the file."""

_PARSER = "libcst"
"""What reads syntax that is newer than the running Python, and takes the seam out."""


class Kept:
    """What is kept of one tree.

    Args:
        cache: where it lies.
        root: of the tree, as the user named it.
        setting: all but the files that an analysis is made of, see `setting_of`.
        digest: of the files, see `SourceBytes`.
    """

    def __init__(self, cache: AnalysisCache, root: Path, setting: str, digest: str) -> None:
        self._cache = cache
        self._root = root
        self._setting = setting
        self._key = hashlib.sha256(f"{digest}\n{setting}".encode("utf-8", "backslashreplace")).hexdigest()
        self._keys: list[str] = []

    @cached_property
    def facts(self) -> KeptFacts:
        """The facts of the files."""
        from migrator.facts import KeptFacts

        return KeptFacts(self._cache.facts(self._root), f"{_text_of(_READING)}\n{_readers()}")

    def analysis(self) -> Analysis | None:
        """The analysis of last time, where nothing has changed."""
        from migrator.verdicts import ranked

        found = self._cache.load(self._root, self._key)
        return replace(found, candidates=ranked(found.candidates)) if found is not None else None

    def recall(self, parts: Sequence[Part], tree: SourceTree, jobs: int) -> Recalled:
        """What was said of the parts in which nothing has changed; the others with their facts, which are read where they
        are not kept, by so many processes."""
        from migrator.bootstrap.parts import Judged, Recalled
        from migrator.facts import with_facts

        # What is said of the only part is what is said of the tree, which is kept as a whole.
        self._keys = [_key_of(part, tree, self._setting) for part in parts] if len(parts) > 1 else []
        found = {number: self._cache.load_part(self._root, key) for number, key in enumerate(self._keys)}
        said = {number: Judged(last.candidates, last.findings) for number, last in found.items() if last is not None}
        full = [
            part if number in said else replace(part, modules=with_facts(part.modules, tree, self.facts, jobs))
            for number, part in enumerate(parts)
        ]
        return Recalled(full, said)

    def keep(self, analysis: Analysis, recalled: Recalled, judged: Sequence[Judged]) -> None:
        """Keep what was said and read in this run, for the next one."""
        if self._keys:
            fresh = {self._keys[at]: _as_analysis(recalled.parts[at], judged[at]) for at in recalled.waiting}
            self._cache.keep_parts(self._root, fresh, of=len(self._keys))
        self._cache.keep(self._root, self._key, analysis, parts=self._keys)
        refused = [name for part in judged for name in part.refused]
        self.facts.refuse(refused, "a row holds no facts")
        self.facts.keep()


def setting_of(settings: Configuration, seam: Path, *, places_on_disk: bool) -> str:
    """All but the files that an analysis is made of.

    Args:
        seam: the record of the seam, which need not be there.
        places_on_disk: as of `analyze`.
    """
    parts = (
        _text_of(_STAGES),
        _readers(),
        repr((settings.stated, settings.libraries, settings.settings_module, places_on_disk)),
        *map(_hash_of, (*settings.knowledge, *_records(seam))),
    )
    return "\n".join(parts)


def _as_analysis(part: Part, judged: Judged) -> Analysis:
    """The form in which what is said of a part is kept."""
    return Analysis("", len(part.modules), part.lines, 0.0, (), judged.candidates, judged.findings)


def _key_of(part: Part, tree: SourceTree, setting: str) -> str:
    whole = hashlib.sha256(setting.encode("utf-8", "backslashreplace"))
    for name in part.modules:
        file = tree.modules[name]
        whole.update(f"{name}\0{file.path}\0{file.is_package}\0{file.sha256}\n".encode("utf-8", "backslashreplace"))
    whole.update(repr(part.stated).encode("utf-8", "backslashreplace"))
    return whole.hexdigest()


def _hash_of(path: Path) -> str:
    """Of a file that is not there, that of none: who needs it says so."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _records(record: Path) -> list[Path]:
    """The records of the seam: the old one for all candidates, and those that each has of its own."""
    return sorted(path for path in (record, *record.with_suffix("").glob("*.json")) if path.is_file())


def _readers() -> str:
    """The versions of Python and of the other parser."""
    return f"{sys.version_info[0]}.{sys.version_info[1]} {version(_PARSER)}"


@cache
def _text_of(stages: tuple[str, ...]) -> str:
    """The text of the program, so far as something depends on it; a release changes it, and so does whoever works on it."""
    whole = hashlib.sha256()
    for name in stages:
        _add_text(whole, resources.files("migrator").joinpath(*name.split("/")))
    return whole.hexdigest()


def _add_text(whole: hashlib._Hash, place: Traversable) -> None:
    if place.is_dir():
        for entry in sorted(place.iterdir(), key=lambda each: each.name):
            if entry.name != "__pycache__":
                _add_text(whole, entry)
    elif place.name.endswith((".py", ".toml", ".json")):
        whole.update(place.name.encode() + b"\0" + place.read_bytes() + b"\0")
