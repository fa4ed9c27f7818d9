"""Whether the canary fails more often than legacy, by a test that may be looked at after every request.

In: increments in the order of time. Out: the evidence that the canary is worse, as the ln of an e-value: if it is not,
the chance that this ever reaches ln(1/level) is at most `level` (J. Ville, Etude critique de la notion de collectif
(1939)). What follows from it is the gate's.

**While both sides answer.** Given the failures of a block (`blocks`), the canary's part of them has a known
distribution if both sides' odds are equal, and a stochastically smaller one if the canary's are lower (`odds`). So the
likelihood ratio of any higher ratio of odds, which grows with that part, has an expectation of at most 1, whatever was
seen before, whatever rate both sides share in this block, and however many requests it has: the evidence may be
multiplied block by block. What the canary's share of the requests was is in the block. So neither a weight that
drifts, nor trouble that both sides share, nor a batch that comes late can lead to a false alarm.

**While legacy is silent** (less than one request in fifty) there is nothing to compare with. What takes over is what
legacy did before: the highest rate that its record allows, at a small part of the level. That rests on legacy's rate
having stayed; nobody can tell a fault of the canary from trouble that both would have had. Where legacy was never
asked at all, it is taken to fail at most `ceiling` of its requests.

The parts' e-values are averaged, with weights that add up, together with the chance that the bound on legacy's rate
does not hold, to the level of the whole.

**Rests on:** within a block, which requests go to the canary has nothing to do with which would have failed. Sticky
callers whose requests fail together break that if they are few: then a caller is the unit to count, not a request.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from math import log

from migrator.rollout.statistics import odds, rates
from migrator.rollout.statistics.blocks import gathered
from migrator.rollout.statistics.counts import Increment
from migrator.rollout.statistics.mixture import LOG_ODDS, NOTHING, grown, log_mean, log_sum

PAIRED, ALONE, BOUND = 0.95, 0.025, 0.0125
"""Parts of the level: comparison with legacy, comparison with its record, and the record's own uncertainty; the rest is
for a canary beyond the margin (`within.BEYOND`). The first loses ln(1/0.95) = 0.05 by it; the others need two more
failures, and have all the traffic when they count."""

SILENT = 50
"""Legacy is silent in a block where fewer than one in this many requests are its own."""


@dataclass(frozen=True, slots=True)
class WorseTest:
    """What is tested.

    Attributes:
        level: chance of ever finding a canary worse that is not.
        tolerance: how many times legacy's odds of failing the canary's may be. With 1, a canary that is worse by
            ever so little is found once there are requests enough.
        ceiling: the highest rate at which a legacy side fails that was never asked, or None to assume nothing.
    """

    level: float
    tolerance: float = 1.0
    ceiling: float | None = 0.05


@dataclass(frozen=True, slots=True)
class Suspicion:
    """All that is kept between two looks.

    Attributes:
        pending: what is not yet a block.
        blocks: how many there were.
        paired: ln of each bet's worth (`mixture.ODDS`), from blocks with both sides.
        alone: the same from blocks in which legacy was silent.
        legacy_requests, legacy_failures: legacy's record.
        peak: the highest ln of the evidence at any look.
    """

    pending: Increment = field(default_factory=Increment)
    blocks: int = 0
    paired: tuple[float, ...] = NOTHING
    alone: tuple[float, ...] = NOTHING
    legacy_requests: int = 0
    legacy_failures: int = 0
    peak: float = 0.0


def seen(before: Suspicion, look: Increment, test: WorseTest) -> Suspicion:
    """What is known after a look. The same looks in the same order give the same bits.

    The order within a block makes no difference. That of blocks makes a small one: each bet is worth what it would be
    without it, and a little more for blocks that come later (`mixture.AT_ONCE`).
    """
    pending, block = gathered(before.pending, look)
    if block is None:
        return replace(before, pending=pending)
    silent = is_silent(block)
    after = replace(
        before,
        pending=pending,
        blocks=before.blocks + 1,
        paired=grown(before.paired, _compared(block, log(test.tolerance)), before.blocks),
        alone=_held_against_record(before, block, test) if silent else before.alone,
        legacy_requests=before.legacy_requests + block.legacy_requests,
        legacy_failures=before.legacy_failures + block.legacy_failures,
    )
    return replace(after, peak=max(before.peak, log_evidence(after)))


def log_evidence(known: Suspicion) -> float:
    """ln of the e-value at the last block; the e-value starts at 0.88 and is never above 1 on average."""
    return log_sum((log(PAIRED) + log_mean(known.paired), log(ALONE) + log_mean(known.alone)))


def is_worse(known: Suspicion, test: WorseTest) -> bool:
    """Whether the evidence has reached 1/level at any look."""
    return known.peak >= log(1 / test.level)


def is_silent(block: Increment) -> bool:
    """Whether legacy is asked too seldom in a block to be compared with."""
    return block.legacy_requests * SILENT < block.requests


def _compared(block: Increment, log_tolerance: float) -> Iterable[float]:
    return (
        odds.log_ratio(
            block.canary_failures,
            block.canary_requests,
            block.legacy_requests,
            block.failures,
            log_tolerance + log_odds,
            log_tolerance,
        )
        for log_odds in LOG_ODDS
    )


def _held_against_record(before: Suspicion, block: Increment, test: WorseTest) -> tuple[float, ...]:
    null = allowed_rate(before, test)
    if not 0 < null < 1:
        return before.alone
    gains = (rates.log_ratio(block.canary_failures, block.canary_requests, null, log_odds) for log_odds in LOG_ODDS)
    return grown(before.alone, gains, before.blocks)


def allowed_rate(before: Suspicion, test: WorseTest) -> float:
    """The rate that a canary as good as legacy may have, from what is known; with a chance of at most `BOUND * level`
    it is ever too low, for a legacy side whose rate stays."""
    highest = rates.highest_rate(before.legacy_failures, before.legacy_requests, BOUND * test.level)
    if test.ceiling is not None and before.legacy_failures <= test.ceiling * before.legacy_requests:
        highest = min(highest, test.ceiling)
    tolerated = test.tolerance * highest
    return tolerated / (1 - highest + tolerated)
