"""Facts of a whole tree, in this process or in several.

In: a `SourceTree`, and facts that are kept of its files. Out: module name to `ModuleFacts`, and what was skipped. The answer
does not depend on the number of processes, the order of the files, or what is kept.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from migrator.collector import without_collector
from migrator.domain.assessments import Skipped
from migrator.domain.progress import Progress, silent
from migrator.facts.kept import KeptFacts
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
    tree: SourceTree, jobs: int = 1, progress: Progress = silent, kept: KeptFacts | None = None
) -> tuple[Mapping[str, Packed], tuple[Skipped, ...]]:
    """Facts of every module of a tree.

    Args:
        jobs: processes; 1 stays in this one, 0 takes one a core.
        progress: told how many files have been read.
        kept: where facts of last time are looked for; of what is found there only the outline is taken, see `with_facts`.

    Returns:
        Facts by module name, in the order of the names; files that could not be parsed, and parts that were not
        read, in the order of the paths.
    """
    results = kept.outlines(tuple(tree.modules.values())) if kept is not None else {}
    results.update(_read([file for name, file in tree.modules.items() if name not in results], jobs, progress, kept))
    modules = {name: result for name, result in sorted(results.items()) if isinstance(result, Packed)}
    skipped = [result for result in results.values() if isinstance(result, Skipped)]
    for module in modules.values():
        outline = module.outline
        skipped.extend(Skipped(outline.path, line, reason, column) for line, column, reason in outline.findings)
    return modules, tuple(sorted(skipped, key=lambda entry: (entry.path, entry.line, entry.reason)))


def with_facts(modules: Mapping[str, Packed], tree: SourceTree, kept: KeptFacts, jobs: int = 1) -> dict[str, Packed]:
    """The modules, each with its facts: those that are kept, and of what is not the file is read."""
    found = kept.facts({name: module for name, module in modules.items() if module.data is None}, tree.modules)
    found.update((name, module) for name, module in modules.items() if module.data is not None)
    missing = [tree.modules[name] for name in modules if name not in found]
    read = _read(missing, jobs, silent, kept) if missing else {}
    found.update((name, result) for name, result in read.items() if isinstance(result, Packed))
    return {name: found[name] for name in modules if name in found}


def _read(
    files: Sequence[SourceFile], jobs: int, progress: Progress, kept: KeptFacts | None
) -> dict[str, Packed | Skipped]:
    """What files say, by module name, and to be kept."""
    processes = jobs or os.cpu_count() or 1
    progress(_READING, 0, len(files))
    if processes == 1 or sum(len(file.text) for file in files) < _SMALL_TREE:
        results = {
            name: found if isinstance(found, Skipped) else Packed(outline_of(found), found)
            for name, found in _read_all(files)
        }
    else:
        results = _read_in_processes(files, processes, progress)
    if kept is not None:
        kept.add(results)
    return results


def _read_all(files: Sequence[SourceFile]) -> list[tuple[str, ModuleFacts | Skipped]]:
    with without_collector():
        return [(file.name, facts_of(file)) for file in files]


def _pack_all(files: Sequence[SourceFile]) -> list[tuple[str, Packed | Skipped]]:
    return [(name, found if isinstance(found, Skipped) else packed(found)) for name, found in _read_all(files)]


def _read_in_processes(files: Sequence[SourceFile], processes: int, progress: Progress) -> dict[str, Packed | Skipped]:
    chunks = _balanced(files, processes * _CHUNKS_PER_PROCESS)

    def tell(done: int) -> None:
        progress(_READING, done * len(files) // len(chunks), len(files))

    return dict(result for batch in in_workers(_pack_all, chunks, processes, done=tell) for result in batch)


def _balanced(files: Sequence[SourceFile], count: int) -> list[list[SourceFile]]:
    """The files in chunks of about equal size, the largest files first."""
    chunks: list[list[SourceFile]] = [[] for _ in range(count)]
    sizes = [0] * count
    for file in sorted(files, key=lambda item: (-len(item.text), item.path)):
        smallest = sizes.index(min(sizes))
        chunks[smallest].append(file)
        sizes[smallest] += len(file.text)
    return [chunk for chunk in chunks if chunk]
