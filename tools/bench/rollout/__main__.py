"""Runs every simulation and prints the figures beside their targets: `make bench-rollout`.

Seeds are fixed, so a figure is the same wherever it is computed. `--write` puts the tables with their date into
docs/explanation/statistics.md. Exit 1 where a target is missed. `--quick` runs a
two-hundredth of the campaigns, in seconds: its figures show that all works, and no more; it judges nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from os import cpu_count
from pathlib import Path
from platform import python_version

import numpy as np

from tools.bench.rollout import detection, false_alarms, others, promotion, whole
from tools.bench.rollout.rows import Row, as_markdown, printed

CAMPAIGNS = 20_000
"""Of false alarms and false promotions: the standard error of 1 % is then 0.07 %."""

FOUND = 5_000
"""Of detection and promotion: 50 of them lie above the 99th percentile."""

COMPARED = 2_000

WHOLE, LATE = 1_000, 300
"""Of the product's own gate, request by request: a campaign takes a seventh of a second."""

_QUICK = 200

_PAGE = Path("docs/explanation/statistics.md")
_BEGIN, _END = "<!-- bench-rollout: begin -->", "<!-- bench-rollout: end -->"


def main(arguments: list[str]) -> int:
    """Simulate and print."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench.rollout", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a two-hundredth of the campaigns; judges nothing")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    parser.add_argument("--jobs", type=int, default=cpu_count() or 1, help="processes (default: one a core)")
    parser.add_argument("--write", action="store_true", help="put the tables into the documentation")
    chosen = parser.parse_args(arguments)
    rows = simulated(_QUICK if chosen.quick else 1, chosen.jobs)
    if chosen.write:
        _write(rows)
    if chosen.json:
        print(json.dumps([row.as_json() for row in rows], indent=2))
    else:
        print(printed(rows))
    return 1 if not chosen.quick and any(row.missed for row in rows) else 0


def simulated(divisor: int, jobs: int) -> list[Row]:
    """Every row, in the order of the tables; campaigns are divided by `divisor`."""
    work = _work(divisor)
    if jobs == 1:
        return [each() for each in work]
    with ProcessPoolExecutor(jobs) as pool:
        return [future.result() for future in [pool.submit(each) for each in work]]


def _work(divisor: int) -> list[Callable[[], Row]]:
    many, found, compared, whole_ones, late_ones = (
        each // divisor for each in (CAMPAIGNS, FOUND, COMPARED, WHOLE, LATE)
    )
    return [
        *(partial(false_alarms.simulated, each, many, 100 + at) for at, each in enumerate(false_alarms.SCENARIOS)),
        *(partial(detection.errors, each, found, 200 + at) for at, each in enumerate(detection.ERRORS)),
        *(partial(detection.latency, each, found, 300 + at) for at, each in enumerate(detection.LATENCIES)),
        partial(detection.always_cold, found, 400),
        *(partial(promotion.too_bad, each, many, 500 + at) for at, each in enumerate(promotion.TOO_BAD)),
        *(partial(promotion.good, each, found, 600 + at) for at, each in enumerate(promotion.GOOD)),
        *(partial(whole.alike, each, max(whole_ones, 2), 900 + at) for at, each in enumerate(whole.ALIKE)),
        *(partial(whole.late, each, max(late_ones, 2), 950 + at) for at, each in enumerate(whole.LATE)),
        *(partial(others.compared, each, compared, 700) for each in others.RULES),
        partial(others.flagger_with_steps, compared, 800),
    ]


def _write(rows: list[Row]) -> None:
    """Replace what stands between the marks on the page."""
    text = _PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    made = f"{datetime.now(UTC):%Y-%m-%d}, Python {python_version()}, numpy {np.__version__}"
    counts = f"{CAMPAIGNS:,} campaigns a row of false alarms and false promotions, {FOUND:,} of detection and promotion, {COMPARED:,} of other rules, {WHOLE:,} and {LATE:,} of the product's own gate"
    table = as_markdown(rows)
    _PAGE.write_text(f"{before}{_BEGIN}\n{made}; {counts}.\n\n{table}\n{_END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
