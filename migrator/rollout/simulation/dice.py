"""Draws counts: binomial and Poisson, by Python's own generator.

In: a generator. Out: whole numbers. Small means are drawn exactly, one event after another; large ones by the normal
distribution, which from 50 on is off by less than the draw itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, log, log1p, sqrt
from random import Random

_LARGE = 50.0


def binomial(dice: Random, tries: int, share: float) -> int:
    """How many of so many tries succeed."""
    if tries <= 0 or share <= 0:
        return 0
    if share > 0.5:
        return tries - binomial(dice, tries, 1 - share)
    mean = tries * share
    if mean > _LARGE:
        return min(max(round(dice.gauss(mean, sqrt(mean * (1 - share)))), 0), tries)
    # The waits between successes are geometric.
    found, at, log_miss = 0, 0, log1p(-share)
    while True:
        at += int(log(1 - dice.random()) / log_miss) + 1
        if at > tries:
            return found
        found += 1


def poisson(dice: Random, mean: float) -> int:
    """How many events come where so many are expected."""
    if mean <= 0:
        return 0
    if mean > _LARGE:
        return max(round(dice.gauss(mean, sqrt(mean))), 0)
    limit, product, found = exp(-mean), dice.random(), 0
    while product > limit:
        product, found = product * dice.random(), found + 1
    return found


def multinomial(dice: Random, tries: int, shares: Sequence[tuple[int, float]]) -> Mapping[int, int]:
    """How many of the tries fall to each number, by its share; only those to which some fall."""
    found: dict[int, int] = {}
    left, remaining = tries, sum(share for _, share in shares)
    for number, share in shares:
        if left <= 0 or remaining <= 0:
            break
        hits = binomial(dice, left, min(share / remaining, 1.0))
        if hits:
            found[number] = hits
        left, remaining = left - hits, remaining - share
    return found
