"""What each part of the product's Envoy costs: the same load with the part and without it, before an instant server.

In: a folder. Out: microseconds of the median that go with the part; negative ones are noise, which the spread shows.
"""

from __future__ import annotations

import contextlib
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.router_load.envoys.parts import PARTS
from tools.router_load.envoys.running import Sides, running_answering, running_by_hand, running_product
from tools.router_load.figures import Figure
from tools.router_load.interleaved import Window, rounds_of

NAME = "parts"
ROUNDS, SECONDS, CONNECTIONS, RATE = 10, 0.6, 4, 400
WHOLE, BY_HAND = "whole", "by hand"
_SHARES = {"legacy's share": 0, "the canary's share": 100}


def check(folder: Path, *, rounds: int = ROUNDS) -> Iterator[Figure]:
    """Take out one after the other.

    Args:
        rounds: of each part; at least 2.
    """
    with running_answering(folder / "instant") as instant:
        for share, weight in _SHARES.items():
            sides = Sides(instant, instant, weight)
            with contextlib.ExitStack() as stack:
                addresses = {WHOLE: stack.enter_context(running_product(folder / f"{weight}-whole", sides))}
                for number, (name, edit) in enumerate(PARTS.items()):
                    addresses[name] = stack.enter_context(running_product(folder / f"{weight}-{number}", sides, edit))
                addresses[BY_HAND] = stack.enter_context(
                    running_by_hand(folder / f"{weight}-by-hand", sides, log=False)
                )
                found = rounds_of(addresses, rounds=rounds, seconds=SECONDS, rate=RATE, connections=CONNECTIONS)
            whole = found[WHOLE]
            p50 = statistics.median(each.p50 for each in whole) * 1000
            yield Figure(NAME, f"{share}: p50 of the whole", round(p50), unit="µs")
            for name, windows in found.items():
                if name != WHOLE:
                    yield _cost(f"{share}: {name if name == BY_HAND else f'without {name}'}", whole, windows)


def _cost(label: str, whole: Sequence[Window], without: Sequence[Window]) -> Figure:
    saved = sorted((one.p50 - other.p50) * 1000 for one, other in zip(whole, without, strict=True))
    low, middle, high = statistics.quantiles(saved, n=4)
    return Figure(NAME, f"{label}, faster by", round(middle), unit="µs", detail=f"quartiles {low:.0f} to {high:.0f}")
