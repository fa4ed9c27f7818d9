"""The likelihood of a pair of rates against that of the closest pair on the border of a margin.

In: a block, the expected rates of canary and legacy, a margin between them. Out: the ln of a likelihood ratio whose
expectation is at most 1 for every pair on the far side of the border. What is expected is the tests'.

**The ratio.** Of a block with c and l requests, the likelihood of an expected pair of rates (a, b) stands above that
of the pair (t + margin, t) which is closest to it among all on the border, in the sense of
c KL(a, t + margin) + l KL(b, t). For every pair (p, r) with p >= r + margin its expectation is at most
(c A + l B)^(c + l) / (c + l)^(c + l), where A and B are the expectations of a single request's ratio: the mean of c + l
factors is at least their geometric one. A and B are linear in p and r and equal 1 at the closest pair, and c A + l B
can't grow towards any other, since the pair is closest and the set convex. So the ratio is an e-value for blocks of any
size (R. Turner, A. Ly and P. Grunwald, "Generic E-variables for exact sequential k-sample tests that allow for optional
stopping", J. Statist. Plann. Inference 230 (2024), theorem 1; R. Turner and P. Grunwald, "Exact anytime-valid confidence
intervals for contingency tables and beyond", Statist. Probab. Lett. 198 (2023)).
"""

from __future__ import annotations

from math import log, log1p

from migrator.rollout.statistics.counts import Increment

LEAST = 1e-6
"""No rate is expected to be lower: one failure must not cost everything."""

_BISECTIONS = 40
"""Halvings of an interval shorter than 1: the rate is known to 1e-12, and its ratio, at a minimum, far better."""


def log_ratio(block: Increment, canary: float, legacy: float, margin: float) -> float:
    """ln of the expected rates' likelihood against that of the closest pair (t + margin, t).

    Args:
        canary, legacy: expected rates, strictly between 0 and 1, on one side of the border. The ratio is an e-value
            for every pair on the other side.

    Returns:
        0 for a block without a request of either side.
    """
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
    low, high = sorted((max(canary - margin, LEAST / 4), legacy))
    high = min(high, 1 - margin - LEAST / 4)
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
