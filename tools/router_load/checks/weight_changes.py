"""Weights that change all the time, under load, with no fallback that could hide a failure.

In: a folder. Out: whether anything was lost, failed or executed twice, and whether the product's figures say the same.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from migrator.domain.routes import Weight
from tools.router_load.executions import Executions, figures_of
from tools.router_load.figures import Figure
from tools.router_load.loads import Load
from tools.router_load.sending import Order
from tools.router_load.world import ROUTE, running_world

NAME = "weight-changes"
CHANGES, CONNECTIONS = 200, 16
# Small and large steps, both ends, and each value often; no two neighbors are the same.
_WEIGHTS = (0, 1, 50, 100, 5, 99, 0.01, 25, 99.99, 33.3)


def check(folder: Path) -> Iterator[Figure]:
    """Change the weight again and again."""
    with running_world(folder, "front", environments=CONNECTIONS) as world:
        world.serve(world.route(), 50)
        mark = world.metrics.mark(ROUTE)
        took = []
        with Load(Order(world.address, "changes", connections=CONNECTIONS)) as load:
            for number in range(CHANGES):
                began = time.perf_counter()
                world.plane.shift(ROUTE, Weight(_WEIGHTS[number % len(_WEIGHTS)]))
                took.append((time.perf_counter() - began) * 1000)
        outcome = load.outcome
        legacy, canary = world.since(mark)
        found = Executions(outcome, world.legacy.executed("changes"), world.canary.executed("changes"))
    yield Figure(NAME, f"weight changes at {CONNECTIONS} connections", len(took), "=", CHANGES)
    yield Figure(NAME, "one change, median", statistics.median(took), unit="ms", detail=f"longest {max(took):.0f} ms")
    yield Figure(NAME, "requests meanwhile", len(outcome.sent), ">=", CHANGES, detail=f"{dict(outcome.sides)}")
    yield Figure(NAME, "failed", len(outcome.failed), "=", 0, detail=outcome.reasons())
    yield from figures_of(NAME, "all", found)
    yield Figure(NAME, "first tries counted by the product", legacy.requests + canary.requests, "=", len(outcome.sent))
    yield Figure(NAME, "of them failed", legacy.first_try_errors + canary.first_try_errors, "=", 0)
