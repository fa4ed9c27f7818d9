"""How many canary requests pass until a canary that is worse is found."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from statistics import NormalDist

import numpy as np

from migrator.rollout.statistics.blocks import SMALLEST
from migrator.rollout.statistics.buckets import STEP
from migrator.rollout.statistics.budget import BudgetTest, Spending, is_overspent, raised
from migrator.rollout.statistics.budget import seen as spent_seen
from migrator.rollout.statistics.levels import WHOLE, split
from tools.bench.rollout import vectors
from tools.bench.rollout.false_alarms import GATES
from tools.bench.rollout.rows import Row

ERRORS_LEVEL, LATENCY_LEVEL, _, COLD_LEVEL = split(GATES)
_CHUNK = 250


@dataclass(frozen=True, slots=True)
class Worse:
    """A canary whose errors are more than legacy's, after so many requests (`after`) in which they were not."""

    name: str
    canary: float
    level: float = ERRORS_LEVEL
    target: float | None = None
    legacy: float = 0.005
    weight: float = 0.05
    horizon: int = 8000
    after: int = 0


ERRORS = (
    Worse("errors 0.5 -> 1.5 %, weight 5 %", 0.015, target=3300),
    Worse("errors 0.5 -> 1.5 %, weight 5 %, level split over 32 gates", 0.015, WHOLE / 32, 4300),
    Worse("errors 0.5 -> 5.5 %, weight 5 %", 0.055, target=330, horizon=1500),
    Worse("errors 0.5 -> 50 %, weight 5 %", 0.5, target=25, horizon=300),
    Worse("errors 0 -> 100 %, weight 5 %", 1.0, legacy=0.0, horizon=300),
    Worse("errors 0.5 -> 1.5 %, weight 1 %", 0.015, weight=0.01),
    Worse("errors 0.5 -> 1.5 %, weight 50 %", 0.015, weight=0.5, horizon=20000),
    Worse("errors 0.5 -> 50 %, weight 50 %", 0.5, weight=0.5, horizon=500),
    Worse("errors 0.5 -> 1.5 % after 5,000 requests in order, weight 5 %", 0.015, after=5000),
    Worse("errors 0.5 -> 50 % after 5,000 requests in order, weight 5 %", 0.5, horizon=300, after=5000),
)


@dataclass(frozen=True, slots=True)
class Slower:
    """A canary whose times are longer by a factor; legacy's are lognormal."""

    quantile: float
    ratio: float
    sigma: float
    target: float | None = None
    weight: float = 0.1
    frozen_from: int = 2000


LATENCIES = tuple(
    Slower(quantile, ratio, sigma, target if sigma == 0.6 else None)
    for quantile, ratio, target in ((0.95, 1.2, 1700), (0.99, 1.5, 650))
    for sigma in (0.25, 0.5, 0.6, 1.0)
)

_TABLE = "canary requests until abort, 99th percentile"


def errors(case: Worse, campaigns: int, seed: int) -> Row:
    """Requests until a canary with more errors is found."""
    rates = np.full((campaigns, 1), case.legacy), np.full((campaigns, 1), case.canary)
    needed = _needed(case.weight, *rates, case.level, case.horizon, np.random.default_rng(seed), case.after)
    return _row(case.name, needed, case.target)


def latency(case: Slower, campaigns: int, seed: int) -> Row:
    """Requests until a slower canary is found, above a threshold frozen from legacy's answers and snapped to a bound."""
    dice = np.random.default_rng(seed)
    normal = NormalDist()
    # The share of legacy's answers above the quantile of its sample is a beta variable (H. David, Order Statistics).
    beyond = round(case.frozen_from * (1 - case.quantile))
    above = dice.beta(beyond + 1, case.frozen_from - beyond, campaigns)
    quantile = case.sigma * np.array([normal.inv_cdf(1 - each) for each in above])
    step = np.log(STEP)
    place = dice.uniform(0, step, campaigns)
    bound = np.floor((quantile + place) / step) * step - place
    shares = [
        np.array([[1 - normal.cdf((each - log(ratio)) / case.sigma)] for each in bound]) for ratio in (1.0, case.ratio)
    ]
    needed = _needed(case.weight, shares[0], shares[1], LATENCY_LEVEL, 12_000 if case.sigma == 1 else 5000, dice)
    name = f"p{case.quantile * 100:g} x {case.ratio:g}, weight {case.weight:.0%}, lognormal sigma {case.sigma:g}"
    return _row(name, needed, case.target)


def always_cold(campaigns: int, seed: int) -> Row:
    """Requests until a canary that starts cold half of the time is found."""
    dice = np.random.default_rng(seed)
    test = BudgetTest(COLD_LEVEL)
    needed = []
    for _ in range(min(campaigns, 1000)):
        known, requests = raised(Spending(), test), 0
        while not is_overspent(known, test):
            known = spent_seen(known, 1, int(dice.random() < 0.5), test)
            requests += 1
        needed.append(requests)
    return _row("half of the requests start cold, budget 10 %, 20 free", np.array(needed, dtype=float), None)


def _needed(
    weight: float,
    legacy: vectors.Floats,
    canary: vectors.Floats,
    level: float,
    horizon: int,
    dice: np.random.Generator,
    after: int = 0,
) -> vectors.Floats:
    """Canary requests from the fault to the first alarm of each campaign; infinite without one."""
    ratios = vectors.Ratios()
    in_order = int(after / weight / SMALLEST)
    blocks = in_order + int(horizon / weight / SMALLEST)
    broken = np.arange(blocks) >= in_order
    needed = []
    for first in range(0, len(legacy), _CHUNK):
        base, rate = legacy[first : first + _CHUNK], canary[first : first + _CHUNK]
        requests = np.minimum(dice.binomial(SMALLEST, weight, (len(base), blocks)), SMALLEST - 1)
        failed = dice.binomial(requests, np.where(broken, rate, base))
        gains = ratios.of(requests, failed, dice.binomial(SMALLEST - requests, base))
        alarm = vectors.evidence(gains) >= log(1 / level)
        at = np.take_along_axis((requests * broken).cumsum(axis=1), alarm.argmax(axis=1)[:, None], axis=1)[:, 0]
        needed.append(np.where(alarm.any(axis=1), at, np.inf))
    return np.concatenate(needed)


def _row(name: str, needed: vectors.Floats, target: float | None) -> Row:
    median, high = (float(np.quantile(needed, part, method="higher")) for part in (0.5, 0.99))
    return Row(_TABLE, name, high, target, note=f"half within {median:,.0f}")
