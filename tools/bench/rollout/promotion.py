"""How often a canary that is too bad is promoted, and how many requests a good one needs."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np

from migrator.rollout.statistics.blocks import SMALLEST
from migrator.rollout.statistics.levels import PROMOTION
from migrator.rollout.statistics.mixture import NOTHING
from migrator.rollout.statistics.within import WithinTest
from tools.bench.rollout import vectors
from tools.bench.rollout.detection import ERRORS_LEVEL
from tools.bench.rollout.rows import Row

MARGIN = 0.01


@dataclass(frozen=True, slots=True)
class Case:
    """A canary that asks to be promoted; the rates are those of both sides, `horizon` is in canary requests."""

    name: str
    legacy: float
    canary: float
    horizon: int
    target: float | None = None
    weight: float = 0.05
    margin: float = MARGIN
    expected: float = 1.0


TOO_BAD = (
    Case("worse by 1 pp (0.5 -> 1.5 %), delta 1 pp, weight 5 %", 0.005, 0.015, 6000, 0.01),
    Case("worse by 1 pp (2 -> 3 %), delta 1 pp, weight 5 %", 0.02, 0.03, 6000, 0.01),
    Case("worse by 1 pp (0 -> 1 %), delta 1 pp, weight 25 %", 0.0, 0.01, 6000, 0.01, 0.25),
    Case("p95 slower by the allowed ratio, weight 10 %", 0.05, 0.05, 4000, 0.01, 0.1, 0.0, 0.5),
)

GOOD = (
    Case("identical at 0.5 %, delta 1 pp, weight 5 %", 0.005, 0.005, 12_000, 3700),
    Case("identical at 0.5 %, delta 1 pp, weight 25 %", 0.005, 0.005, 15_000, None, 0.25),
    Case("identical at 0.05 %, delta 1 pp, weight 5 %", 0.0005, 0.0005, 12_000),
    Case("identical at 2 %, delta 1 pp, weight 5 %", 0.02, 0.02, 20_000),
    Case("worse by 0.3 pp (0.5 -> 0.8 %), delta 1 pp, weight 5 %", 0.005, 0.008, 20_000),
    Case(
        "p95 identical, ratio 1.2 shown as 1.1, lognormal sigma 0.6, weight 10 %",
        0.05,
        0.0358,
        20_000,
        None,
        0.1,
        0.0,
        0.5,
    ),
)


def too_bad(case: Case, campaigns: int, seed: int) -> Row:
    """The share of campaigns in which the promoting test alone ever promotes."""
    promoted = np.isfinite(_needed(case, campaigns, seed, with_doubt=False))
    return Row("promotion of a canary that is too bad", case.name, float(promoted.mean()), case.target, share=True)


def good(case: Case, campaigns: int, seed: int) -> Row:
    """Canary requests until promotion, the doubts of the test that rolls back included."""
    needed = _needed(case, campaigns, seed, with_doubt=case.margin > 0)
    median, high = (float(np.quantile(needed, part, method="higher")) for part in (0.5, 0.99))
    never = float(np.isinf(needed).mean())
    note = f"half within {median:,.0f}; {never:.2%} not within {case.horizon:,} or found worse"
    return Row("canary requests until promotion, 99th percentile", case.name, high, case.target, note=note)


def _needed(case: Case, campaigns: int, seed: int, *, with_doubt: bool) -> vectors.Floats:
    dice = np.random.default_rng(seed)
    ratios = vectors.Ratios()
    known = vectors.Assurances(campaigns, WithinTest(PROMOTION, case.margin, case.expected))
    needed = np.full(campaigns, np.inf)
    open_ones = np.arange(campaigns)
    requests = np.zeros(campaigns, dtype=np.int64)
    within = np.zeros(campaigns, dtype=bool)
    bets: vectors.Floats = np.tile(np.array(NOTHING), (campaigns, 1))
    for block in range(int(case.horizon / case.weight / SMALLEST)):
        canary = np.minimum(dice.binomial(SMALLEST, case.weight, len(open_ones)), SMALLEST - 1)
        failed = dice.binomial(canary, case.canary)
        legacy_failed = dice.binomial(SMALLEST - canary, case.legacy)
        requests = requests + canary
        within |= known.see(canary, failed, SMALLEST - canary, legacy_failed) >= log(1 / PROMOTION)
        promoted, over = within, within
        if with_doubt:
            bets = vectors.placed(bets, block) + ratios.of(canary, failed, legacy_failed)
            suspicion = vectors.worse(bets)
            promoted = within & (suspicion < log(1 / ERRORS_LEVEL) / 2)
            over = promoted | (suspicion >= log(1 / ERRORS_LEVEL))
        if over.any():
            needed[open_ones[promoted]] = requests[promoted]
            stay = ~over
            known.keep(stay)
            open_ones, requests, within, bets = (
                open_ones[stay],
                requests[stay],
                within[stay],
                bets[stay],
            )
            if not len(open_ones):
                break
    return needed
