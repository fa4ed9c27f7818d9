"""Measures the analyzer on labeled monoliths: `python -m tests.accuracy`, or `make accuracy`.

Exit 0 when every bound holds, 1 when one does not, 2 when the arguments are wrong or a wheel is not to be had.
"""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import platformdirs

from migrator import __version__
from tests.accuracy.measuring import Measured, call_graph, measure
from tests.accuracy.monoliths import LABELS, Monolith, WrongWheel, monoliths, unpacked
from tests.accuracy.permissions.report import report as report_permissions
from tests.accuracy.scoring import Score, candidates_of, score
from tests.accuracy.table import Column, failures, markdown, together, written_into

README = Path(__file__).resolve().parents[2] / "README.md"
_NAMES_SHOWN = 40
_VERDICTS = ("ready", "with-network", "refactor", "keep")
_CONFIDENCES = ("proven", "likely", "unproven")


def main(arguments: Sequence[str]) -> int:
    """Measure, print, and say by the exit code whether the bounds hold."""
    asked = _parser().parse_args(arguments)
    if asked.permissions:
        return _permissions(asked.cache, misses=asked.misses)
    chosen = [item for item in monoliths(asked.labels) if not asked.only or item.name in asked.only]
    chosen = [item for item in chosen if asked.held_out or not item.held_out]
    if not chosen:
        print("no such monolith", file=sys.stderr)
        return 2
    scores: dict[str, Score] = {}
    times: dict[str, Measured] = {}
    graphs: dict[str, dict[str, Any]] = {}
    for monolith in chosen:
        try:
            folder = unpacked(monolith, asked.wheels or asked.cache / "wheels", asked.cache / "unpacked")
        except WrongWheel as error:
            print(error, file=sys.stderr)
            return 2
        print(f"analyzing {monolith.name}", file=sys.stderr)
        times[monolith.name] = measure(folder)
        graphs[monolith.name] = call_graph(folder)
        candidates = candidates_of(times[monolith.name].document)
        scores[monolith.name] = score(candidates, monolith.labels(), monolith.entries())
    failed = _report(chosen, scores, times, misses=asked.misses, write=asked.write, readme=asked.readme)
    _call_graphs(graphs)
    # Somebody who asks for one monolith, or brings labels of their own, does not ask about roles.
    roles = not asked.only and asked.labels == LABELS
    return max(failed, _permissions(asked.cache, misses=asked.misses) if roles else 0)


def _call_graphs(graphs: Mapping[str, dict[str, Any]]) -> None:
    """That each has one, and how large it is; nobody has labeled the calls."""
    print()
    for name, graph in graphs.items():
        counted = (f"{len(graph[part]):,} {part}" for part in ("nodes", "calls", "unresolved"))
        print(f"{name}: call graph of {', '.join(counted)}")


def _permissions(cache: Path, *, misses: bool) -> int:
    """What roles allow, beside what people say that they have to."""
    print()
    try:
        missed = report_permissions(cache, misses=misses)
    except WrongWheel as error:
        print(error, file=sys.stderr)
        return 2
    print(f"bounds missed: {', '.join(missed)}" if missed else "every bound holds")
    return int(bool(missed))


def _report(
    chosen: Sequence[Monolith],
    scores: dict[str, Score],
    times: dict[str, Measured],
    *,
    misses: bool,
    write: bool,
    readme: Path,
) -> int:
    held = [Column(item.name, scores[item.name].counts) for item in chosen if item.held_out]
    others = [Column(item.name, scores[item.name].counts) for item in chosen if not item.held_out]
    pooled = together([scores[column.title] for column in others])
    table = markdown(others, pooled, held)
    print("\n".join(table), end="\n\n")
    for name, found in times.items():
        print(
            f"{name}: {found.document['lines']:,} lines, {found.analysis_s:.1f} CPU s for the analysis, "
            f"{found.parse_s:.1f} for ast.parse: {found.ratio:.1f} times"
        )
    for name, result in scores.items():
        _confidences(name, result)
        if misses:
            _misses(name, result)
    if write:
        note = f"version {__version__}, without the user's own knowledge."
        text = written_into(readme.read_text(encoding="utf-8"), table, day=datetime.date.today().isoformat(), note=note)
        readme.write_text(text, encoding="utf-8")
    missed = failures(pooled) if others else []
    print(f"\nbounds missed: {', '.join(missed)}" if missed else "\nevery bound holds")
    return int(bool(missed))


def _confidences(name: str, result: Score) -> None:
    print(f"\n{name}: candidates by verdict and confidence")
    print(f"  {'':<13}" + "".join(f"{confidence:>10}" for confidence in _CONFIDENCES))
    for verdict in _VERDICTS:
        numbers = (result.confidences[verdict, confidence] for confidence in _CONFIDENCES)
        print(f"  {verdict:<13}" + "".join(f"{number:>10,}" for number in numbers))


def _misses(name: str, result: Score) -> None:
    print(f"\n{name}: effects of the labels")
    for effect in sorted({effect for effect, _ in result.effects}):
        counted = "  ".join(f"{kind} {result.effects[effect, kind]:3}" for kind in ("hit", "miss", "extra"))
        print(f"  {effect:<22} {counted}")
    for title, names in (
        ("UNSAFE", result.unsafe),
        ("wrong verdict", result.wrong),
        ("entry not found", result.missing[:_NAMES_SHOWN]),
        ("candidate not listed", result.unlisted[:_NAMES_SHOWN]),
    ):
        for text in names:
            print(f"  {title}: {text}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy", description=__doc__)
    parser.add_argument("--only", action="append", metavar="NAME", help="measure this monolith; may be repeated")
    parser.add_argument("--held-out", action="store_true", help="measure the held-out monoliths too")
    parser.add_argument("--permissions", action="store_true", help="measure roles alone")
    parser.add_argument("--misses", action="store_true", help="list every label and entry that is missed")
    parser.add_argument("--write", action="store_true", help="put the table and the date into the README")
    parser.add_argument("--wheels", type=Path, metavar="DIR", help="where the wheels lie, or are downloaded to")
    parser.add_argument("--labels", type=Path, metavar="DIR", default=LABELS, help="labels, entries, packages.json")
    parser.add_argument("--readme", type=Path, metavar="FILE", default=README, help="the file that --write changes")
    parser.add_argument(
        "--cache",
        type=Path,
        metavar="DIR",
        default=platformdirs.user_cache_path("migrator") / "accuracy",
        help="where wheels are kept and unpacked (default: below XDG_CACHE_HOME)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
