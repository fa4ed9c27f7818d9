"""What each part of the product's Envoy costs: the same load with the part and without it, before an instant server; and
what would be saved by something else in its place.

In: a folder. Out: microseconds of the median, and of processor time, that go with the part. Negative ones are noise, which
the spread shows; processor time has less of it, since it does not count what other programs take.
"""

from __future__ import annotations

import contextlib
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.router_load.envoys.parts import INSTEAD, PARTS
from tools.router_load.envoys.running import Sides, running_answering, running_by_hand, running_product
from tools.router_load.figures import Figure
from tools.router_load.interleaved import Window, medians, rounds_of

NAME = "parts"
ROUNDS, SECONDS, CONNECTIONS, RATE = 20, 3.0, 4, 40
WHOLE, BY_HAND = "whole", "by hand"
_SHARES = {"legacy's share": 0, "the canary's share": 100}


def check(folder: Path, *, rounds: int = ROUNDS) -> Iterator[Figure]:
    """Take out one after the other.

    Args:
        rounds: of each part; at least 2.
    """
    with running_answering(folder / "instant") as instant:
        for share, weight in _SHARES.items():
            sides = Sides(instant.url, instant.url, weight)
            with contextlib.ExitStack() as stack:
                envoys = {WHOLE: stack.enter_context(running_product(folder / f"{weight}-whole", sides))}
                for number, (name, edit) in enumerate({**PARTS, **INSTEAD}.items()):
                    envoys[name] = stack.enter_context(running_product(folder / f"{weight}-{number}", sides, edit))
                envoys[BY_HAND] = stack.enter_context(running_by_hand(folder / f"{weight}-by-hand", sides, log=False))
                found = rounds_of(envoys, rounds=rounds, seconds=SECONDS, rate=RATE, connections=CONNECTIONS)
            whole = found[WHOLE]
            yield Figure(NAME, f"{share}: a call of the whole", _middle(whole, "p50"), unit="ms", detail=medians(whole))
            for name, windows in found.items():
                if name != WHOLE:
                    yield _cost(f"{share}: {'without ' if name in PARTS else ''}{name}", whole, windows)


def _middle(windows: Sequence[Window], name: str) -> float:
    return round(float(statistics.median(getattr(each, name) for each in windows)), 3)


def _cost(label: str, whole: Sequence[Window], without: Sequence[Window]) -> Figure:
    """What the whole takes more, each window beside that of the same round."""
    pairs = list(zip(whole, without, strict=True))
    used = statistics.quantiles([one.processor_us - other.processor_us for one, other in pairs], n=4)
    later = statistics.quantiles([(one.p50 - other.p50) * 1000 for one, other in pairs], n=4)
    shown = f"quartiles {used[0]:.0f} to {used[2]:.0f}; p50 {later[1]:.0f}, quartiles {later[0]:.0f} to {later[2]:.0f}"
    return Figure(NAME, f"{label}, saved", round(used[1], 1), unit="µs", detail=shown)
