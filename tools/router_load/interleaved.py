"""Several Envoys under the same load at the same time, request by request.

In: Envoys by label, and the load. Out: the quantiles of each window, by round, and what a call cost the processor. Each
connection of the load asks all of them one after the other, each time in another order: whatever the machine does
meanwhile meets all of them alike.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tools.router_load.envoys.running import Running
from tools.router_load.loads import send_all
from tools.router_load.sending import Order


@dataclass(frozen=True, slots=True)
class Window:
    """One round of one Envoy; times in milliseconds.

    Attributes:
        p50: from sending to the whole answer.
        p99: from when a request was due: what a stall kept waiting is in it.
        processor_us: time that Envoy's threads ran, a call: what it costs, whatever else the machine does.
        bad: requests that were lost or failed.
    """

    p50: float
    p99: float
    processor_us: float
    bad: int


def rounds_of(
    envoys: Mapping[str, Running], *, rounds: int, seconds: float, rate: float, connections: int
) -> Mapping[str, Sequence[Window]]:
    """The windows of each Envoy, by round.

    Args:
        seconds: of a round.
        rate: requests a second for each Envoy; 0 for as fast as they are answered.
    """
    found: dict[str, list[Window]] = {label: [] for label in envoys}
    first, *others = (envoy.address for envoy in envoys.values())
    for number in range(-1, rounds):
        before = [envoy.processor_us() for envoy in envoys.values()]
        outcome = send_all(
            Order(
                first,
                f"r{number}",
                others=tuple(others),
                connections=connections,
                rate=rate * len(envoys),
                seconds=seconds,
            )
        )
        for place, (label, envoy) in enumerate(envoys.items()):
            used, one = envoy.processor_us() - before[place], outcome.of(place)
            if number >= 0:  # the round before the first one only opens connections
                found[label].append(
                    Window(
                        one.service_ms(0.5),
                        one.waited_ms(0.99),
                        used / max(1, len(one.sent)),
                        len(one.lost) + len(one.failed),
                    )
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


def medians(windows: Sequence[Window]) -> str:
    """The medians of all windows, for people."""
    p50, used = (statistics.median(getattr(each, name) for each in windows) for name in ("p50", "processor_us"))
    return f"p50 {p50:.3f} ms, {used:.0f} µs of processor a call"
