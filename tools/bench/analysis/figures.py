"""The figures of an analysis and their bounds.

In: monoliths, how many lines, and a folder to work in. Out: `Figure` values, each measured when it is asked for. What
several figures rest on, such as the cold analysis of the large tree, is run once.
"""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tools.bench.analysis.corpus import Written, parseable, repeated
from tools.bench.analysis.running import Run, run

TARGET_LINES = 1_000_000
"""The bounds in seconds and megabytes are for so many; a cold analysis of fewer lines may take its share."""

_UNCHANGED_RUNS = 3
_EDIT = "\n\ndef added_by_hand(value):\n    return [value]\n"


@dataclass(frozen=True, slots=True)
class Figure:
    """What was seen, and how much may be.

    Attributes:
        note: what else there is to know, such as what it is made of.
    """

    title: str
    unit: str
    seen: float
    bound: float
    note: str

    @property
    def holds(self) -> bool:
        return self.seen <= self.bound


class Bench:
    """Measures; a folder is worked in that nothing else is in."""

    def __init__(self, roots: Mapping[str, Path], lines: int, work: Path) -> None:
        self._roots = roots
        self._lines = lines
        self._work = work

    def ratio(self) -> Figure:
        """A cold analysis in one process beside `ast.parse` of the same files in one process, one after the other."""
        tree = parseable(tuple(self._roots.values()), self._work / "parseable")
        _say(f"analyzing {tree.lines:,} lines in one process, cold")
        analysis = self._analyze(tree.folder, "apart", "--jobs", "1", "--no-cache")
        parsing = float(run(["tools.bench.analysis.parsing", str(tree.folder)], environment=os.environ).out)
        note = f"{analysis.cpu_s:.1f} s for {parsing:.2f} s of ast.parse: {', '.join(self._roots)}"
        if sys.version_info < (3, 12):
            note += "; the bound is meant for Python 3.12 or later"
        return Figure("cold, one process, against ast.parse", "times", analysis.cpu_s / parsing, 3.0, note)

    def cold(self) -> Figure:
        """The large tree, all cores, nothing kept."""
        tree, seen = self._large, self._cold
        note = f"{tree.lines:,} lines in {tree.files:,} files, {os.cpu_count()} cores, {seen.cpu_s:.0f} s of them"
        return Figure("cold, all cores", "s", seen.wall_s, 20.0 * min(1.0, tree.lines / TARGET_LINES), note)

    def edited(self) -> Figure:
        """The same after an edit of one file, of the median size of its package."""
        self._cold  # noqa: B018 - what it keeps is what the second run takes
        file = _median(self._large.folder / next(iter(self._roots)))
        text = file.read_text(encoding="utf-8")
        file.write_text(text + _EDIT, encoding="utf-8")
        try:
            _say("again after an edit")
            seen = self._analyze(self._large.folder, "kept")
        finally:
            file.write_text(text, encoding="utf-8")
        return Figure("after an edit of one file", "s", seen.wall_s, 3.0, str(file.relative_to(self._large.folder)))

    def unchanged(self) -> Figure:
        """The same once more."""
        self._cold  # noqa: B018
        _say("again, unchanged")
        seen = [self._analyze(self._large.folder, "kept").wall_s for _ in range(_UNCHANGED_RUNS)]
        return Figure("unchanged", "s", statistics.median(seen), 1.0, f"median of {len(seen)}")

    def memory(self) -> Figure:
        """The most that all processes of the cold analysis took together."""
        return Figure("peak memory, all processes", "MB", self._cold.peak_mb, 1_000.0, "sum of PSS, cold")

    def growth(self) -> Figure:
        """How much longer a line takes in the large tree than in one of half the size.

        The half holds each monolith once: in a quarter there is no room for all of them, and their lines differ in what
        they take by three times.
        """
        half = repeated(tuple(self._roots.values()), self._large.lines // 2, self._work / "half")
        _say(f"analyzing {half.lines:,} lines, cold")
        small = self._analyze(half.folder, "half")
        times = (self._cold.wall_s / self._large.lines) / (small.wall_s / half.lines)
        note = f"{small.wall_s:.1f} s for {half.lines:,} lines, {self._cold.wall_s:.1f} s for {self._large.lines:,}"
        return Figure("growth, against linear", "times", times, 1.2, note)

    @cached_property
    def _large(self) -> Written:
        return repeated(tuple(self._roots.values()), self._lines, self._work / "large")

    @cached_property
    def _cold(self) -> Run:
        _say(f"analyzing {self._large.lines:,} lines, cold")
        return self._analyze(self._large.folder, "kept", memory=True)

    def _analyze(self, folder: Path, cache: str, *options: str, memory: bool = False) -> Run:
        """An analysis as a person runs it, with a cache of its own."""
        environment = {**os.environ, "XDG_CACHE_HOME": str(self._work / cache), "NO_COLOR": "1"}
        return run(["migrator", "analyze", str(folder), *options], environment=environment, memory=memory)


FIGURES: Mapping[str, Callable[[Bench], Figure]] = {
    "ratio": Bench.ratio,
    "cold": Bench.cold,
    "edited": Bench.edited,
    "unchanged": Bench.unchanged,
    "memory": Bench.memory,
    "growth": Bench.growth,
}
"""By the name that `--only` takes, in the order of the table."""


def table(figures: Sequence[Figure]) -> str:
    """One line a figure."""
    rows = [["figure", "at most", "seen", "", ""], *map(_row, figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        f"{title:<{widths[0]}}  {bound:>{widths[1]}}  {seen:>{widths[2]}}  {holds:<{widths[3]}}  {note}".rstrip()
        for title, bound, seen, holds, note in rows
    )


def _row(figure: Figure) -> list[str]:
    digits = 0 if figure.unit == "MB" else 2
    bound, seen = (f"{value:,.{digits}f} {figure.unit}" for value in (figure.bound, figure.seen))
    return [figure.title, bound, seen, "ok" if figure.holds else "NOT OK", figure.note]


def _median(package: Path) -> Path:
    files = sorted(package.rglob("*.py"), key=lambda path: (path.stat().st_size, path))
    return files[len(files) // 2]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
