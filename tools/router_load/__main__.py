"""Runs the checks of the router under load and prints each figure beside its bound.

In: names of checks (none: all but the comparisons), `--json`. Out: exit 1 where a bound is not kept.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tools.router_load.checks import (
    broken_canary,
    failing_legacy,
    latency,
    many_routes,
    parts,
    shares,
    tenants,
    weight_changes,
)
from tools.router_load.figures import Figure

CHECKS: Mapping[str, Callable[[Path], Iterator[Figure]]] = {
    module.NAME: module.check
    for module in (weight_changes, shares, broken_canary, failing_legacy, tenants, many_routes, latency, parts)
}
COMPARISONS = (latency.NAME, parts.NAME)
"""Run only when they are named: what they say needs a quiet machine."""


def main() -> int:
    """Run and print."""
    options = _options()
    found: list[Figure] = []
    for name in options.checks or [name for name in CHECKS if name not in COMPARISONS]:
        began = time.monotonic()
        if not options.json:
            print(f"{name}:")
        with tempfile.TemporaryDirectory(prefix="router-load-") as folder:
            for figure in CHECKS[name](Path(folder)):
                found.append(figure)
                if not options.json:
                    print(f"  {figure.line()}", flush=True)
        if not options.json:
            print(f"  {time.monotonic() - began:.0f} s")
    failed = [figure for figure in found if not figure.held]
    if options.json:
        print(json.dumps({"held": not failed, "figures": [figure.document() for figure in found]}, indent=1))
    else:
        bound = [figure for figure in found if figure.relation]
        print(f"{len(bound)} bounds, {len(failed)} not kept")
    return int(bool(failed))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.router_load")
    parser.add_argument("checks", nargs="*", metavar="CHECK", help=", ".join(CHECKS))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if unknown := [name for name in options.checks if name not in CHECKS]:
        parser.error(f"no such check: {', '.join(unknown)}; there are {', '.join(CHECKS)}")
    return options


if __name__ == "__main__":
    sys.exit(main())
