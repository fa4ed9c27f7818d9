"""Between which times a quantile lies, at all times at once: for the report.

In: answers by bucket. Out: an interval in milliseconds that holds the true quantile at every look together, with a
chance of at least 1 - level. No gate rests on it.

S. Howard and A. Ramdas, "Sequential estimation of quantiles with applications to A/B testing and best-arm
identification", Bernoulli 28 (2022): of n answers, the number that is not above the true q-quantile is a sum of n
Bernoulli(q) variables, and a beta-binomial mixture bounds it for all n at once; the bounds on that number are the ranks
between which the quantile lies. For answers that are independent of each other and stay alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf, lgamma, log, log1p

from migrator.rollout.statistics.buckets import bound_ms

TUNED_FOR = 100
"""Answers whose share has the spread of the mixture. At a level of 5 % the interval for the 95th percentile is then 2.9
standard errors to either side at 250 answers, 3.0 at 1,000, 3.3 at 16,000; for a single look it would be 2.0."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Times in milliseconds; `high_ms` is infinite while too few answers lie above."""

    low_ms: float
    high_ms: float


def interval(counts: Mapping[int, int], quantile: float, level: float = 0.05) -> Interval:
    """Where the quantile lies.

    Args:
        counts: answers by bucket, as in `buckets`.
        quantile: strictly between 0 and 1.
        level: chance that the interval ever misses the true quantile.
    """
    answers = sum(counts.values())
    fewest, most = ranks(answers, quantile, level)
    low, high, below = 0.0, inf, 0
    for number in sorted(counts):
        if below < fewest <= below + counts[number]:
            low = bound_ms(number - 1) if number > 0 else 0.0
        if below <= most < below + counts[number]:
            high = bound_ms(number)
        below += counts[number]
    return Interval(low, high)


def ranks(answers: int, quantile: float, level: float) -> tuple[int, int]:
    """The fewest and the most of so many answers that may lie at or below the true quantile."""
    a, b = TUNED_FOR * quantile, TUNED_FOR * (1 - quantile)
    limit = log(1 / level)

    def believed(rank: int) -> bool:
        mixed = _log_beta(rank + a, answers - rank + b) - _log_beta(a, b)
        return mixed - rank * log(quantile) - (answers - rank) * log1p(-quantile) < limit

    middle = min(answers, round(answers * quantile))
    return _edge(middle, 0, believed), _edge(middle, answers, believed)


def _edge(inside: int, end: int, believed: Callable[[int], bool]) -> int:
    """The last rank towards `end` that is believed: beyond it, none is."""
    if believed(end):
        return end
    outside = end
    while abs(outside - inside) > 1:
        middle = (inside + outside) // 2
        if believed(middle):
            inside = middle
        else:
            outside = middle
    return inside


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)
