"""How often a rollout of an identical canary is rolled back, looking at every request, with all gates on."""

from __future__ import annotations

from math import log

import numpy as np

from migrator.rollout.statistics.blocks import SMALLEST
from migrator.rollout.statistics.budget import BudgetTest
from migrator.rollout.statistics.levels import WHOLE, Kind, split
from tools.bench.rollout import traffic, vectors
from tools.bench.rollout.rows import Row
from tools.bench.rollout.traffic import Scenario

REQUESTS = 50_000
ERRORS = 0.005
P95, P99 = 0.05, 0.01
"""Shares above the two latency gates' thresholds."""

GATES = (Kind.ERRORS, Kind.LATENCY, Kind.LATENCY, Kind.COLD_STARTS)

SCENARIOS = (
    Scenario("steady weight of 5 %"),
    Scenario("real weight drifting by half", drift=0.5),
    Scenario("shared bursts: 20 % of both sides fail for 500 requests, 5 % of the time", bursts=0.05),
    Scenario("5 % cold starts", cold=0.05),
    Scenario("few sticky callers: the share differs from block to block", clustered=True),
    Scenario("all of these together", drift=0.5, bursts=0.05, clustered=True, cold=0.05),
)

_CHUNK = 200


def simulated(scenario: Scenario, campaigns: int, seed: int) -> Row:
    """The share of campaigns in which any gate finds the canary worse."""
    dice = np.random.default_rng(seed)
    ratios = vectors.Ratios()
    levels = split(GATES)
    by_gate = np.zeros(len(GATES), dtype=np.int64)
    aborted = 0
    for first in range(0, campaigns, _CHUNK):
        many = min(_CHUNK, campaigns - first)
        peaks = _peaks(scenario, dice, many, ratios, levels[-1])
        alarms = peaks >= -np.log(np.array(levels))
        by_gate += alarms.sum(axis=0)
        aborted += int(alarms.any(axis=1).sum())
    note = "errors {} p95 {} p99 {} cold {}".format(*by_gate) + f" of {campaigns:,}"
    return Row("A/A campaigns aborted", scenario.name, aborted / campaigns, WHOLE, share=True, note=note)


def _peaks(
    scenario: Scenario, dice: np.random.Generator, campaigns: int, ratios: vectors.Ratios, cold_level: float
) -> vectors.Floats:
    """The highest evidence of each gate in each campaign."""
    blocks = REQUESTS // SMALLEST
    seen = traffic.shape(scenario, dice, campaigns, blocks)
    # Cold starts are no part of the latencies: these have blocks of their own, of the requests that are timed.
    timed = traffic.shape(scenario, dice, campaigns, round(blocks * (1 - scenario.weight * scenario.cold)))
    slow, slow_legacy = traffic.failures(timed, dice, P95, 0.5)
    columns = [
        _highest(seen, *traffic.failures(seen, dice, ERRORS, traffic.IN_BURST), ratios),
        _highest(timed, slow, slow_legacy, ratios),
        _highest(timed, dice.binomial(slow, P99 / P95), dice.binomial(slow_legacy, P99 / P95), ratios),
        _cold(scenario, dice, seen, cold_level),
    ]
    return np.stack(columns, axis=1)


def _highest(
    seen: traffic.Shape, failed: vectors.Ints, legacy_failed: vectors.Ints, ratios: vectors.Ratios
) -> vectors.Floats:
    return np.asarray(vectors.evidence(ratios.of(seen.canary, failed, legacy_failed)).max(axis=1))


def _cold(scenario: Scenario, dice: np.random.Generator, seen: traffic.Shape, level: float) -> vectors.Floats:
    if not scenario.cold:
        return np.full(len(seen.canary), -log(2))
    spent = dice.binomial(seen.canary, scenario.cold)
    first = seen.canary.cumsum(axis=1) <= 10
    spent[first] = seen.canary[first]
    return np.asarray(vectors.overspent(seen.canary, spent, BudgetTest(level)).max(axis=1))
