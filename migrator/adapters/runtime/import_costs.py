"""What the import of a handler costs, by library, and what it would save to import one later.

In: the lines of `python -X importtime`, and which module imported which. Out: `ImportCost` values. Pure: who runs
Python is `measuring`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

_LINE = re.compile(r"^import time:\s*(\d+) \|\s*(\d+) \|( +)(\S+)$")


@dataclass(frozen=True, slots=True)
class ImportCost:
    """One library of those that a service's own modules import.

    Attributes:
        name: of the imported module or package, its first part.
        ms: what its modules took, with all that they load.
        saved_ms: what nobody would load if the slice did not import it.
        importers: modules of the slice that import it, sorted.
    """

    name: str
    ms: float
    saved_ms: float
    importers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportTimes:
    """What `-X importtime` wrote.

    Attributes:
        own_us: module to microseconds for itself.
        nested: pairs of a module and one that was loaded while it was.
    """

    own_us: Mapping[str, int]
    nested: frozenset[tuple[str, str]]


def read_times(text: str) -> ImportTimes:
    """Read it; a module is written after those that it loads, which stand further right."""
    own: dict[str, int] = {}
    nested: set[tuple[str, str]] = set()
    waiting: list[tuple[int, str]] = []
    for line in text.splitlines():
        if (found := _LINE.match(line)) is None:
            continue
        depth, name = len(found[3]), found[4]
        own[name] = own.get(name, 0) + int(found[1])
        while waiting and waiting[-1][0] > depth:
            nested.add((name, waiting.pop()[1]))
        waiting.append((depth, name))
    return ImportTimes(own, frozenset(nested))


def costs_of(
    entry: str, times: ImportTimes, edges: Iterable[tuple[str, str]], slice_modules: Set[str]
) -> tuple[ImportCost, ...]:
    """The libraries that the slice imports, those that would save most first.

    Args:
        entry: the handler's module.
        edges: importer and imported, also of what was loaded already.
        slice_modules: modules that were cut out of the monolith.
    """
    graph: defaultdict[str, set[str]] = defaultdict(set)
    for importer, imported in (*edges, *times.nested):
        graph[importer].add(imported)
    for name in times.own_us:  # to load a module is to load the packages around it
        outer = name.rpartition(".")[0]
        if outer:
            graph[name].add(outer)
    loaded = _reached_from({entry}, graph)
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    for module in slice_modules:
        for imported in graph[module]:
            if imported not in slice_modules and not any(each.startswith(f"{imported}.") for each in slice_modules):
                wanted[imported.partition(".")[0]].add(module)
    costs: list[ImportCost] = []
    for name, importers in wanted.items():
        without = _reached_from(
            {entry},
            graph,
            frozenset(
                (importer, imported)
                for importer in importers
                for imported in graph[importer]
                if imported.partition(".")[0] == name
            ),
        )
        costs.append(
            ImportCost(
                name,
                _ms(times, _reached_from(_within(name, loaded), graph)),
                _ms(times, loaded - without),
                tuple(sorted(importers)),
            )
        )
    return tuple(sorted(costs, key=lambda cost: (-cost.saved_ms, cost.name)))


def _within(name: str, loaded: Set[str]) -> set[str]:
    return {module for module in loaded if module.partition(".")[0] == name}


def _reached_from(start: Set[str], graph: Mapping[str, set[str]], cut: Set[tuple[str, str]] = frozenset()) -> set[str]:
    found, waiting = set(start), list(start)
    while waiting:
        module = waiting.pop()
        for imported in graph.get(module, ()):
            if imported not in found and (module, imported) not in cut:
                found.add(imported)
                waiting.append(imported)
    return found


def _ms(times: ImportTimes, modules: Iterable[str]) -> float:
    return round(sum(times.own_us.get(module, 0) for module in modules) / 1000, 1)
