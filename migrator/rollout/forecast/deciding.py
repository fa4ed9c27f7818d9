"""What the gates' tests gain by one request of the canary, and how far each has to go.

In: the rates of both sides, the weight, a test. Out: canary requests until it decides, at the median and the 99th
percentile. Ratios come from the engine's own functions (`rollout.statistics`); only mean and variance are added up here.

A mixture of bets is at the threshold no later than its best bet alone, so the best one's figure is told: rather too late
than too early. Bets that were placed before a fault began have lost what the good requests cost them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import exp, inf, log, log1p, sqrt

from migrator.rollout.forecast.walks import HIGH, MEDIAN, Walk, passage
from migrator.rollout.statistics import pairs, rates, worse
from migrator.rollout.statistics.blocks import SMALLEST
from migrator.rollout.statistics.budget import BudgetTest
from migrator.rollout.statistics.counts import Increment
from migrator.rollout.statistics.mixture import AT_ONCE, LOG_ODDS, LOG_PRIOR, kept, log_sum
from migrator.rollout.statistics.pairs import LEAST
from migrator.rollout.statistics.stakes import HELD_BACK
from migrator.rollout.statistics.within import STRENGTH, WithinTest

_FINE = 1_000_000
"""Requests of a block whose counts round a weight to 0.0001 %."""

_SLOW = 2.33
"""Standard deviations above the mean of which one in a hundred is."""

_LEARNING = 4
"""What is expected at a quarter of the way stands for all of it: the beginning, when it is farthest off, costs most. With 4
the simulated figures are met best."""

LEFT = 0.2
"""The part of the level that is at stake once a canary like legacy was shown within the margin; simulated, 0.13 to 0.30."""

_ROUNDS = 8
"""Of taking the expectation on the way and finding out how long the way is; it settles within a few."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Who answers how, and how much of it.

    Attributes:
        legacy, canary: share that fails, 0 to 1.
        weight: share of the requests that is the canary's, above 0 and up to 1.
    """

    legacy: float
    canary: float
    weight: float


@dataclass(frozen=True, slots=True)
class Need:
    """Canary requests until a test decides; infinite where it never does.

    Attributes:
        median: half of all rollouts are there.
        high: 99 of 100 are.
    """

    median: float
    high: float


NEVER = Need(inf, inf)


def to_find_worse(sides: Sides, level: float, before: float = 0.0) -> Need:
    """Until a canary that was not yet shown within the margin is found worse.

    Args:
        before: requests of both sides that were in order before the fault began.
    """
    if sides.weight >= 1:
        return NEVER
    good = Sides(sides.legacy, sides.legacy, sides.weight)
    a_block = sides.weight * SMALLEST
    return _best(
        (
            walk := _worse_walk(sides, bet),
            _distance(level * worse.PAIRED, prior, walk.mean * a_block, _worse_walk(good, bet).mean * a_block, before),
        )
        for bet, prior in zip(LOG_ODDS, LOG_PRIOR, strict=True)
    )


def to_find_beyond(sides: Sides, level: float, margin: float, before: float = 0.0, raises: int = 0) -> Need:
    """Until a canary that was shown within the margin before is found beyond it.

    Args:
        raises: how often the weight was raised since it was shown; the fault begins with the last one. 0 for a fault that
            begins at any other time.
    """
    if sides.weight >= 1:
        return NEVER
    a_block = sides.weight * SMALLEST
    return _best(
        (walk, _late_distance(level, prior, walk.mean * a_block, usual.mean * a_block, before, raises))
        for prior, (walk, usual) in zip(LOG_PRIOR, _beyond_walks(sides, margin), strict=True)
    )


def to_show_within(sides: Sides, test: WithinTest) -> Need:
    """Until a canary is shown within the margin."""
    if sides.weight >= 1:
        return NEVER
    distance = log(1 / test.level)
    return Need(*(_shown(share, distance, sides, test) for share in (MEDIAN, HIGH)))


def to_find_overspent(share: float, test: BudgetTest) -> Need:
    """Until a canary of which so large a share is of the costly kind is found to be over its budget."""
    if share <= 0:
        return NEVER
    # The free ones are used up when so many were of the kind: a sum of geometric waits.
    free = test.free / share
    slow = free + _SLOW * sqrt(test.free * (1 - share)) / share
    found = _best(
        (_budget_walk(share, test.share, bet), log(1 / test.level) - prior - log(AT_ONCE))
        for bet, prior in zip(LOG_ODDS, LOG_PRIOR, strict=True)
    )
    return Need(found.median + free, found.high + slow)


def to_find_alone(
    canary: float, test: worse.WorseTest, record: Sides, before: float, margin: float, raises: int = 0
) -> Need:
    """Until a canary that was shown within the margin is found beyond it while legacy is silent.

    It is held against the highest rate that legacy's record allows, and the margin on top of it.

    Args:
        canary: share that fails, 0 to 1.
        record: how legacy answered before, and at which weight.
        before: requests of both sides on record.
        raises: as in `to_find_beyond`.
    """
    asked = round(before * (1 - record.weight))
    failed = round(asked * record.legacy)
    null = worse.allowed_rate(worse.Suspicion(legacy_requests=asked, legacy_failures=failed), test)
    if not 0 < null + margin < 1:
        return NEVER
    return _best(
        (
            walk := _budget_walk(canary, null + margin, bet),
            _late_distance(
                test.level, prior, walk.mean * SMALLEST, usual.mean * record.weight * SMALLEST, before, raises
            ),
        )
        for bet, prior, (_, usual) in zip(LOG_ODDS, LOG_PRIOR, _beyond_walks(record, margin), strict=True)
    )


def is_silent(weight: float) -> bool:
    """Whether legacy is asked too seldom at a weight, as a share, to be compared with."""
    return (1 - weight) * worse.SILENT < 1


def _best(walks: Iterable[tuple[Walk, float]]) -> Need:
    listed = list(walks)
    return Need(*(min(passage(share, distance, walk) for walk, distance in listed) for share in (MEDIAN, HIGH)))


def _worse_walk(sides: Sides, bet: float) -> Walk:
    """A failure is the canary's with a chance that its odds raise; how often one comes is a Poisson's."""
    together = sides.weight * sides.canary + (1 - sides.weight) * sides.legacy
    if not together:
        return Walk(0.0, 0.0)
    part = sides.weight * sides.canary / together
    mean = part * bet - log(1 - sides.weight + sides.weight * exp(bet))
    a_request = together / sides.weight
    return Walk(a_request * mean, a_request * (part * (1 - part) * bet**2 + mean**2))


def _pair_walk(sides: Sides, expected: float, margin: float) -> Walk:
    """The ratio is linear in the failures, so three blocks say what each kind of answer adds."""
    canary = max(round(sides.weight * _FINE), 1)
    legacy = max(_FINE - canary, 1)
    usual = min(max(sides.legacy, LEAST), 1 - margin - LEAST)

    def ratio(failed: int, legacy_failed: int) -> float:
        return pairs.log_ratio(Increment(canary, failed, legacy, legacy_failed), expected, usual, margin)

    base = ratio(0, 0)
    a_failure, of_legacy = ratio(1, 0) - base, ratio(0, 1) - base
    beside = legacy / canary
    return Walk(
        base / canary + sides.canary * a_failure + beside * sides.legacy * of_legacy,
        sides.canary * (1 - sides.canary) * a_failure**2 + beside * sides.legacy * (1 - sides.legacy) * of_legacy**2,
    )


def _beyond_walks(sides: Sides, margin: float) -> Iterator[tuple[Walk, Walk]]:
    """Of each bet on "beyond the margin": what it gains, and what it would if the canary were like legacy."""
    legacy = max(sides.legacy, LEAST)
    worst = (legacy + margin) / max(1 - legacy - margin, LEAST)
    good = Sides(sides.legacy, sides.legacy, sides.weight)
    for bet in LOG_ODDS:
        expected = 1 - 1 / (1 + worst * exp(bet))
        yield _pair_walk(sides, expected, margin), _pair_walk(good, expected, margin)


def _budget_walk(share: float, budget: float, bet: float) -> Walk:
    base = rates.log_ratio(0, 1, budget, bet)
    return Walk(share * bet + base, share * (1 - share) * bet**2)


def _shown(share: float, distance: float, sides: Sides, test: WithinTest) -> float:
    """What is expected of the canary moves from the beginning's to what is seen; that of one place on the way counts for all."""
    legacy = max(sides.legacy, LEAST)
    highest = legacy + 0.999 * test.margin if test.margin else 0.999 * legacy
    requests = 0.0
    for _ in range(_ROUNDS):
        seen = requests / _LEARNING
        expected = (sides.canary * seen + STRENGTH * test.expected * legacy) / (seen + STRENGTH)
        walk = _pair_walk(sides, min(max(expected, LEAST / 2), highest), test.margin)
        requests = passage(share, distance, walk)
        if requests == inf and seen:
            return inf
        if requests == inf:
            requests = STRENGTH
    return requests


def _distance(level: float, log_prior: float, gained: float, lost: float, before: float) -> float:
    """How far a bet is from the threshold when a fault begins.

    Args:
        gained: by a block of the fault.
        lost: by a block in which all was in order, below 0.
        before: requests that were in order.
    """
    return log(1 / level) - log_prior - _worth(gained, lost, before / SMALLEST)


def _late_distance(level: float, log_prior: float, gained: float, lost: float, before: float, raises: int) -> float:
    """The same of a bet on "beyond", once the canary was shown within the margin (`statistics.stakes`)."""
    reserve = HELD_BACK / 2**raises
    worth = _worth(gained, lost, before / SMALLEST, HELD_BACK)
    if raises:
        # As much as is left is what was placed with the raise.
        worth = log_sum((worth, log(reserve)))
    return log(1 / (level * LEFT)) - log_prior - worth


def _worth(gained: float, lost: float, blocks: float, held_back: float = 1 - AT_ONCE) -> float:
    """ln of what a bet is worth: what was placed at once, what little was placed of late, and what is placed meanwhile.

    With each block about as much is placed. Of what came before the fault a geometric part is left; of what comes after
    its beginning the same holds backwards, seen from the end.
    """
    at_once = log(1 - held_back) + lost * max(blocks, 0.0)
    if blocks < 1:
        return log(1 - held_back)
    if lost >= 0:
        return at_once
    placed = log((kept(int(blocks) - 1) - kept(int(blocks))) * held_back / (1 - AT_ONCE))
    late = placed - log1p(-exp(lost))
    meanwhile = placed - log1p(-exp(-gained)) if gained > 0 else late
    return log_sum((at_once, late, meanwhile))
