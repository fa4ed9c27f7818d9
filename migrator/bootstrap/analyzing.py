"""An analysis from the files to the ranked assessments, or the one of last time where nothing has changed.

In: a folder and settings. Out: an `Analysis`, with or without its model. What is kept from run to run, and under which keys,
is `kept`'s.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.domain.progress import Progress, silent

if TYPE_CHECKING:
    from migrator.adapters.analyses import AnalysisCache
    from migrator.bootstrap.kept import Kept
    from migrator.bootstrap.parts import Judged, Part
    from migrator.config import Configuration
    from migrator.domain.assessments import Analysis, Finding, Skipped
    from migrator.model import ProgramModel
    from migrator.source import SourceBytes, SourceTree


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
    from migrator.bootstrap.parts import Known, Recalled, judge_all
    from migrator.collector import give_back, without_collector

    began = time.monotonic()
    progress("looking for files", 0)
    read, settings = _read(root, config, knowledge)
    kept = _kept(cache, root, read, settings, places_on_disk) if cache is not None else None
    last = kept.analysis() if kept is not None else None
    if last is not None:
        return replace(last, root=str(root), seconds=_since(began))
    with without_collector():
        tree = _unseamed(read.tree(), keep_lines=places_on_disk)
        found = _parts(tree, settings, jobs, progress, kept)
        recalled = kept.recall(found.parts, tree, jobs) if kept is not None else Recalled(found.parts)
        del read, tree  # nobody asks for texts from here on, and following takes all the memory that there is
        give_back()
        judged = judge_all(recalled, Known(settings.knowledge, settings.libraries), jobs=jobs, progress=progress)
        analysis = _joined(root, found, judged, began)
        if kept is not None:
            kept.keep(analysis, recalled, judged)
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


def _kept(cache: AnalysisCache, root: Path, read: SourceBytes, settings: Configuration, places_on_disk: bool) -> Kept:
    from migrator.bootstrap.kept import Kept, setting_of

    setting = setting_of(settings, _record_of_seam(read.base), places_on_disk=places_on_disk)
    return Kept(cache, root, setting, read.digest)


def _unseamed(tree: SourceTree, *, keep_lines: bool) -> SourceTree:
    if not _record_of_seam(tree.root).is_file():  # else the analysis need not load libcst
        return tree
    from migrator.artifacts.seam import without_seam

    return without_seam(tree, keep_lines=keep_lines)


def _record_of_seam(base: Path) -> Path:
    return base / ".migrator" / "seam.json"


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
    """As `analyze`, in this process and with the models."""
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
    """A tree in its parts, without its texts.

    Attributes:
        files: that were read.
        lines: of them.
        skipped: what could not be read.
        findings: what is wrong with names of modules, and with what is stated.
    """

    parts: Sequence[Part]
    files: int
    lines: int
    skipped: frozenset[Skipped]
    findings: frozenset[Finding]


def _parts(
    tree: SourceTree, settings: Configuration, jobs: int, progress: Progress, kept: Kept | None = None
) -> _Found:
    from migrator.bootstrap.parts import parts_of
    from migrator.facts import extract_packed, read_overrides
    from migrator.knowledge import load_knowledge

    modules, unread = extract_packed(tree, jobs, progress, kept.facts if kept is not None else None)
    stated, misstated = read_overrides(tree)
    known = load_knowledge(settings.knowledge, settings.libraries)
    return _Found(
        parts_of(modules, (*stated, *settings.stated), known),
        len(tree.modules),
        tree.lines,
        frozenset((*tree.skipped, *unread)),
        frozenset((*tree.findings, *misstated)),
    )


def _joined(root: Path, found: _Found, judged: Sequence[Judged], began: float) -> Analysis:
    from migrator.domain.assessments import Analysis
    from migrator.verdicts import ranked

    skipped = sorted(found.skipped, key=lambda entry: (entry.path, entry.line, entry.reason))
    findings = {*found.findings, *(finding for part in judged for finding in part.findings)}
    return Analysis(
        root=str(root),
        files=found.files,
        lines=found.lines,
        seconds=_since(began),
        skipped=tuple(skipped),
        candidates=ranked(each for part in judged for each in part.candidates),
        findings=tuple(sorted(findings, key=lambda item: (item.location, item.reason))),
    )


def _since(began: float) -> float:
    return round(time.monotonic() - began, 3)
