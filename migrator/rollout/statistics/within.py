"""Whether the canary is shown to be worse than legacy by less than a margin, or by more: what promotes, and what is
left to roll back afterwards.

In: increments in the order of time. Out: the evidence for "within the margin", as the ln of an e-value: for a canary
that is worse by the margin or more, the chance that it ever reaches ln(1/level) is at most `level`; and the evidence
for "beyond the margin", of which the same is true for a canary that is within. "Not found worse" (`worse`) shows
nothing: without requests it is true of anything. The ratios are those of `pairs`.

**What is expected** is taken from what was seen before the block, legacy's part of it fading: a wrong expectation costs
power and never validity. Rates may change from block to block as they like.

**Rests on:** within a block, each side's rate stays. Where both jump in mid-block, and which requests are the canary's
is left to chance, the expectation is above 1 by less than 0.00001 (computed exactly for blocks of 50, a margin of 1 pp
and jumps from 0 or 0.5 % to up to 50 %): looks have to be short beside the trouble, or the weight steady.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from math import exp, log

from migrator.rollout.statistics import pairs, rates
from migrator.rollout.statistics.blocks import gathered
from migrator.rollout.statistics.counts import Increment
from migrator.rollout.statistics.mixture import LOG_ODDS, log_mean, log_sum
from migrator.rollout.statistics.pairs import LEAST
from migrator.rollout.statistics.stakes import Stakes, anew
from migrator.rollout.statistics.stakes import after as stakes_after
from migrator.rollout.statistics.stakes import raised as stakes_raised
from migrator.rollout.statistics.worse import PAIRED, is_silent

MEMORY = 20_000.0
"""Legacy requests after which what was seen of its rate counts for 1/e: long enough for a rate of 0.1 % to be known
within a quarter, short enough to follow a day."""

STRENGTH = 1000.0
"""Canary requests for which the expectation that it is as legacy counts. Simulated: with 1,000 an identical canary is
promoted no later than with more; one that is worse by a third of the margin a fifth sooner, at the 99th percentile,
than with 5,000."""

FIRST_RATE = 0.01
"""Expected of legacy before anything was seen, for half a failure's worth of requests."""

BEYOND = 0.0125
"""The part of the level of the test that rolls back which is kept for a canary beyond the margin (`worse.PAIRED`), before it
was shown within it; what the other test has left comes to it then (`assured`)."""


@dataclass(frozen=True, slots=True)
class WithinTest:
    """What is tested.

    Attributes:
        level: chance of ever promoting a canary that is worse by `margin` or more.
        margin: difference of rates as a share, 0.01 for one percentage point. With 0, the sides' failures are
            already counted in different ways (answers of the canary above a longer time than legacy's).
        expected: the canary's rate where all is well, as a part of legacy's; below 1 where the margin is 0.
    """

    level: float
    margin: float
    expected: float = 1.0


@dataclass(frozen=True, slots=True)
class Assurance:
    """All that is kept between two looks.

    Attributes:
        pending: what is not yet a block.
        blocks: how many there were.
        log_evidence: ln of the e-value of "within", at the last block.
        peak: the highest at any look.
        stakes: the bets on "beyond".
        share: ln of the part of the whole level that is at stake.
        beyond_peak: the highest ln of the evidence for "beyond" at any look.
        legacy_requests, legacy_failures: legacy's, the older the less of them.
        canary_requests, canary_failures: the canary's, all of them.
    """

    pending: Increment = field(default_factory=Increment)
    blocks: int = 0
    log_evidence: float = 0.0
    peak: float = 0.0
    stakes: Stakes = field(default_factory=Stakes)
    share: float = log(BEYOND)
    beyond_peak: float = log(BEYOND)
    legacy_requests: float = 0.5 / FIRST_RATE
    legacy_failures: float = 0.5
    canary_requests: int = 0
    canary_failures: int = 0


def seen(before: Assurance, look: Increment, test: WithinTest, record: float = 1.0) -> Assurance:
    """What is known after a look. The same looks in the same order give the same bits.

    Args:
        record: the highest rate that legacy's record allows (`worse.allowed_rate`): while legacy is silent, a canary
            beyond the margin above it is found by this. It shows no canary to be within.

    The order of blocks matters for power, not for validity: each is judged by what was expected before it.
    """
    pending, block = gathered(before.pending, look)
    if block is None:
        return replace(before, pending=pending)
    canary, legacy = _expected(before, test)
    evidence = before.log_evidence + pairs.log_ratio(block, canary, legacy, test.margin)
    against = _alone(block, record + test.margin) if is_silent(block) else _against(block, legacy, test.margin)
    stakes = stakes_after(before.stakes, against)
    kept = max(0.0, 1 - block.legacy_requests / MEMORY)
    return Assurance(
        pending=pending,
        blocks=before.blocks + 1,
        log_evidence=evidence,
        peak=max(before.peak, evidence),
        stakes=stakes,
        share=before.share,
        beyond_peak=max(before.beyond_peak, before.share + log_mean(stakes.bets)),
        legacy_requests=before.legacy_requests * kept + block.legacy_requests,
        legacy_failures=before.legacy_failures * kept + block.legacy_failures,
        canary_requests=before.canary_requests + block.canary_requests,
        canary_failures=before.canary_failures + block.canary_failures,
    )


def is_within(known: Assurance, test: WithinTest) -> bool:
    """Whether the evidence has reached 1/level at any look."""
    return known.peak >= log(1 / test.level)


def assured(known: Assurance, left: float) -> Assurance:
    """What is known once the canary was shown within the margin: the bets on "beyond" begin anew, with all that is left.

    For a canary that is no worse than legacy the evidence goes on where it was, so the chance that it ever reaches 1/level
    stays what it was. Of one that is worse by less than the margin, no more than the whole level may be at stake: that is
    the bound.

    Args:
        left: ln of the e-value of "worse", in its part of the level (`worse.PAIRED`), which is bet no more from now on.
    """
    share = min(log_sum((left, log_beyond(known))), log(PAIRED))
    return replace(known, stakes=anew(), share=share, beyond_peak=max(known.beyond_peak, share))


def raised(known: Assurance) -> Assurance:
    """What is known when the weight is raised after the canary was shown within the margin."""
    return replace(known, stakes=stakes_raised(known.stakes))


def is_beyond(known: Assurance, level: float) -> bool:
    """Whether the evidence for "beyond the margin" has reached 1/level at any look."""
    return known.beyond_peak >= log(1 / level)


def log_beyond(known: Assurance) -> float:
    """ln of the evidence for "beyond the margin", in parts of the whole level, at the last block."""
    return known.share + log_mean(known.stakes.bets)


def is_doubtful(known: Assurance, level: float) -> bool:
    """Whether half the way to "beyond the margin" is gone at the last block."""
    return log_beyond(known) >= log(1 / level) / 2


def _against(block: Increment, legacy: float, margin: float) -> Iterable[float]:
    """Each bet is on a canary whose odds are so many times those of the worst that is within."""
    worst = (legacy + margin) / (1 - legacy - margin)
    return (pairs.log_ratio(block, 1 - 1 / (1 + worst * exp(log_odds)), legacy, margin) for log_odds in LOG_ODDS)


def _alone(block: Increment, worst: float) -> Iterable[float]:
    """The same bets where only the canary is asked."""
    if not 0 < worst < 1:
        return (0.0 for _ in LOG_ODDS)
    return (rates.log_ratio(block.canary_failures, block.canary_requests, worst, log_odds) for log_odds in LOG_ODDS)


def _expected(before: Assurance, test: WithinTest) -> tuple[float, float]:
    """Rates of canary and legacy, strictly inside what is to be shown."""
    legacy = min(max(before.legacy_failures / before.legacy_requests, LEAST), 1 - test.margin - LEAST)
    canary = (before.canary_failures + STRENGTH * test.expected * legacy) / (before.canary_requests + STRENGTH)
    return min(max(canary, LEAST / 2), legacy + 0.999 * test.margin if test.margin else 0.999 * legacy), legacy
