"""The share that the canary gets, beside the weight: of calls that are drawn, and of tenants that stay where they are.

In: a folder. Out: how many standard errors each share lies from its weight. The standard error is that of a binomial
share, sqrt(w (1 - w) / n); four of them are passed by chance once in 16,000 shares.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from migrator.domain.routes import Weight
from tools.router_load.executions import Executions, figures_of
from tools.router_load.figures import Figure
from tools.router_load.loads import send_all
from tools.router_load.sending import Order
from tools.router_load.world import ROUTE, running_world

NAME = "shares"
WEIGHTS = (1, 5, 50, 99)
MOST_ERRORS = 4.0
REQUESTS = 10_000


def check(folder: Path, *, requests: int = REQUESTS) -> Iterator[Figure]:
    """Count each side at each weight.

    Args:
        requests: at each weight; of each kind.
    """
    tenants = tuple(f"tenant-{number}" for number in range(requests))
    with running_world(folder, "stand-in") as world:
        for kind, sticky in (("drawn", ""), ("by tenant", "x-tenant")):
            world.plane.ensure(world.route(sticky=sticky))
            for weight in WEIGHTS:
                world.plane.shift(ROUTE, Weight(weight))
                prefix = f"{'s' if sticky else 'd'}{weight}"
                outcome = send_all(
                    Order(world.address, prefix, requests=requests, tenants=tenants if sticky else (), timeout_s=30)
                )
                canary, share = outcome.sides.get("canary", 0), weight / 100
                away = abs(canary - share * requests) / math.sqrt(share * (1 - share) * requests)
                label = f"{kind}, {weight} %"
                yield Figure(
                    NAME,
                    f"{label}: standard errors from the weight",
                    round(away, 2),
                    "<=",
                    MOST_ERRORS,
                    detail=f"{canary} of {requests}: {100 * canary / requests:.2f} %",
                )
                yield Figure(NAME, f"{label}: failed", len(outcome.failed), "=", 0, detail=outcome.reasons())
                yield from figures_of(
                    NAME,
                    label,
                    Executions(outcome, world.legacy.executed(prefix), world.canary.executed(prefix)),
                )
