"""Several Envoys under the same load, one after the other, again and again.

In: addresses by label, and the load. Out: the quantiles of each window, by round. What a busy machine does for a while
so meets all of them, and each round is a comparison of its own.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tools.router_load.loads import send_all
from tools.router_load.sending import Order


@dataclass(frozen=True, slots=True)
class Window:
    """One load on one Envoy, in milliseconds.

    Attributes:
        p50: from sending to the whole answer.
        p99: from when a request was due: what a stall kept waiting is in it.
        bad: requests that were lost or failed.
    """

    p50: float
    p99: float
    bad: int


def rounds_of(
    addresses: Mapping[str, str], *, rounds: int, seconds: float, rate: float, connections: int
) -> Mapping[str, Sequence[Window]]:
    """The windows of each Envoy, by round; whoever was first is last in the next round."""
    found: dict[str, list[Window]] = {label: [] for label in addresses}
    labels = list(addresses)
    for number in range(-1, rounds):
        for label in (*labels[number % len(labels) :], *labels[: number % len(labels)]):
            outcome = send_all(
                Order(addresses[label], f"r{number}", connections=connections, rate=rate, seconds=seconds)
            )
            if number >= 0:  # the first round only opens connections
                found[label].append(
                    Window(outcome.service_ms(0.5), outcome.waited_ms(0.99), len(outcome.lost) + len(outcome.failed))
                )
    return found


@dataclass(frozen=True, slots=True)
class Comparison:
    """One Envoy beside another over the same rounds.

    Attributes:
        ratios: of the medians, in order of size.
    """

    ratios: Sequence[float]

    @classmethod
    def of(cls, one: Sequence[Window], other: Sequence[Window]) -> Comparison:
        """Each window beside the other's of the same round."""
        return cls(sorted(mine.p50 / its.p50 for mine, its in zip(one, other, strict=True)))

    @property
    def median(self) -> float:
        """The middle of the ratios."""
        return statistics.median(self.ratios)

    def spread(self) -> str:
        """How the ratios lie, for people."""
        low, _, high = statistics.quantiles(self.ratios, n=4)
        return f"quartiles {low:.3f} to {high:.3f}, all {self.ratios[0]:.3f} to {self.ratios[-1]:.3f}"


def median_ms(windows: Sequence[Window]) -> str:
    """The medians of a run's quantiles, for people."""
    p50, p99 = (statistics.median(getattr(each, name) for each in windows) for name in ("p50", "p99"))
    return f"p50 {p50:.3f} ms, p99 {p99:.2f} ms"
