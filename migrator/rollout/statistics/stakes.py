"""Bets of which a part is held back, to be placed when a fault is most likely to begin.

In: bets, what each has won, the moments at which the weight is raised. Out: the bets after it. What is bet on is the tests'.

A fault may come late, and by then a bet that was placed at the start has lost in proportion to all the requests that were in
order. So half of what is there is held back. With each block a little of it is placed (`mixture.AT_ONCE` says why), and half
of what is left when the weight is raised: faults come with traffic. Placed then, a bet costs a fault that comes with the k-th
raise ln(2^(k + 1)), and one that comes at any other time some ln(2) more than by the slow placing alone. A fixed rule for
placing is as good as any other as far as validity goes: what is placed does not know what comes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import e, log

from migrator.rollout.statistics.mixture import AT_ONCE, NOTHING, ODDS, log_sum

HELD_BACK = 0.5
"""Of the stakes, once a canary was shown within the margin."""


@dataclass(frozen=True, slots=True)
class Stakes:
    """What is bet, and what is held back, in parts of the whole.

    Attributes:
        bets: ln of each bet's worth, in the order of `mixture.ODDS`.
        reserve: what is not placed yet; the same for every bet.
        blocks: how many there were since the slow placing began.
    """

    bets: tuple[float, ...] = NOTHING
    reserve: float = 1 - AT_ONCE
    blocks: int = 0


def anew() -> Stakes:
    """Stakes from which nothing was won or lost yet, half of them held back."""
    return Stakes((log(1 - HELD_BACK),) * len(ODDS), HELD_BACK)


def after(before: Stakes, gains: Iterable[float]) -> Stakes:
    """What is there after a block.

    Args:
        gains: ln of each likelihood ratio of the block.
    """
    bets, reserve = before.bets, before.reserve
    if before.blocks:
        placed = reserve * (1 - log(before.blocks - 1 + e) / log(before.blocks + e))
        bets, reserve = _placed(bets, placed), reserve - placed
    return Stakes(tuple(bet + gain for bet, gain in zip(bets, gains, strict=True)), reserve, before.blocks + 1)


def raised(before: Stakes) -> Stakes:
    """What is there when the weight is raised."""
    placed = before.reserve / 2
    return replace(before, bets=_placed(before.bets, placed), reserve=before.reserve - placed, blocks=0)


def _placed(bets: tuple[float, ...], part: float) -> tuple[float, ...]:
    return tuple(log_sum((bet, log(part))) for bet in bets)
