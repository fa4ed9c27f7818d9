"""Whether more of the canary's requests are of a costly kind, such as cold starts, than a budget allows.

In: requests of the canary, and how many of them were of that kind. Out: the evidence that their share is above the
budget, as the ln of an e-value: for a share within it, the chance of ever reaching ln(1/level) is at most `level`.

Cold starts are a stratum of their own: their times are left out of the comparison of latencies, since legacy has
nothing like them, and here they have to answer for themselves. So a canary that is always cold, and of which hardly a
time is compared, is found within a few requests. The first ones after a weight was raised come together, because the
concurrency that is needed starts at once; so many are free.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log

from migrator.errors import InputError
from migrator.rollout.statistics import rates
from migrator.rollout.statistics.mixture import LOG_ODDS, NOTHING, grown, log_mean


@dataclass(frozen=True, slots=True)
class BudgetTest:
    """What is tested.

    Attributes:
        level: chance of ever finding a share above the budget that is not.
        share: the budget, strictly between 0 and 1.
        free: how many are not counted each time the weight is raised.
    """

    level: float
    share: float = 0.1
    free: int = 20


@dataclass(frozen=True, slots=True)
class Spending:
    """All that is kept between two looks: ln of each bet's worth, looks, the free ones left, the highest evidence."""

    bets: tuple[float, ...] = NOTHING
    looks: int = 0
    free: int = 0
    peak: float = 0.0


def raised(before: Spending, test: BudgetTest) -> Spending:
    """What is known when the weight has been raised (and at the start): the free ones are there again."""
    return replace(before, free=test.free)


def seen(before: Spending, requests: int, spent: int, test: BudgetTest) -> Spending:
    """What is known after a look with so many of the canary's requests, `spent` of them of the costly kind.

    Raises:
        InputError: counts that cannot be.
    """
    if not 0 <= spent <= requests:
        raise InputError(
            f"counts that cannot be: {spent} of {requests} requests",
            hint="a counter was reset between two looks: drop the look, and take a new mark",
        )
    forgiven = min(spent, before.free)
    gains = (rates.log_ratio(spent - forgiven, requests - forgiven, test.share, log_odds) for log_odds in LOG_ODDS)
    bets = grown(before.bets, gains, before.looks)
    return Spending(bets, before.looks + 1, before.free - forgiven, max(before.peak, log_mean(bets)))


def is_overspent(known: Spending, test: BudgetTest) -> bool:
    """Whether the evidence has reached 1/level at any look."""
    return known.peak >= log(1 / test.level)
