"""The times between which answers are counted, and the threshold that a latency gate compares at.

In: a time, or legacy's counts by bucket. Out: bounds in milliseconds. Who counts is left to the metric sources.

Bounds lie a tenth apart (0.1 ms * 1.1^k), as the steps of the seam's figures do: a quantile is known to 10 % wherever it
lies. A threshold is a bound, so that counts above it are exact. It is snapped downwards: more answers lie above it then,
and a test of shares has more to see; which one is taken costs power and never validity, as both sides are counted above
the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, floor, log

FIRST_MS = 0.1
STEP = 1.1

_ROUNDING = 1e-9
"""A bound's own logarithm may come out a little below its number."""

FEWEST = 20
"""Answers below which a 95th percentile is the slowest one or nearly so, and is not told."""

ENOUGH_BEYOND = 20
"""Legacy answers above a quantile before it is frozen: its share is then known to about a fifth."""


def bound_ms(number: int) -> float:
    """The upper bound of a bucket: 0.1 ms * 1.1^number. Bucket 0 holds all up to 0.1 ms."""
    return FIRST_MS * STEP**number


def snapped(time_ms: float) -> int:
    """The number of the highest bound that is not above a time; 0 for shorter ones."""
    return max(0, floor(log(max(time_ms, FIRST_MS) / FIRST_MS) / log(STEP) + _ROUNDING))


def number_of(time_ms: float) -> int:
    """The bucket that a time lies in: bounds belong to the bucket below them."""
    return max(0, ceil(log(max(time_ms, FIRST_MS) / FIRST_MS) / log(STEP) - _ROUNDING))


def quantile_ms(counts: Mapping[int, int], quantile: float) -> float | None:
    """The upper bound of the bucket that a quantile (nearest rank) lies in; None with fewer than `FEWEST` answers."""
    answers = sum(counts.values())
    if answers < FEWEST:
        return None
    rank = ceil(quantile * answers)
    for number in sorted(counts):
        rank -= counts[number]
        if rank <= 0:
            return bound_ms(number)
    return None


def steps_within(ratio: float) -> int:
    """How many bounds further the highest one lies that is not more than `ratio` away: 1 for 1.2, 4 for 1.5.

    Showing that a canary is within 1.1 shows that it is within 1.2.
    """
    return max(0, floor(log(ratio) / log(STEP) + _ROUNDING))


def frozen(counts: Mapping[int, int], quantile: float) -> int | None:
    """The threshold of a gate: the bound below legacy's quantile.

    Args:
        counts: legacy's answers by bucket; bucket k holds times above bound k - 1 and up to bound k.
        quantile: 0.95 for the 95th percentile.

    Returns:
        The number of the bound at or just below the quantile; None with fewer than `ENOUGH_BEYOND` answers above it.
    """
    answers = sum(counts.values())
    if answers * (1 - quantile) < ENOUGH_BEYOND - _ROUNDING:
        return None
    above = 0
    for number in sorted(counts, reverse=True):
        above += counts[number]
        if above > answers * (1 - quantile) + _ROUNDING:
            return max(0, number - 1)
    return None


def above(counts: Mapping[int, int], bound: int) -> int:
    """How many answers took longer than a bound."""
    return sum(count for number, count in counts.items() if number > bound)
