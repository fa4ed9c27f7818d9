"""One side's failures against a rate that is known, and the highest rate that a side's record still allows.

In: failures and requests of one side. Out: logarithms of likelihood ratios, and a bound that holds at all times.

Both rest on requests that fail independently of each other, at a rate that is at most the known one, or that stays.
"""

from __future__ import annotations

from math import exp, lgamma, log, log1p

_PRIOR = (0.5, 50.0)
"""Beta distribution over the rate of a side that is on record: production fails rarely. Costs width where it is
wrong, never validity."""

_BISECTIONS = 60
"""Halvings of an interval of at most 1: beyond a double's 53 bits."""


def log_ratio(failures: int, requests: int, null: float, log_odds: float) -> float:
    """The likelihood of a rate whose odds are `exp(log_odds)` times those of `null`, against that of `null`.

    A. Wald, "Sequential tests of statistical hypotheses", Ann. Math. Statist. 16 (1945). The ratio grows with the
    failures, so for every rate below `null` its expectation is below 1 as well.

    Args:
        null: rate, strictly between 0 and 1.
    """
    # q = odds * p / (1 - p + odds * p), so q/p = odds / (1 + (odds - 1) p) and (1 - q)/(1 - p) = 1 / (the same).
    return failures * log_odds - requests * log1p((exp(log_odds) - 1) * null)


def highest_rate(failures: int, requests: int, level: float) -> float:
    """The highest rate that the record allows, after however many requests one looks.

    The beta-binomial mixture of H. Robbins (1970), as in S. Howard, A. Ramdas, J. McAuliffe and J. Sekhon,
    "Time-uniform, nonparametric, nonasymptotic confidence sequences", Ann. Statist. 49 (2021), section 3.

    Args:
        level: the chance that a side whose rate stays ever has a higher one than this function says.

    Returns:
        A rate from the record's own up to 1; 1 where nothing is on record.
    """
    if not requests:
        return 1.0
    a, b = _PRIOR
    mixed = _log_beta(failures + a, requests - failures + b) - _log_beta(a, b)
    low, high = failures / requests, 1.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if not 0 < middle < 1:
            break
        if mixed - failures * log(middle) - (requests - failures) * log1p(-middle) < log(1 / level):
            low = middle
        else:
            high = middle
    return high


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)
