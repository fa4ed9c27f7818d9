"""A simulated rollout as lines of plain text.

In: events, and what the rollout came to. Out: lines. Where they go is the command's.
"""

from __future__ import annotations

from collections.abc import Iterator

from migrator.domain.simulations import SimulatedEvent, SimulatedRollout
from migrator.rollout.times import span

_UNITS = ((86_400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def event_line(event: SimulatedEvent) -> str:
    """One event: how long after the beginning, where the rollout stands, the live weight, the reason."""
    phase = event.phase.value if event.phase is not None else "fault"
    return f"{_after(event.after_s):>12}  {phase:<17}  {event.weight:>5g} %  {event.reason}"


def end_lines(seen: SimulatedRollout) -> Iterator[str]:
    """What it came to."""
    how = f"ended {seen.end}" if seen.ended else f"was still {seen.end}, and not at its end,"
    yield f"the rollout of {seen.route} {how} after {span(seen.lasted_s)}, with {seen.weight:g} % live"
    yield f"canary: {seen.canary_requests:,} requests, {_failed(seen.canary_failed, seen.canary_requests)}"
    yield f"legacy: {seen.legacy_requests:,} requests, {_failed(seen.legacy_failed, seen.legacy_requests)}"


def _failed(failed: int, requests: int) -> str:
    return f"{failed:,} of them failed at the first try" + (f" ({failed / requests:.2%})" if requests else "")


def _after(seconds: float) -> str:
    """The two largest units of a time: `+1d 4h`."""
    left, parts = round(seconds), []
    for size, unit in _UNITS:
        if left >= size:
            parts.append(f"{left // size}{unit}")
            left %= size
    return "+" + (" ".join(parts[:2]) or "0s")
