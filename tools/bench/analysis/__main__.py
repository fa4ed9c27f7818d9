"""How fast an analysis is, beside its bounds: `python -m tools.bench.analysis`, or `make bench-analysis`.

In one run on one machine: a cold analysis of the real monoliths in one process against `ast.parse` of the same files; a million
lines made of them, cold, after an edit, and unchanged; the peak of memory; how time grows with lines. The wheels are
downloaded where `make accuracy` has not done so. Exit 0 when every bound holds, 1 when one does not, 2 when a wheel is not to be
had. It takes minutes, and wants the machine for itself.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from platformdirs import user_cache_path

from tests.accuracy.monoliths import WrongWheel, monoliths, unpacked
from tools.bench.analysis.figures import FIGURES, TARGET_LINES, Bench, table

NAMES = ("pretix", "weblate", "indico")


def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    asked = _parser().parse_args(arguments)
    cache = user_cache_path("migrator") / "accuracy"
    try:
        roots = {
            each.name: unpacked(each, cache / "wheels", cache / "unpacked")
            for each in monoliths()
            if each.name in (asked.monolith or NAMES)
        }
    except WrongWheel as error:
        print(error, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="migrator-bench-") as work:
        bench = Bench(roots, asked.lines, Path(work))
        figures = [FIGURES[name](bench) for name in FIGURES if name in (asked.only or FIGURES)]
    print(f"Python {platform.python_version()}, {platform.machine()}")
    print(table(figures))
    return int(not all(figure.holds for figure in figures))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.bench.analysis", description=__doc__)
    parser.add_argument("--only", action="append", choices=tuple(FIGURES), help="this figure; may be repeated")
    parser.add_argument(
        "--monolith", action="append", choices=NAMES, help="made of this monolith instead of all three; may be repeated"
    )
    parser.add_argument(
        "--lines", type=int, default=TARGET_LINES, metavar="N", help="of the large tree (default: a million)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
