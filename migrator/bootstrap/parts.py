"""The parts of a tree that know nothing of each other, each judged by itself.

In: the packed facts of a tree and the settings. Out: for each part its share of them and what is stated about it; its
assessments, by several processes where that pays, or those of last time, which `kept` looks for. Most monoliths are one
part; a folder of many services is many.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from migrator.domain.assessments import Assessment, Finding
from migrator.domain.overrides import Stated
from migrator.domain.progress import Progress, silent

if TYPE_CHECKING:
    from migrator.facts import Outline, Packed
    from migrator.knowledge import Knowledge
    from migrator.knowledge.schema import LibraryFile

Result = TypeVar("Result")

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
    """What is said of a part.

    Attributes:
        refused: its modules whose facts were not what is kept of them, and were read again.
    """

    candidates: tuple[Assessment, ...]
    findings: tuple[Finding, ...]
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recalled:
    """The parts of a tree, and what was said of them last time.

    Attributes:
        said: by number of the part.
    """

    parts: Sequence[Part]
    said: Mapping[int, Judged] = field(default_factory=dict)

    @property
    def waiting(self) -> list[int]:
        """The numbers of the parts of which nothing was said."""
        return [number for number in range(len(self.parts)) if number not in self.said]


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


def judge_all(recalled: Recalled, known: Known, *, jobs: int, progress: Progress) -> list[Judged]:
    """What is said of each part.

    Args:
        jobs: processes; 0 takes one a core, 1 stays in this one.
    """
    parts, found = recalled.parts, dict(recalled.said)
    told = side_by_side(
        partial(_judge_packed, known=known),
        [parts[number] for number in recalled.waiting],
        jobs=jobs,
        progress=progress,
        before=len(found),
    )
    made = (
        [_unpacked(data) for data in told]
        if told is not None
        else [judge(parts[number], known, progress) for number in recalled.waiting]
    )
    found.update(zip(recalled.waiting, made, strict=True))
    return [found[number] for number in range(len(parts))]


def side_by_side(
    task: Callable[[Part], Result], parts: Sequence[Part], *, jobs: int, progress: Progress, before: int = 0
) -> list[Result] | None:
    """What a task says of each part, each in a process of its own; None where one process is enough.

    Args:
        task: a function of a module, or a partial one.
        jobs: as of `judge_all`.
        before: parts that were done already, for the progress.
    """
    from migrator.workers import in_workers

    processes = min(jobs or os.cpu_count() or 1, len(parts))
    if processes <= 1:
        return None
    whole = before + len(parts)
    progress(SIDE_BY_SIDE, before, whole)
    order = from_both_ends([part.lines for part in parts])
    made = in_workers(
        task, [parts[at] for at in order], processes, done=lambda done: progress(SIDE_BY_SIDE, before + done, whole)
    )
    by_number = dict(zip(order, made, strict=True))
    return [by_number[at] for at in range(len(parts))]


def from_both_ends(sizes: Sequence[int]) -> list[int]:
    """The order in which to begin things of these sizes: the largest, the smallest, the next largest, and so on.

    The largest is first, since it may take as long as all the others. The next largest is not beside it: what takes long
    takes much memory.

    Returns:
        their numbers, from 0.
    """
    waiting = deque(sorted(range(len(sizes)), key=lambda at: -sizes[at]))
    return [waiting.pop() if turn % 2 else waiting.popleft() for turn in range(len(sizes))]


def judge(part: Part, known: Known, progress: Progress = silent) -> Judged:
    """Follow the calls of a part, and assess its candidates."""
    from migrator.collector import without_collector
    from migrator.facts import opened
    from migrator.model import build_model
    from migrator.verdicts import assess

    with without_collector():
        facts, refused = opened(part.modules)
        model = build_model(facts, known.knowledge(), part.stated, progress)
        progress("judging", 0)
        judged = Judged(assess(model), model.findings, refused)
        model.release()
        return judged


def _judge_packed(part: Part, known: Known) -> bytes:
    """As `judge`, in little room: of a million lines all that is said takes 140 MB, which waits for the last part."""
    from migrator.collector import give_back
    from migrator.packing import packed

    said = packed(judge(part, known))
    give_back()
    return said


def _unpacked(data: bytes) -> Judged:
    from migrator.packing import unpacked

    judged = unpacked(data, "migrator.domain", __name__)
    assert isinstance(judged, Judged)
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
