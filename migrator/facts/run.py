"""Facts of a whole tree, in this process or in several.

In: a `SourceTree`. Out: module name to `ModuleFacts`, and what was skipped. The answer does not depend on the
number of processes or the order of the files.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from migrator.collector import without_collector
from migrator.domain.assessments import Skipped
from migrator.facts.parsing import facts_of
from migrator.facts.records import ModuleFacts
from migrator.source import SourceFile, SourceTree

_SMALL_TREE = 1_500_000
"""Characters below which starting processes costs more than it saves (about a third of a second of parsing)."""

_CHUNKS_PER_PROCESS = 4


def extract_facts(tree: SourceTree, jobs: int = 1) -> tuple[Mapping[str, ModuleFacts], tuple[Skipped, ...]]:
    """Facts of every module of a tree.

    Args:
        jobs: processes; 1 stays in this one, 0 takes one a core.

    Returns:
        Facts by module name, in the order of the names; files that could not be parsed, and parts that were not
        read, in the order of the paths.
    """
    files = list(tree.modules.values())
    processes = jobs or os.cpu_count() or 1
    size = sum(len(file.text) for file in files)
    alone = processes == 1 or size < _SMALL_TREE
    results = _read_all(files) if alone else _read_in_processes(files, processes)
    facts: dict[str, ModuleFacts] = {}
    skipped: list[Skipped] = []
    for result in results:
        if isinstance(result, Skipped):
            skipped.append(result)
        else:
            facts[result.name] = result
            skipped.extend(Skipped(result.path, line, reason, column) for line, column, reason in result.findings)
    ordered = {name: facts[name] for name in sorted(facts)}
    return ordered, tuple(sorted(skipped, key=lambda entry: (entry.path, entry.line, entry.reason)))


def _read_all(files: Sequence[SourceFile]) -> list[ModuleFacts | Skipped]:
    with without_collector():
        return [facts_of(file) for file in files]


def _read_in_processes(files: Sequence[SourceFile], processes: int) -> list[ModuleFacts | Skipped]:
    chunks = _balanced(files, processes * _CHUNKS_PER_PROCESS)
    before = set(multiprocessing.active_children())
    try:
        with ProcessPoolExecutor(max_workers=processes, initializer=_begin_worker) as pool:
            try:
                with _interrupts_held():
                    batches = [pool.submit(_read_all, chunk) for chunk in chunks]  # starts the workers
                return [result for batch in batches for result in batch.result()]
            except KeyboardInterrupt:
                # Leaving the pool waits for its workers, and they are not to read on. Nothing is canceled: the pool
                # cleans up after workers that are gone, but trips over futures that are.
                for child in set(multiprocessing.active_children()) - before:
                    child.terminate()
                raise
    except (BrokenProcessPool, RecursionError):
        # A worker was killed, or a nest of expressions is too deep to be pickled: the work is done here instead.
        return _read_all(files)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C waits until the end of the block.

    Python runs hooks around a fork and ignores what they raise: a Ctrl-C that fell into one would be lost.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    usual = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
    if came:
        raise KeyboardInterrupt


def _begin_worker() -> None:
    """A worker ends in silence on Ctrl-C, and by itself when its parent is gone, however that ended."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)


def _balanced(files: Sequence[SourceFile], count: int) -> list[list[SourceFile]]:
    """The files in chunks of about equal size, the largest files first."""
    chunks: list[list[SourceFile]] = [[] for _ in range(count)]
    sizes = [0] * count
    for file in sorted(files, key=lambda item: (-len(item.text), item.path)):
        smallest = sizes.index(min(sizes))
        chunks[smallest].append(file)
        sizes[smallest] += len(file.text)
    return [chunk for chunk in chunks if chunk]
