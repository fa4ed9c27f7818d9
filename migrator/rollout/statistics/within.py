"""Whether the canary is shown to be worse than legacy by less than a margin: what promotes.

In: increments in the order of time. Out: the evidence for "within the margin", as the ln of an e-value: for a canary
that is worse by the margin or more, the chance that it ever reaches ln(1/level) is at most `level`. "Not found worse"
(`worse`) is no such evidence: without requests it is true of anything.

**The ratio.** Of a block with c and l requests, the likelihood of an expected pair of rates (a, b) stands above that
of the pair (t + margin, t) which is closest to it among all that are worse by the margin or more, in the sense of
c KL(a, t + margin) + l KL(b, t). For every pair (p, r) with p >= r + margin its expectation is at most
(c A + l B)^(c + l) / (c + l)^(c + l), where A and B are the expectations of a single request's ratio: the mean of c + l
factors is at least their geometric one. A and B are linear in p and r and equal 1 at the closest pair, and c A + l B
can't grow towards any other, since the pair is closest and the set convex. So the ratio is an e-value for blocks of any
size (R. Turner, A. Ly and P. Grunwald, "Generic E-variables for exact sequential k-sample tests that allow for optional
stopping", J. Statist. Plann. Inference 230 (2024), theorem 1; R. Turner and P. Grunwald, "Exact anytime-valid confidence
intervals for contingency tables and beyond", Statist. Probab. Lett. 198 (2023)).

**What is expected** is taken from what was seen before the block, legacy's part of it fading: a wrong expectation costs
power and never validity. Rates may change from block to block as they like.

**Rests on:** within a block, each side's rate stays. Where both jump in mid-block, and which requests are the canary's
is left to chance, the expectation is above 1 by less than 0.00001 (computed exactly for blocks of 50, a margin of 1 pp
and jumps from 0 or 0.5 % to up to 50 %): looks have to be short beside the trouble, or the weight steady.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import log, log1p

from migrator.rollout.statistics.blocks import gathered
from migrator.rollout.statistics.counts import Increment

MEMORY = 20_000.0
"""Legacy requests after which what was seen of its rate counts for 1/e: long enough for a rate of 0.1 % to be known
within a quarter, short enough to follow a day."""

STRENGTH = 1000.0
"""Canary requests for which the expectation that it is as legacy counts. Simulated: with 1,000 an identical canary is
promoted no later than with more, and one that is worse by a third of the margin after a fifth fewer requests."""

FIRST_RATE = 0.01
"""Expected of legacy before anything was seen, for half a failure's worth of requests."""

_BISECTIONS = 60
_LEAST = 1e-6
"""No rate is expected to be lower: one failure must not cost everything."""


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
        log_evidence: ln of the e-value at the last block.
        peak: the highest at any look.
        legacy_requests, legacy_failures: legacy's, the older the less of them.
        canary_requests, canary_failures: the canary's, all of them.
    """

    pending: Increment = field(default_factory=Increment)
    log_evidence: float = 0.0
    peak: float = 0.0
    legacy_requests: float = 0.5 / FIRST_RATE
    legacy_failures: float = 0.5
    canary_requests: int = 0
    canary_failures: int = 0


def seen(before: Assurance, look: Increment, test: WithinTest) -> Assurance:
    """What is known after a look. The same looks in the same order give the same bits.

    The order of blocks matters for power, not for validity: each is judged by what was expected before it.
    """
    pending, block = gathered(before.pending, look)
    if block is None:
        return replace(before, pending=pending)
    evidence = before.log_evidence + _log_ratio(block, *_expected(before, test), test.margin)
    kept = max(0.0, 1 - block.legacy_requests / MEMORY)
    return Assurance(
        pending=pending,
        log_evidence=evidence,
        peak=max(before.peak, evidence),
        legacy_requests=before.legacy_requests * kept + block.legacy_requests,
        legacy_failures=before.legacy_failures * kept + block.legacy_failures,
        canary_requests=before.canary_requests + block.canary_requests,
        canary_failures=before.canary_failures + block.canary_failures,
    )


def is_within(known: Assurance, test: WithinTest) -> bool:
    """Whether the evidence has reached 1/level at any look."""
    return known.peak >= log(1 / test.level)


def _expected(before: Assurance, test: WithinTest) -> tuple[float, float]:
    """Rates of canary and legacy, strictly inside what is to be shown."""
    legacy = min(max(before.legacy_failures / before.legacy_requests, _LEAST), 1 - test.margin - _LEAST)
    canary = (before.canary_failures + STRENGTH * test.expected * legacy) / (before.canary_requests + STRENGTH)
    return min(max(canary, _LEAST / 2), legacy + 0.999 * test.margin if test.margin else 0.999 * legacy), legacy


def _log_ratio(block: Increment, canary: float, legacy: float, margin: float) -> float:
    """ln of the expected rates' likelihood against that of the closest pair that is worse by the margin."""
    if not block.canary_requests or not block.legacy_requests:
        return 0.0
    closest = _closest(block, canary, legacy, margin)
    return (
        block.canary_failures * log(canary / (closest + margin))
        + (block.canary_requests - block.canary_failures) * (log1p(-canary) - log1p(-closest - margin))
        + block.legacy_failures * log(legacy / closest)
        + (block.legacy_requests - block.legacy_failures) * (log1p(-legacy) - log1p(-closest))
    )


def _closest(block: Increment, canary: float, legacy: float, margin: float) -> float:
    """Legacy's rate in the closest pair: where the slope of the distance, which is convex, changes its sign."""
    low, high = max(canary - margin, _LEAST / 4), legacy
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        shifted = middle + margin
        slope = block.canary_requests * (shifted - canary) / (shifted * (1 - shifted)) + block.legacy_requests * (
            middle - legacy
        ) / (middle * (1 - middle))
        if slope < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2
