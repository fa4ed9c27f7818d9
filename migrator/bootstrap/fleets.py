"""Many repositories analyzed in one run, each with its own configuration.

In: folders, and what `analyze` takes besides. Out: a `Report`. A repository that cannot be analyzed is an entry of it, and
the others are analyzed all the same. One repository alone is analyzed as `analyze` does it, errors and all.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.domain.assessments import Analysis
from migrator.domain.progress import Progress, silent
from migrator.domain.reports import Report, Unanalyzed

if TYPE_CHECKING:
    from migrator.adapters.analyses import AnalysisCache

REPOSITORIES = "analyzing repositories"
"""The stage that progress is told of where each repository has a process of its own."""


@dataclass(frozen=True, slots=True)
class _Told:
    """Progress within one of many repositories, which is named before each stage."""

    progress: Progress
    head: str

    def __call__(self, stage: str, done: int, total: int | None = None, /) -> None:
        self.progress(f"{self.head}: {stage}", done, total)


def analyze_fleet(
    roots: Sequence[Path],
    *,
    jobs: int = 0,
    knowledge: Sequence[Path] = (),
    config: Path | None = None,
    progress: Progress = silent,
    cache: AnalysisCache | None = None,
) -> Report:
    """Analyze repositories, one or many.

    Args:
        roots: their folders; one that is named twice, however spelled, is analyzed once.
        jobs: processes; 0 takes one a core, 1 stays in this one. Where there are at least as many repositories as
            processes, each process analyzes whole ones; else they are analyzed one after another, by all processes.
        knowledge: the user's own knowledge files, for all of them.
        config: `migrator.toml` of the one repository, if it is not the one in its folder.
        progress: told what is being done, and of which repository.
        cache: where the analyses of last time are looked for, and these are kept.

    Raises:
        UsageError: a configuration is named for several repositories.
        InputError: none of them can be analyzed, or a knowledge file is wrong.
    """
    from migrator import bootstrap

    folders = distinct(roots)
    if len(folders) == 1:
        analysis = bootstrap.analyze(
            folders[0], jobs=jobs, knowledge=knowledge, config=config, progress=progress, cache=cache
        )
        return Report((analysis,))
    _refuse_one_configuration(config, os.environ)
    if knowledge:
        from migrator.knowledge import load_knowledge

        load_knowledge(knowledge)  # a mistake in it is one of the call, not of every repository
    processes = jobs or os.cpu_count() or 1
    if 1 < processes <= len(folders):
        found = _side_by_side(folders, processes, knowledge, progress, cache)
    else:
        found = _one_by_one(folders, processes, knowledge, progress, cache)
    return _bundled(found)


def distinct(roots: Iterable[Path]) -> list[Path]:
    """The paths without those that lead to the same place as an earlier one."""
    folders: dict[Path, Path] = {}
    for root in roots:
        folders.setdefault(root.resolve(), root)
    return list(folders.values())


def _refuse_one_configuration(config: Path | None, environment: Mapping[str, str]) -> None:
    from migrator.config.settings import ENVIRONMENT
    from migrator.errors import UsageError

    named = "--config" if config is not None else ENVIRONMENT["config"]
    if config is not None or environment.get(ENVIRONMENT["config"]):
        raise UsageError(
            f"{named} names one configuration, and several repositories are analyzed",
            hint="each repository has its own migrator.toml",
        )


def _side_by_side(
    folders: Sequence[Path],
    processes: int,
    knowledge: Sequence[Path],
    progress: Progress,
    cache: AnalysisCache | None,
) -> list[Analysis | Unanalyzed]:
    from migrator.workers import in_workers

    progress(REPOSITORIES, 0, len(folders))
    task = partial(_analyzed, jobs=1, knowledge=tuple(knowledge), cache=cache)
    ordered = largest_first(folders)
    analyses = in_workers(task, ordered, processes, done=lambda done: progress(REPOSITORIES, done, len(folders)))
    by_folder = dict(zip(ordered, analyses, strict=True))
    return [by_folder[folder] for folder in folders]


def largest_first(folders: Sequence[Path]) -> list[Path]:
    """The folders by their number of files, so that none of them is still waiting when the others are done."""
    from migrator.source.discovery import find_files

    return sorted(folders, key=lambda folder: -len(find_files(folder)[0]))


def _one_by_one(
    folders: Sequence[Path],
    processes: int,
    knowledge: Sequence[Path],
    progress: Progress,
    cache: AnalysisCache | None,
) -> list[Analysis | Unanalyzed]:
    from migrator.domain.repositories import names_of

    names = names_of(str(folder) for folder in folders)
    found = []
    for number, folder in enumerate(folders, start=1):
        told = _Told(progress, f"{number} of {len(folders)}, {names[str(folder)]}")
        found.append(_analyzed(folder, jobs=processes, knowledge=knowledge, progress=told, cache=cache))
    return found


def _analyzed(
    folder: Path,
    *,
    jobs: int,
    knowledge: Sequence[Path],
    progress: Progress = silent,
    cache: AnalysisCache | None = None,
) -> Analysis | Unanalyzed:
    """The analysis of one of many, or why there is none."""
    from migrator import bootstrap
    from migrator.errors import MigratorError

    try:
        return bootstrap.analyze(folder, jobs=jobs, knowledge=knowledge, progress=progress, cache=cache)
    except MigratorError as error:
        return Unanalyzed(str(folder), str(error), error.hint)
    except Exception as error:
        error.add_note(f"while {folder} was analyzed")
        raise


def _bundled(found: Sequence[Analysis | Unanalyzed]) -> Report:
    from migrator.errors import InputError

    analyses = tuple(one for one in found if isinstance(one, Analysis))
    failed = tuple(one for one in found if isinstance(one, Unanalyzed))
    if not analyses:
        reasons = "".join(f"\n  {one.reason}" for one in failed)
        raise InputError(
            f"none of the {len(failed)} repositories could be analyzed:{reasons}",
            hint=next((one.hint for one in failed if one.hint), ""),
        )
    return Report(analyses, failed=failed)
