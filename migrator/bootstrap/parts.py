"""The parts of a tree that know nothing of each other, each judged by itself and kept for the next time.

In: the packed facts of a tree and the settings. Out: for each part its share of them and what is stated about it; its assessments, by several
processes where that pays, or those of last time. Most monoliths are one part; a folder of many services is many.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.domain.assessments import Analysis, Assessment, Finding
from migrator.domain.overrides import Stated
from migrator.domain.progress import Progress, silent

if TYPE_CHECKING:
    from migrator.adapters.analyses import AnalysisCache
    from migrator.facts import Outline, Packed
    from migrator.knowledge import Knowledge
    from migrator.knowledge.schema import LibraryFile
    from migrator.source import SourceTree

_SMALL = 3_000
"""Lines below which a part is put together with other small ones: scripts, and migrations that import nothing."""


SIDE_BY_SIDE = "following calls, part by part"
"""The stage that progress is told of where each part has a process of its own."""


@dataclass(frozen=True, slots=True)
class Part:
    """A program of its own.

    Attributes:
        modules: their facts by name, in the order of the names.
        stated: what is stated about its functions.
        lines: of its modules together.
    """

    modules: Mapping[str, Packed]
    stated: tuple[Stated, ...]
    lines: int


@dataclass(frozen=True, slots=True)
class Judged:
    """What is said of a part."""

    candidates: tuple[Assessment, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """The user's own knowledge, from which each process makes the whole."""

    files: tuple[Path, ...]
    libraries: tuple[LibraryFile, ...]

    def knowledge(self) -> Knowledge:
        """What libraries do."""
        from migrator.knowledge import load_knowledge

        return load_knowledge(self.files, self.libraries)


def parts_of(modules: Mapping[str, Packed], stated: Sequence[Stated], knowledge: Knowledge) -> tuple[Part, ...]:
    """The parts of a tree, at least one; what is stated about no function of any is stated about the first."""
    from migrator.model import components_of

    outlines = {name: module.outline for name, module in modules.items()}
    groups = list(_grouped(components_of(outlines, knowledge.is_known_library), outlines)) or [()]
    at = {name: number for number, names in enumerate(groups) for name in names}
    by_path = {outlines[name].path: number for name, number in at.items()}
    about: list[list[Stated]] = [[] for _ in groups]
    for each in stated:
        about[_part_of(each, at, by_path)].append(each)
    return tuple(
        Part({name: modules[name] for name in names}, tuple(own), sum(outlines[name].lines for name in names))
        for names, own in zip(groups, about, strict=True)
    )


def judge_all(
    parts: Sequence[Part],
    known: Known,
    tree: SourceTree,
    *,
    jobs: int,
    progress: Progress,
    cache: AnalysisCache | None,
    setting: str,
) -> list[Judged]:
    """What is said of each part.

    Args:
        jobs: processes; 0 takes one a core, 1 stays in this one.
        cache: where what was said last time is looked for.
        setting: what else than its files an assessment depends on, as a text.
    """
    if len(parts) == 1:
        cache = None  # what is said of the only part is what is said of the tree, which is kept as a whole
    keys = [_key(part, tree, setting) for part in parts] if cache is not None else []
    found: dict[int, Judged] = {}
    for number, key in enumerate(keys):
        kept = cache.load_part(tree.root, key) if cache is not None else None
        if kept is not None:
            found[number] = Judged(kept.candidates, kept.findings)
    # The largest first: it may take as long as all the others.
    waiting = sorted((number for number in range(len(parts)) if number not in found), key=lambda at: -parts[at].lines)
    processes = min(jobs or os.cpu_count() or 1, len(waiting))
    task = partial(judge, known=known)
    if processes > 1:
        from migrator.workers import in_workers

        progress(SIDE_BY_SIDE, len(found), len(parts))
        done = len(found)
        made = in_workers(
            task,
            [parts[number] for number in waiting],
            processes,
            done=lambda more: progress(SIDE_BY_SIDE, done + more, len(parts)),
        )
    else:
        made = [judge(parts[number], known, progress) for number in waiting]
    found.update(zip(waiting, made, strict=True))
    if cache is not None and waiting:
        fresh = {keys[number]: _as_analysis(parts[number], found[number]) for number in waiting}
        cache.keep_parts(tree.root, fresh, of=len(parts))
    return [found[number] for number in range(len(parts))]


def _as_analysis(part: Part, judged: Judged) -> Analysis:
    """The form in which analyses are kept."""
    return Analysis("", len(part.modules), part.lines, 0.0, (), judged.candidates, judged.findings)


def judge(part: Part, known: Known, progress: Progress = silent) -> Judged:
    """Follow the calls of a part, and assess its candidates."""
    from migrator.collector import without_collector
    from migrator.facts import unpacked
    from migrator.model import build_model
    from migrator.verdicts import assess

    with without_collector():
        model = build_model(unpacked(part.modules), known.knowledge(), part.stated, progress)
        progress("judging", 0)
        judged = Judged(assess(model), model.findings)
        model.release()
        return judged


def _grouped(components: Sequence[tuple[str, ...]], outlines: Mapping[str, Outline]) -> Iterator[tuple[str, ...]]:
    """The components, with the small ones put together."""
    small: list[str] = []
    for names in components:
        if sum(outlines[name].lines for name in names) < _SMALL:
            small.extend(names)
        else:
            yield names
    if small:
        yield tuple(sorted(small))


def _part_of(stated: Stated, at: Mapping[str, int], by_path: Mapping[str, int]) -> int:
    if stated.definition is not None:
        return by_path.get(stated.definition[0], 0)
    name = stated.override.function
    while name and name not in at:
        name = name.rpartition(".")[0]
    return at.get(name, 0)


def _key(part: Part, tree: SourceTree, setting: str) -> str:
    whole = hashlib.sha256(setting.encode("utf-8", "backslashreplace"))
    for name in part.modules:
        file = tree.modules[name]
        whole.update(f"{name}\0{file.path}\0{file.is_package}\0{file.sha256}\n".encode("utf-8", "backslashreplace"))
    whole.update(repr(part.stated).encode("utf-8", "backslashreplace"))
    return whole.hexdigest()
