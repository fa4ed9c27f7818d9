"""The product's evidence for many campaigns at once.

In: blocks as arrays, one row a campaign. Out: evidence as arrays. The ratio of every kind of block comes from the
product's own functions; only adding up is done here. `tests/rollout/statistics/test_simulation.py` holds both together.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import log

import numpy as np
from numpy.typing import NDArray

from migrator.rollout.statistics import within
from migrator.rollout.statistics.blocks import SMALLEST
from migrator.rollout.statistics.budget import BudgetTest
from migrator.rollout.statistics.mixture import AT_ONCE, LOG_ODDS, LOG_PRIOR, NOTHING, ODDS, kept
from migrator.rollout.statistics.odds import log_ratio
from migrator.rollout.statistics.pairs import LEAST
from migrator.rollout.statistics.worse import ALONE, PAIRED

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_PRIOR = np.array(LOG_PRIOR)
_SIDE = SMALLEST + 1
_NEWTON = 12


class Ratios:
    """What each bet gains by a block of `SMALLEST` requests: computed once a kind of block, by the product."""

    def __init__(self) -> None:
        self._row = np.full(_SIDE**3, -1, dtype=np.int64)
        self._gains = np.zeros((0, len(LOG_ODDS)))

    def of(self, canary: Ints, failed: Ints, legacy_failed: Ints) -> Floats:
        """Gains in the order of `mixture.ODDS`, as a last axis."""
        keys = (canary * _SIDE + failed) * _SIDE + legacy_failed
        fresh = np.unique(keys[self._row[keys] < 0])
        if fresh.size:
            self._row[fresh] = np.arange(fresh.size) + len(self._gains)
            self._gains = np.concatenate([self._gains, np.array([_gains(int(key)) for key in fresh])])
        return np.asarray(self._gains[self._row[keys]])


def _gains(key: int) -> list[float]:
    canary, failed, legacy_failed = key // _SIDE**2, key // _SIDE % _SIDE, key % _SIDE
    return [
        log_ratio(failed, canary, SMALLEST - canary, failed + legacy_failed, log_odds)
        if failed + legacy_failed
        else 0.0
        for log_odds in LOG_ODDS
    ]


def worse(bets: Floats) -> Floats:
    """ln of the evidence that the canary is worse, from the bets on the last axis, legacy never silent."""
    return np.logaddexp(log(PAIRED) + mean(bets), log(ALONE * AT_ONCE))


def grown(gains: Floats) -> Iterator[Floats]:
    """ln of each bet's worth after one block after another, of gains by campaign, block and bet."""
    bets = np.array(NOTHING)
    for block in range(gains.shape[1]):
        bets = placed(bets, block) + gains[:, block]
        yield bets


def placed(bets: Floats, before: int) -> Floats:
    """Bets with what is placed after so many blocks."""
    if not before:
        return bets
    return np.asarray(np.logaddexp(bets, log(kept(before - 1) - kept(before))))


def evidence(gains: Floats) -> Floats:
    """ln of the evidence that the canary is worse, by campaign and block."""
    return np.stack([worse(bets) for bets in grown(gains)], axis=1)


def mean(bets: Floats) -> Floats:
    """ln of the weighted mean of the bets on the last axis."""
    terms = bets + _PRIOR
    largest = terms.max(axis=-1)
    return np.asarray(largest + np.log(np.exp(terms - largest[..., None]).sum(axis=-1)))


def overspent(requests: Ints, spent: Ints, test: BudgetTest) -> Floats:
    """ln of the evidence that the budget is exceeded, after each block; the weight was raised before the first."""
    forgiven = np.diff(np.minimum(spent.cumsum(axis=1), test.free), axis=1, prepend=0)
    gains = (spent - forgiven)[..., None] * np.array(LOG_ODDS) - (requests - forgiven)[..., None] * np.log1p(
        (np.array(ODDS) - 1) * test.share
    )
    return np.stack([mean(bets) for bets in grown(gains)], axis=1)


class Assurances:
    """The promoting test's state (`within.Assurance`) of many campaigns."""

    def __init__(self, campaigns: int, test: within.WithinTest) -> None:
        fresh = within.Assurance()
        self._test = test
        self.evidence = np.zeros(campaigns)
        self._legacy = np.full(campaigns, fresh.legacy_requests), np.full(campaigns, fresh.legacy_failures)
        self._canary = np.zeros(campaigns), np.zeros(campaigns)

    def see(self, canary: Ints, failed: Ints, legacy: Ints, legacy_failed: Ints) -> Floats:
        """Add a block to each campaign; its evidence so far."""
        test, least = self._test, LEAST
        base = np.clip(self._legacy[1] / self._legacy[0], least, 1 - test.margin - least)
        share = (self._canary[1] + within.STRENGTH * test.expected * base) / (self._canary[0] + within.STRENGTH)
        share = np.minimum(np.maximum(share, least / 2), base + 0.999 * test.margin if test.margin else 0.999 * base)
        near = self._closest(canary, legacy, share, base)
        far = near + test.margin
        gain = (
            failed * np.log(share / far)
            + (canary - failed) * (np.log1p(-share) - np.log1p(-far))
            + legacy_failed * np.log(base / near)
            + (legacy - legacy_failed) * (np.log1p(-base) - np.log1p(-near))
        )
        self.evidence = self.evidence + np.where((canary > 0) & (legacy > 0), gain, 0.0)
        kept = np.maximum(0.0, 1 - legacy / within.MEMORY)
        self._legacy = self._legacy[0] * kept + legacy, self._legacy[1] * kept + legacy_failed
        self._canary = self._canary[0] + canary, self._canary[1] + failed
        return self.evidence

    def keep(self, which: NDArray[np.bool_]) -> None:
        """Forget the campaigns that are over."""
        self.evidence = self.evidence[which]
        self._legacy = self._legacy[0][which], self._legacy[1][which]
        self._canary = self._canary[0][which], self._canary[1][which]

    def _closest(self, canary: Ints, legacy: Ints, share: Floats, base: Floats) -> Floats:
        """As the product's, by Newton's steps inside the bracket."""
        margin = self._test.margin
        low, high = np.maximum(share - margin, LEAST / 4), base.copy()
        at = high.copy()
        for _ in range(_NEWTON):
            far = at + margin
            spread, far_spread = at * (1 - at), far * (1 - far)
            slope = canary * (far - share) / far_spread + legacy * (at - base) / spread
            bend = (
                canary * (share * (1 - far) ** 2 + (1 - share) * far**2) / far_spread**2
                + legacy * (base * (1 - at) ** 2 + (1 - base) * at**2) / spread**2
            )
            low, high = np.where(slope < 0, at, low), np.where(slope < 0, high, at)
            stepped = at - slope / np.maximum(bend, 1e-300)
            at = np.where((stepped >= low) & (stepped <= high), stepped, (low + high) / 2)
        return at
