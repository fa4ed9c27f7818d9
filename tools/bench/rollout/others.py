"""The rules of other controllers on the same traffic: 400 requests a minute, 5 % of them the canary's, for an hour.

Their documented examples, since none has defaults for what a rollout is judged by:

- Flagger 1.x, https://docs.flagger.app/usage/how-it-works and `pkg/controller/scheduler.go`: each minute the success rate
  of the canary has to be 99 % (`request-success-rate`, `min: 99`, `interval: 1m`); failed checks are added up over
  the whole analysis and `threshold: 10` of them roll back. `stepWeight: 5`, `maxWeight: 50`: each check that is passed
  raises the weight.
- Argo Rollouts 1.10, https://argo-rollouts.readthedocs.io/en/release-1.10/features/analysis/: each five minutes
  `successCondition: result[0] >= 0.95`; more than `failureLimit: 3` failed measurements abort.
- Kayenta, `NetflixACAJudge-v1.0` at commit 8a754a1 of spinnaker/kayenta: Mann-Whitney of the two sides' rates by the
  minute, confidence 0.98; high where the interval's lower end is above a quarter of the Hodges-Lehmann estimate
  (`tolerance = 0.25`). An hour of minutes is what https://spinnaker.io/docs/guides/user/canary/best-practices asks for
  (at least 50 points); legacy at full traffic stands for the baseline. Intervals as in its `MannWhitney.scala`,
  after R's `wilcox.test`: asymptotic, corrected for continuity and ties.

Three figures each: identical releases that are rolled back, canaries with one point more errors that are, and identical
releases of a service whose legacy fails 1.5 % as well: a fixed threshold fits one rate of errors, and has to be known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import log
from statistics import NormalDist

import numpy as np

from migrator.rollout.statistics.blocks import SMALLEST
from tools.bench.rollout import vectors
from tools.bench.rollout.detection import ERRORS_LEVEL
from tools.bench.rollout.rows import Row

PER_MINUTE, WEIGHT, MINUTES = 400, 0.05, 60
IDENTICAL, WORSE = 0.005, 0.015

BLOCKS = PER_MINUTE // SMALLEST


@dataclass(frozen=True, slots=True)
class Hour:
    """Requests and failures by campaign and block of `SMALLEST` requests, of which `BLOCKS` make a minute."""

    canary: vectors.Ints
    failed: vectors.Ints
    legacy_failed: vectors.Ints

    def by(self, minutes: int) -> tuple[vectors.Ints, vectors.Ints, vectors.Ints, vectors.Ints]:
        """Requests and failures of canary and legacy in windows of so many minutes."""
        windows = (len(self.canary), MINUTES // minutes, BLOCKS * minutes)
        canary, failed, legacy_failed = (
            each.reshape(windows).sum(axis=2) for each in (self.canary, self.failed, self.legacy_failed)
        )
        return canary, failed, PER_MINUTE * minutes - canary, legacy_failed


@dataclass(frozen=True, slots=True)
class Rule:
    """A controller's rule: says for each campaign whether it rolls back."""

    name: str
    rolls_back: Callable[[Hour], vectors.Floats]


def compared(rule: Rule, campaigns: int, seed: int) -> Row:
    """How often the rule rolls back what is identical, and what is worse by one point."""
    sides = ((IDENTICAL, IDENTICAL), (WORSE, IDENTICAL), (WORSE, WORSE))
    identical, found, busy = (
        float(rule.rolls_back(_hour(*rates, campaigns, seed + at)).mean()) for at, rates in enumerate(sides)
    )
    return Row(
        "an hour at 20 canary requests a minute: identical releases (0.5 %) rolled back",
        rule.name,
        identical,
        share=True,
        note=f"canaries with 1.5 %: {found:.1%}; identical ones at 1.5 %: {busy:.1%}",
    )


def flagger_with_steps(campaigns: int, seed: int) -> Row:
    """Flagger's example as it stands: from 5 % to 50 %, a step a passed minute, until promoted or rolled back."""
    shares = [_flagger_stepping(np.random.default_rng(seed), campaigns, rate) for rate in (IDENTICAL, WORSE)]
    return Row(
        "Flagger's example with its own steps, 5 % to 50 %: identical releases rolled back",
        "99 %, 10 failed checks, 400 requests a minute in all",
        shares[0],
        share=True,
        note=f"and {shares[1]:.1%} of canaries with 1.5 %",
    )


def _flagger_stepping(dice: np.random.Generator, campaigns: int, rate: float) -> float:
    passed = np.zeros(campaigns, dtype=np.int64)
    failed = np.zeros(campaigns, dtype=np.int64)
    for _ in range(10 + 10):
        going = (passed < 10) & (failed < 10)
        requests = dice.binomial(PER_MINUTE, 0.05 * np.minimum(passed + 1, 10))
        bad = dice.binomial(requests, rate) > 0.01 * requests
        passed += going & ~bad
        failed += going & bad
    return float((failed >= 10).mean())


def _hour(rate: float, legacy: float, campaigns: int, seed: int) -> Hour:
    dice = np.random.default_rng(seed)
    canary = np.minimum(dice.binomial(SMALLEST, WEIGHT, (campaigns, MINUTES * BLOCKS)), SMALLEST - 1)
    return Hour(canary, dice.binomial(canary, rate), dice.binomial(SMALLEST - canary, legacy))


def _thresholds(hour: Hour, success: float, minutes: int, failures: int) -> vectors.Floats:
    """Roll back at so many windows in which the canary's success rate is too low."""
    requests, failed, _, _ = hour.by(minutes)
    return np.asarray((requests - failed < success * requests).sum(axis=1) >= failures, dtype=float)


def _mann_whitney(hour: Hour, tolerance: float, confidence: float) -> vectors.Floats:
    """Roll back where the canary's rates by the minute are high."""
    requests, failed, legacy_requests, legacy_failed = hour.by(1)
    canary, legacy = failed / np.maximum(requests, 1), legacy_failed / legacy_requests
    differences = np.sort((canary[:, :, None] - legacy[:, None, :]).reshape(len(canary), -1), axis=1)
    pairs, both = MINUTES**2, 2 * MINUTES
    sigma = np.sqrt(pairs / 12 * (both + 1 - (_tied(canary) + _tied(legacy)) / (both * (both - 1))))
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    # The rank sum falls by one whenever the shift passes a difference; the lower end is where it has fallen so far.
    above = np.clip(np.ceil(pairs / 2 + z * sigma + 0.5).astype(int), 1, pairs)
    lower = np.take_along_axis(differences, (pairs - above)[:, None], axis=1)[:, 0]
    return np.asarray(lower > tolerance * np.abs(np.median(differences, axis=1)), dtype=float)


def _tied(values: vectors.Floats) -> vectors.Floats:
    """The sum of n^3 - n over groups of n equal values, by campaign."""
    return np.array([float(sum(n**3 - n for n in np.unique(each, return_counts=True)[1].tolist())) for each in values])


def _this(hour: Hour, level: float) -> vectors.Floats:
    evidence = vectors.evidence(vectors.Ratios().of(hour.canary, hour.failed, hour.legacy_failed))
    return np.asarray(evidence.max(axis=1) >= log(1 / level), dtype=float)


RULES = (
    Rule("this engine's errors gate, looking at every request", partial(_this, level=ERRORS_LEVEL)),
    Rule("the same with a level of 0.1 %", partial(_this, level=0.001)),
    Rule("the same with a level of 5 %", partial(_this, level=0.05)),
    Rule(
        "Flagger's example: 99 % each minute, 10 failed checks",
        partial(_thresholds, success=0.99, minutes=1, failures=10),
    ),
    *(
        Rule(
            f"Flagger's check: {success:.1%} each minute, {failures} failed checks",
            partial(_thresholds, success=success, minutes=1, failures=failures),
        )
        for success, failures in (
            (0.99, 1),
            (0.99, 5),
            (0.99, 15),
            (0.99, 20),
            (0.95, 1),
            (0.95, 5),
            (0.95, 10),
            (0.9, 1),
            (0.9, 5),
        )
    ),
    Rule(
        "Argo's example: 95 % each five minutes, more than 3 failures",
        partial(_thresholds, success=0.95, minutes=5, failures=4),
    ),
    *(
        Rule(
            f"Argo's check: {success:.1%} each five minutes, more than 3 failures",
            partial(_thresholds, success=success, minutes=5, failures=4),
        )
        for success in (0.97, 0.98, 0.985, 0.99, 0.995)
    ),
    Rule("Kayenta's judge: tolerance 0.25, confidence 0.98", partial(_mann_whitney, tolerance=0.25, confidence=0.98)),
    *(
        Rule(
            f"Kayenta's judge: tolerance {tolerance:g}, confidence {confidence:g}",
            partial(_mann_whitney, tolerance=tolerance, confidence=confidence),
        )
        for tolerance, confidence in ((0.0, 0.98), (0.5, 0.98), (1.0, 0.98), (0.25, 0.9))
    ),
)
