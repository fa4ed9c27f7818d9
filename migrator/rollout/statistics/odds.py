"""How likely a share of a block's failures is the canary's, given how many failures there are.

In: the requests of both sides, the failures of both together, and a ratio of odds. Out: logarithms of likelihood
ratios. Which ratios are tried, and what follows, is the tests'.

Given the failures of a block, the number of them that are the canary's follows Fisher's noncentral hypergeometric
distribution, whose only parameter is the ratio of the two sides' odds of failing: the rate that both share, and
whatever drives it, drops out (R. A. Fisher, "The logic of inductive inference", JRSS 98 (1935); J. Cornfield, "A
statistical problem arising from retrospective studies", Proc. 3rd Berkeley Symposium (1956); P. McCullagh and
J. Nelder, Generalized Linear Models (1989), section 7.3):

    P(k | x; odds) = C(c, k) C(l, x - k) odds^k / Z(odds),    Z(odds) = sum over j of C(c, j) C(l, x - j) odds^j

with c and l requests of canary and legacy and x failures together. With odds of 1 it is the ordinary hypergeometric
distribution, which holds even if nothing is known of how failures come about: it is what drawing c of c + l requests
at random gives. The binomial distribution with the canary's share of the requests is its limit for rare failures; it
is wider (W. Hoeffding, "Probability inequalities for sums of bounded random variables", JASA 58 (1963), theorem 4), so
ratios taken from it are valid too, and say less: of 25 failing canary requests beside 25 good ones of legacy the
binomial ratio says 17 nats at most, this one 32.
"""

from __future__ import annotations

from math import exp, lgamma, log, sqrt

_NEGLIGIBLE = 1e-18
"""Terms below this share of the largest are not added: a double has 53 bits, 1e-16."""


def log_ratio(failures: int, canary: int, legacy: int, together: int, log_odds: float, log_null: float = 0.0) -> float:
    """The likelihood of one ratio of odds against that of another, given the failures of the block.

    Args:
        failures: those of the canary.
        canary, legacy: requests of either side.
        together: failures of both sides.
        log_odds: natural logarithm of the ratio of odds that is tried.
        log_null: the same of the hypothesis that is tested; 0 for equal sides.

    Returns:
        ln P(failures; odds) - ln P(failures; null); 0 where the block leaves nothing to chance (a side without a
        request, no failure, nothing but failures).
    """
    least, most = max(0, together - legacy), min(canary, together)
    if least == most:
        return 0.0
    return (
        failures * (log_odds - log_null)
        - _log_sum(canary, legacy, together, log_odds)
        + _log_sum(canary, legacy, together, log_null)
    )


def _log_sum(canary: int, legacy: int, together: int, log_odds: float) -> float:
    """ln Z(odds), summed from the largest term outwards until the terms no longer count."""
    least, most = max(0, together - legacy), min(canary, together)
    odds = exp(log_odds)
    top = _mode(canary, legacy, together, odds, least, most)
    total = term = 1.0
    for k in range(top, most):
        term *= odds * (canary - k) * (together - k) / ((k + 1) * (legacy - together + k + 1))
        total += term
        if term < _NEGLIGIBLE:
            break
    term = 1.0
    for k in range(top, least, -1):
        term *= k * (legacy - together + k) / (odds * (canary - k + 1) * (together - k + 1))
        total += term
        if term < _NEGLIGIBLE:
            break
    return _log_choose(canary, top) + _log_choose(legacy, together - top) + top * log_odds + log(total)


def _mode(canary: int, legacy: int, together: int, odds: float, least: int, most: int) -> int:
    """The likeliest number (A. Fog, "Sampling methods for Wallenius' and Fisher's noncentral hypergeometric
    distributions", Communications in Statistics 37 (2008)): where the ratio of neighboring terms passes 1."""
    a = odds - 1
    b = together - legacy - (canary + together + 2) * odds
    c = (canary + 1) * (together + 1) * odds
    return min(max(int(-2 * c / (b - sqrt(max(b * b - 4 * a * c, 0.0)))), least), most)


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
