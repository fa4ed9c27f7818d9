"""Facts of a whole tree, in this process or in several.

In: a `SourceTree`. Out: module name to `ModuleFacts`, and what was skipped. The answer does not depend on the
number of processes or the order of the files.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from migrator.collector import without_collector
from migrator.domain.assessments import Skipped
from migrator.domain.progress import Progress, silent
from migrator.facts.outlines import Packed, outline_of, packed, unpacked
from migrator.facts.parsing import facts_of
from migrator.facts.records import ModuleFacts
from migrator.source import SourceFile, SourceTree
from migrator.workers import in_workers

_SMALL_TREE = 1_500_000
"""Characters below which starting processes costs more than it saves (about a third of a second of parsing)."""

_READING = "reading files"
_CHUNKS_PER_PROCESS = 4


def extract_facts(tree: SourceTree, jobs: int = 1) -> tuple[Mapping[str, ModuleFacts], tuple[Skipped, ...]]:
    """As `extract_packed`, with the facts themselves."""
    found, skipped = extract_packed(tree, jobs)
    return unpacked(found), skipped


def extract_packed(
    tree: SourceTree, jobs: int = 1, progress: Progress = silent
) -> tuple[Mapping[str, Packed], tuple[Skipped, ...]]:
    """Facts of every module of a tree.

    Args:
        jobs: processes; 1 stays in this one, 0 takes one a core.
        progress: told how many files have been read.

    Returns:
        Facts by module name, in the order of the names; files that could not be parsed, and parts that were not
        read, in the order of the paths.
    """
    files = list(tree.modules.values())
    processes = jobs or os.cpu_count() or 1
    size = sum(len(file.text) for file in files)
    progress(_READING, 0, len(files))
    if processes == 1 or size < _SMALL_TREE:
        results = [
            found if isinstance(found, Skipped) else Packed(outline_of(found), found) for found in _read_all(files)
        ]
    else:
        results = _read_in_processes(files, processes, progress)
    modules: dict[str, Packed] = {}
    skipped: list[Skipped] = []
    for result in results:
        if isinstance(result, Skipped):
            skipped.append(result)
        else:
            outline = result.outline
            modules[outline.name] = result
            skipped.extend(Skipped(outline.path, line, reason, column) for line, column, reason in outline.findings)
    ordered = {name: modules[name] for name in sorted(modules)}
    return ordered, tuple(sorted(skipped, key=lambda entry: (entry.path, entry.line, entry.reason)))


def _read_all(files: Sequence[SourceFile]) -> list[ModuleFacts | Skipped]:
    with without_collector():
        return [facts_of(file) for file in files]


def _pack_all(files: Sequence[SourceFile]) -> list[Packed | Skipped]:
    return [found if isinstance(found, Skipped) else packed(found) for found in _read_all(files)]


def _read_in_processes(files: Sequence[SourceFile], processes: int, progress: Progress) -> list[Packed | Skipped]:
    chunks = _balanced(files, processes * _CHUNKS_PER_PROCESS)

    def tell(done: int) -> None:
        progress(_READING, done * len(files) // len(chunks), len(files))

    return [result for batch in in_workers(_pack_all, chunks, processes, done=tell) for result in batch]


def _balanced(files: Sequence[SourceFile], count: int) -> list[list[SourceFile]]:
    """The files in chunks of about equal size, the largest files first."""
    chunks: list[list[SourceFile]] = [[] for _ in range(count)]
    sizes = [0] * count
    for file in sorted(files, key=lambda item: (-len(item.text), item.path)):
        smallest = sizes.index(min(sizes))
        chunks[smallest].append(file)
        sizes[smallest] += len(file.text)
    return [chunk for chunk in chunks if chunk]
