"""A canary that breaks under load, each way in turn, on a route whose calls legacy may answer instead.

In: a folder. Out: whether a client noticed, and whether each call that legacy answered for the canary was counted as a
failure of the canary. The front is the real one; each breakage begins and ends while calls are under way.
"""

from __future__ import annotations

import contextlib
import json
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from tools.router_load.executions import Executions, figures_of
from tools.router_load.figures import Figure
from tools.router_load.loads import Load
from tools.router_load.sending import Order
from tools.router_load.servers import front
from tools.router_load.world import ROUTE, World, running_world

NAME = "broken-canary"
CONNECTIONS, WEIGHT = 16, 50
_BEFORE_S, _BROKEN_S, _AFTER_S = 0.5, 2.0, 0.7
_LOG_S = 0.5


@contextlib.contextmanager
def _killed(world: World) -> Iterator[None]:
    """The whole front, with calls under way; it comes back at its address."""
    world.canary.signal(signal.SIGKILL)
    world.canary.stop()
    yield
    world.canary.start(str(CONNECTIONS))


@contextlib.contextmanager
def _hung(world: World) -> Iterator[None]:
    """The front takes connections and says nothing."""
    world.canary.signal(signal.SIGSTOP)
    yield
    world.canary.signal(signal.SIGCONT)


@contextlib.contextmanager
def _throttling(world: World) -> Iterator[None]:
    """Fewer environments than calls, and none of them is free for long."""
    world.canary.stop()
    world.canary.start("1")
    front.tell(world.folder / "service", "slow")
    yield
    front.tell(world.folder / "service", "well")
    world.canary.stop()
    world.canary.start(str(CONNECTIONS))


def _told(mode: str) -> Callable[[World], AbstractContextManager[None]]:
    @contextlib.contextmanager
    def breakage(world: World) -> Iterator[None]:
        front.tell(world.folder / "service", mode)
        yield
        front.tell(world.folder / "service", "well")

    return breakage


BREAKAGES: Mapping[str, tuple[Callable[[World], AbstractContextManager[None]], tuple[str, ...]]] = {
    "killed": (_killed, ("503",)),
    "hung": (_hung, ("504",)),
    "throttling": (_throttling, ("429",)),
    "failing": (_told("failing"), ("502",)),
    "crashing": (_told("crashing"), ("502",)),
}
"""How the canary breaks, and statuses of which its tries must have had some: that it really did."""


def check(folder: Path) -> Iterator[Figure]:
    """Break it, each way."""
    with running_world(folder, "front", environments=CONNECTIONS) as world:
        world.serve(world.route(fallback=("GET", "POST")), WEIGHT)
        for label, (breakage, statuses) in BREAKAGES.items():
            mark, log = world.metrics.mark(ROUTE), _size(world)
            with Load(Order(world.address, label, method="POST", connections=CONNECTIONS)) as load:
                time.sleep(_BEFORE_S)
                with breakage(world):
                    time.sleep(_BROKEN_S)
                time.sleep(_AFTER_S)
            time.sleep(_LOG_S)  # Envoy writes its log five times a second
            outcome, (legacy, canary) = load.outcome, world.since(mark)
            tries = _tries(world, log)
            fallbacks = outcome.sides.get("fallback", 0)
            shown = f"{dict(outcome.sides)}, tries {dict(sorted(tries.items()))}"
            yield Figure(NAME, f"{label}: requests", len(outcome.sent), detail=shown)
            yield Figure(
                NAME, f"{label}: tries that ended {'/'.join(statuses)}", sum(tries[each] for each in statuses), ">=", 1
            )
            yield Figure(NAME, f"{label}: failed for a client", len(outcome.failed), "=", 0, detail=outcome.reasons())
            yield Figure(NAME, f"{label}: counted as failures of the canary", canary.first_try_errors, "=", fallbacks)
            yield Figure(
                NAME,
                f"{label}: counted as tries of the canary",
                canary.requests,
                "=",
                fallbacks + outcome.sides.get("canary", 0),
            )
            yield Figure(NAME, f"{label}: counted as calls of legacy", legacy.requests, "=", outcome.sides["legacy"])
            yield from figures_of(
                NAME, label, Executions(outcome, world.legacy.executed(label), world.canary.executed(label))
            )


def _size(world: World) -> int:
    return (world.folder / "envoy" / "tries.log").stat().st_size


def _tries(world: World, since: int) -> Counter[str]:
    """The statuses that the canary's tries ended with."""
    with (world.folder / "envoy" / "tries.log").open("rb") as file:
        file.seek(since)
        return Counter(str(json.loads(line)["status"]) for line in file)
