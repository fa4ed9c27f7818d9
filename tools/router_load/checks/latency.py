"""What the product's Envoy adds to a call, beside one that a person wrote: ten interleaved rounds of each kind.

In: a folder. Out: the median ratio of the medians, by who answers. With legacy under its WSGI server and the Lambda
front behind it the bound holds; with a server that answers at once the same difference is shown undiluted.
"""

from __future__ import annotations

import contextlib
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.router_load.envoys.running import Sides, running_answering, running_by_hand, running_product
from tools.router_load.figures import Figure
from tools.router_load.interleaved import Comparison, medians, rounds_of
from tools.router_load.world import front_server, legacy_server

NAME = "latency"
ROUNDS, SECONDS, CONNECTIONS = 10, 3.0, 4
MOST_RATIO = 1.05
PRODUCT, BY_HAND, BY_HAND_LOG = "product", "by hand", "by hand, access log"


@dataclass(frozen=True, slots=True)
class Case:
    """Who answers.

    Attributes:
        weight: percent to the canary.
        instant: by a server that costs next to nothing; there is no bound then.
        rate: requests a second, of each Envoy.
    """

    label: str
    weight: int
    instant: bool
    rate: float


CASES = (
    Case("legacy's share, waitress", 0, False, 100),
    Case("the canary's share, Lambda front", 100, False, 40),
    Case("legacy's share, instant server", 0, True, 200),
    Case("the canary's share, instant server", 100, True, 200),
)


def check(folder: Path, *, rounds: int = ROUNDS, seconds: float = SECONDS) -> Iterator[Figure]:
    """Compare.

    Args:
        rounds: of each case; at least 2.
        seconds: of each round.
    """
    with contextlib.ExitStack() as stack:
        legacy, front = legacy_server(folder), front_server(folder)
        for server, arguments in ((legacy, ()), (front, (str(CONNECTIONS),))):
            stack.callback(server.stop)
            server.start(*arguments)
        instant = stack.enter_context(running_answering(folder / "instant"))
        for number, case in enumerate(CASES):
            sides = Sides(*((instant.url, instant.url) if case.instant else (legacy.url, front.url)), case.weight)
            yield from _compared(folder / str(number), case, sides, rounds, seconds)


def _compared(folder: Path, case: Case, sides: Sides, rounds: int, seconds: float) -> Iterator[Figure]:
    with (
        running_product(folder / "product", sides) as product,
        running_by_hand(folder / "by-hand", sides, log=False) as by_hand,
        running_by_hand(folder / "by-hand-log", sides, log=True) as by_hand_log,
    ):
        found = rounds_of(
            {BY_HAND: by_hand, PRODUCT: product, BY_HAND_LOG: by_hand_log},
            rounds=rounds,
            seconds=seconds,
            rate=case.rate,
            connections=CONNECTIONS,
        )
    for label, windows in found.items():
        p99 = statistics.median(each.p99 for each in windows)
        yield Figure(NAME, f"{case.label}: {label}, p99", round(p99, 3), unit="ms", detail=medians(windows))
        yield Figure(NAME, f"{case.label}: {label}, lost or failed", sum(each.bad for each in windows), "=", 0)
    for other in (BY_HAND, BY_HAND_LOG):
        compared = Comparison.of(found[PRODUCT], found[other])
        yield Figure(
            NAME,
            f"{case.label}: p50 beside {other}",
            round(compared.median, 3),
            "" if case.instant else "<=",
            MOST_RATIO,
            detail=compared.spread(),
        )
