"""Whether the canary fails more often than legacy, by a test that may be looked at after every request.

In: failures and requests of both sides, and the margin by which the canary may be worse.
Out: the e-value of "the canary is worse than that", as a natural logarithm.
What follows from it (the level, the rollback) is the gate's.

**The test.** A controller looks at its counts again and again and stops as soon as they look bad; a test made
for one look (Fisher, Clopper-Pearson) then raises a false alarm far more often than its level says. So this is
an e-process: a likelihood ratio whose chance of *ever* reaching 1/a, if the canary is within the margin, is at
most a (Ville's inequality). It is the "universal inference" ratio of Wasserman, Ramdas and Balakrishnan,
"Universal inference", PNAS 117 (2020), section 7 (sequential): a mixture over the alternatives on top, the
largest likelihood under the null hypothesis below:

    E = BetaBinomial(canary; 1/2, 1/2) * BetaBinomial(legacy; 1/2, 50) / sup { L(p_c, p_l) : p_c <= p_l + margin }

The counts that were really observed stand in it, never the configured weight; which side the next request goes
to cancels out, so that sides of very unequal traffic are no trouble. The mixture over the canary's rate is
Jeffreys' prior; the one over legacy's rate leans to small rates, since legacy is what production runs on. Either
choice costs power where it is wrong and never validity.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, lgamma, log

ASSUMED_LEGACY_RATE = 0.05
"""A legacy side that has not shown otherwise is taken to fail at most this share of its requests.

Without it nothing could be said of a canary that fails every request while legacy is not asked at all.
As soon as legacy is seen to fail more than this, the assumption is dropped.
"""

_CANARY_PRIOR = (0.5, 0.5)
_LEGACY_PRIOR = (0.5, 50.0)
_BISECTIONS = 60


@dataclass(frozen=True, slots=True)
class Count:
    """Failures among requests of one side."""

    failures: int
    requests: int

    @property
    def rate(self) -> float:
        """Share of failures, 0 to 1; 0 where nothing was asked."""
        return self.failures / self.requests if self.requests else 0.0


def log_evidence(canary: Count, legacy: Count, margin: float) -> float:
    """The logarithm of the evidence that the canary's failure rate exceeds legacy's by more than `margin`.

    Args:
        margin: as a share, 0.01 for one percentage point.

    Returns:
        ln E; at level `a` the hypothesis "within the margin" is given up when it reaches ln(1/a).
    """
    alternative = _log_mixture(canary, _CANARY_PRIOR) + _log_mixture(legacy, _LEGACY_PRIOR)
    return alternative - _log_likelihood_within(canary, legacy, margin)


def _log_mixture(count: Count, prior: tuple[float, float]) -> float:
    a, b = prior
    return _log_beta(count.failures + a, count.requests - count.failures + b) - _log_beta(a, b)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _log_likelihood_within(canary: Count, legacy: Count, margin: float) -> float:
    """The largest log-likelihood of both counts under `canary rate <= legacy rate + margin`."""
    highest = 1.0 if legacy.rate > ASSUMED_LEGACY_RATE else ASSUMED_LEGACY_RATE
    if canary.rate <= min(legacy.rate + margin, 1.0):
        return _log_likelihood(canary, canary.rate) + _log_likelihood(legacy, legacy.rate)
    # The canary is beyond the margin, so the maximum lies on the border p_c = p_l + margin. There the
    # log-likelihood is concave in p_l and its slope changes sign between the two sides' own estimates.
    low, high = legacy.rate, min(canary.rate - margin, highest)
    if _slope(canary, legacy, margin, high) >= 0:
        low = high
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if _slope(canary, legacy, margin, middle) > 0:
            low = middle
        else:
            high = middle
    return _log_likelihood(canary, high + margin) + _log_likelihood(legacy, high)


def _slope(canary: Count, legacy: Count, margin: float, rate: float) -> float:
    return _score(canary, rate + margin) + _score(legacy, rate)


def _score(count: Count, rate: float) -> float:
    """The derivative of the log-likelihood."""
    successes = count.requests - count.failures
    gain = count.failures / rate if rate > 0 else (inf if count.failures else 0.0)
    loss = successes / (1 - rate) if rate < 1 else (inf if successes else 0.0)
    return gain - loss


def _log_likelihood(count: Count, rate: float) -> float:
    return _times_log(count.failures, rate) + _times_log(count.requests - count.failures, 1 - rate)


def _times_log(count: int, share: float) -> float:
    if count == 0:
        return 0.0
    return count * log(share) if share > 0 else -inf
