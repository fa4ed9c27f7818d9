"""An analysis from the files to the ranked assessments, or the one of last time where nothing has changed.

In: a folder and settings. Out: an `Analysis`, with or without its model. What an analysis is made of is in its key: the
bytes and names of the files, the configuration, knowledge of the user, the seam, the program itself and the versions of
Python and of the other parser that read. No time of a file is.
"""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from importlib.metadata import version
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.domain.progress import Progress, silent

if TYPE_CHECKING:
    from migrator.adapters.analyses import AnalysisCache
    from migrator.bootstrap.parts import Judged, Part
    from migrator.config import Configuration
    from migrator.domain.assessments import Analysis, Finding, Skipped
    from migrator.model import ProgramModel
    from migrator.source import SourceBytes, SourceTree

_STAGES = (
    "artifacts/seam",
    "bootstrap/analyzing.py",
    "bootstrap/parts.py",
    "domain",
    "facts",
    "knowledge",
    "model",
    "source",
    "verdicts",
)
"""Whose text an analysis depends on: its stages, how they follow each other, and what takes the seam out of the files."""

_PARSER = "libcst"
"""What reads syntax that is newer than the running Python, and takes the seam out."""


def analyze(
    root: Path,
    *,
    jobs: int = 0,
    knowledge: Sequence[Path] = (),
    config: Path | None = None,
    places_on_disk: bool = True,
    progress: Progress = silent,
    cache: AnalysisCache | None = None,
) -> Analysis:
    """Analyze a source tree: everything from reading the files to the ranked assessments.

    Args:
        root: the monolith's folder, or one file of it.
        jobs: processes that read files; 0 takes one a core, 1 stays in this one.
        knowledge: the user's own knowledge files (see `migrator.knowledge`).
        config: `migrator.toml`, if it is not the one in the folder.
        places_on_disk: whether lines are those of the files as they are, or as they would be without the seam.
        progress: told what is being done.
        cache: where the analysis of last time is looked for, and this one is kept.

    Raises:
        InputError: the path is not there, or a knowledge file or the configuration is wrong. A source file that
            cannot be read is an entry of `Analysis.skipped` instead.
    """
    began = time.monotonic()
    progress("looking for files", 0)
    read, settings = _read(root, config, knowledge)
    key = _key(read, _setting(read, settings, places_on_disk)) if cache is not None else ""
    kept = cache.load(root, key) if cache is not None else None
    if kept is not None:
        return replace(kept, root=str(root), seconds=_since(began))
    analysis = _judged(
        root, read, settings, began, jobs=jobs, places_on_disk=places_on_disk, progress=progress, cache=cache
    )
    if cache is not None:
        cache.keep(root, key, analysis)
    return analysis


def analyze_with_model(
    root: Path,
    *,
    jobs: int = 0,
    knowledge: Sequence[Path] = (),
    config: Path | None = None,
    places_on_disk: bool = True,
    progress: Progress = silent,
) -> tuple[Analysis, ProgramModel]:
    """As `analyze`, with the program that the assessments are of: a plan asks it what a slice does with the SDK."""
    began = time.monotonic()
    progress("looking for files", 0)
    read, settings = _read(root, config, knowledge)
    return _modeled(root, read, settings, began, jobs=jobs, places_on_disk=places_on_disk, progress=progress)


def source_of(
    root: Path, config: Path | None = None, knowledge: Sequence[Path] = (), *, keep_lines: bool = False
) -> tuple[SourceTree, Configuration]:
    """The files of a monolith, without the seam, and the settings that chose them."""
    read, settings = _read(root, config, knowledge)
    return _unseamed(read.tree(), keep_lines=keep_lines), settings


def _read(root: Path, config: Path | None, knowledge: Sequence[Path]) -> tuple[SourceBytes, Configuration]:
    from migrator.config import configuration
    from migrator.source import read_bytes

    settings = configuration(root, config=config, knowledge=knowledge)
    return read_bytes(root, roots=settings.roots, exclude=settings.exclude), settings


def _unseamed(tree: SourceTree, *, keep_lines: bool) -> SourceTree:
    if not _record_of_seam(tree.root).is_file():  # else the analysis need not load libcst
        return tree
    from migrator.artifacts.seam import without_seam

    return without_seam(tree, keep_lines=keep_lines)


def _record_of_seam(base: Path) -> Path:
    return base / ".migrator" / "seam.json"


def _judged(
    root: Path,
    read: SourceBytes,
    settings: Configuration,
    began: float,
    *,
    jobs: int,
    places_on_disk: bool,
    progress: Progress,
    cache: AnalysisCache | None,
) -> Analysis:
    """The analysis of a tree, part by part."""
    from migrator.bootstrap.parts import Known, judge_all
    from migrator.collector import without_collector

    with without_collector():
        tree = _unseamed(read.tree(), keep_lines=places_on_disk)
        found = _parts(tree, settings, jobs, progress)
        known = Known(settings.knowledge, settings.libraries)
        setting = _setting(read, settings, places_on_disk)
        judged = judge_all(found.parts, known, found.tree, jobs=jobs, progress=progress, cache=cache, setting=setting)
        return _joined(root, found, judged, began)


def _modeled(
    root: Path,
    read: SourceBytes,
    settings: Configuration,
    began: float,
    *,
    jobs: int,
    places_on_disk: bool,
    progress: Progress,
) -> tuple[Analysis, ProgramModel]:
    """As `_judged`, in this process and with the models."""
    from migrator.bootstrap.parts import Judged
    from migrator.collector import without_collector
    from migrator.verdicts import assess

    with without_collector():
        tree = _unseamed(read.tree(), keep_lines=places_on_disk)
        found = _parts(tree, settings, jobs, progress)
        models = _models(found, settings, progress)
        progress("judging", 0)
        judged = [Judged(assess(model), model.findings) for model in models]
        return _joined(root, found, judged, began), _one(models)


def model_of(tree: SourceTree, settings: Configuration, jobs: int) -> ProgramModel:
    """The program that a tree is, without assessments."""
    from migrator.collector import without_collector

    with without_collector():
        return _one(_models(_parts(tree, settings, jobs, silent), settings, silent))


def _models(found: _Found, settings: Configuration, progress: Progress) -> list[ProgramModel]:
    from migrator.bootstrap.parts import Known
    from migrator.facts import unpacked
    from migrator.model import build_model

    known = Known(settings.knowledge, settings.libraries)
    return [build_model(unpacked(part.modules), known.knowledge(), part.stated, progress) for part in found.parts]


def _one(models: Sequence[ProgramModel]) -> ProgramModel:
    from migrator.model import JointModel

    return models[0] if len(models) == 1 else JointModel(models)


@dataclass(frozen=True, slots=True)
class _Found:
    """A tree in its parts, what could not be read of it, and what is wrong with what is stated."""

    tree: SourceTree
    parts: Sequence[Part]
    unread: Sequence[Skipped]
    misstated: Sequence[Finding]


def _parts(tree: SourceTree, settings: Configuration, jobs: int, progress: Progress) -> _Found:
    from migrator.bootstrap.parts import parts_of
    from migrator.facts import extract_packed, read_overrides
    from migrator.knowledge import load_knowledge

    modules, unread = extract_packed(tree, jobs, progress)
    stated, misstated = read_overrides(tree)
    known = load_knowledge(settings.knowledge, settings.libraries)
    return _Found(tree, parts_of(modules, (*stated, *settings.stated), known), unread, misstated)


def _joined(root: Path, found: _Found, judged: Sequence[Judged], began: float) -> Analysis:
    from migrator.domain.assessments import Analysis
    from migrator.verdicts import ranked

    tree = found.tree
    skipped = sorted({*tree.skipped, *found.unread}, key=lambda entry: (entry.path, entry.line, entry.reason))
    findings = {*tree.findings, *found.misstated, *(finding for part in judged for finding in part.findings)}
    return Analysis(
        root=str(root),
        files=len(tree.modules),
        lines=tree.lines,
        seconds=_since(began),
        skipped=tuple(skipped),
        candidates=ranked(each for part in judged for each in part.candidates),
        findings=tuple(sorted(findings, key=lambda item: (item.location, item.reason))),
    )


def _since(began: float) -> float:
    return round(time.monotonic() - began, 3)


def _key(read: SourceBytes, setting: str) -> str:
    """What the analysis is made of, as SHA-256."""
    return hashlib.sha256(f"{read.digest}\n{setting}".encode("utf-8", "backslashreplace")).hexdigest()


def _setting(read: SourceBytes, settings: Configuration, places_on_disk: bool) -> str:
    """All but the files that an analysis is made of."""
    parts = (
        _program(),
        f"{sys.version_info[0]}.{sys.version_info[1]} {version(_PARSER)}",
        repr((settings.stated, settings.libraries, settings.settings_module, places_on_disk)),
        *map(_hash_of, (*settings.knowledge, *_records(_record_of_seam(read.base)))),
    )
    return "\n".join(parts)


def _hash_of(path: Path) -> str:
    """Of a file that is not there, that of none: who needs it says so."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _records(record: Path) -> list[Path]:
    """The records of the seam: the old one for all candidates, and those that each has of its own."""
    return sorted(path for path in (record, *record.with_suffix("").glob("*.json")) if path.is_file())


@cache
def _program() -> str:
    """The text of the program, so far as an analysis depends on it; a release changes it, and so does whoever works on it."""
    whole = hashlib.sha256()
    for name in _STAGES:
        _add_text(whole, resources.files("migrator").joinpath(*name.split("/")))
    return whole.hexdigest()


def _add_text(whole: hashlib._Hash, place: Traversable) -> None:
    if place.is_dir():
        for entry in sorted(place.iterdir(), key=lambda each: each.name):
            if entry.name != "__pycache__":
                _add_text(whole, entry)
    elif place.name.endswith((".py", ".toml", ".json")):
        whole.update(place.name.encode() + b"\0" + place.read_bytes() + b"\0")
