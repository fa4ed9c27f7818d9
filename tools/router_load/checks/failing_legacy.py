"""Legacy that answers 500 to writes: nobody may send such a write to it again.

In: a folder. Out: how often legacy executed each request, by what the route's weight made of it. The route allows the
fallback for writes throughout: what must not happen is that it is applied to legacy's own failures.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tools.router_load.executions import Executions, figures_of
from tools.router_load.figures import Figure
from tools.router_load.loads import send_all
from tools.router_load.sending import Order
from tools.router_load.servers import front
from tools.router_load.world import running_world

NAME = "failing-legacy"
REQUESTS, CONNECTIONS = 1_000, 16
_CASES = ((0, "well", "legacy"), (50, "well", "legacy"), (100, "failing", "fallback"))
"""The weight, how the canary behaves, and the side whose requests legacy executes."""


def check(folder: Path, *, requests: int = REQUESTS) -> Iterator[Figure]:
    """Have legacy fail.

    Args:
        requests: at each weight.
    """
    with running_world(folder, "front", environments=CONNECTIONS) as world:
        world.plane.ensure(world.route(fallback=("POST",)))
        for weight, mode, side in _CASES:
            front.tell(folder / "service", mode)
            world.serve(world.route(fallback=("POST",)), weight)
            prefix = f"legacy{weight}"
            outcome = send_all(
                Order(
                    world.address,
                    prefix,
                    method="POST",
                    connections=CONNECTIONS,
                    requests=requests,
                    headers=(("x-legacy-status", "500"),),
                )
            )
            found = Executions(outcome, world.legacy.executed(prefix), world.canary.executed(prefix))
            asked, executed = found.on_legacy(side)
            label = f"{weight} %, canary {mode}"
            yield Figure(
                NAME, f"{label}: POSTs that legacy failed", asked, ">=", requests // 4, detail=f"{dict(outcome.sides)}"
            )
            yield Figure(NAME, f"{label}: how often legacy executed them", executed, "=", asked)
            statuses = {each.status for each in outcome.sent if each.side == side}
            yield Figure(NAME, f"{label}: of them answered other than 500", len(statuses - {500}), "=", 0)
            yield from figures_of(NAME, label, found)
