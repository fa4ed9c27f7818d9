"""The simulations: they compute what the product computes, draw what they say, and run."""

from __future__ import annotations

import json
from statistics import NormalDist

import numpy as np
import pytest

from migrator.rollout.statistics import budget, within, worse
from migrator.rollout.statistics.blocks import SMALLEST
from migrator.rollout.statistics.counts import Increment
from tools.bench.rollout import __main__ as bench
from tools.bench.rollout import others, traffic, vectors
from tools.bench.rollout.rows import Row, printed

CAMPAIGNS, BLOCKS = 20, 60


@pytest.fixture
def dice() -> np.random.Generator:
    return np.random.default_rng(7)


def test_the_evidence_of_many_campaigns_is_that_of_each(dice: np.random.Generator) -> None:
    canary = dice.binomial(SMALLEST - 1, 0.2, (CAMPAIGNS, BLOCKS))
    failed, legacy_failed = dice.binomial(canary, 0.06), dice.binomial(SMALLEST - canary, 0.03)
    evidence = vectors.evidence(vectors.Ratios().of(canary, failed, legacy_failed))
    many = vectors.Assurances(CAMPAIGNS, TEST)
    assured = np.stack(
        [
            many.see(canary[:, at], failed[:, at], SMALLEST - canary[:, at], legacy_failed[:, at])
            for at in range(BLOCKS)
        ],
        axis=1,
    )
    for campaign in range(CAMPAIGNS):
        suspicion, assurance = worse.Suspicion(), within.Assurance()
        for at in range(BLOCKS):
            counts = canary[campaign, at], failed[campaign, at], legacy_failed[campaign, at]
            c, x, y = (int(each) for each in counts)
            look = Increment(c, x, SMALLEST - c, y)
            suspicion = worse.seen(suspicion, look, worse.WorseTest(0.01))
            assurance = within.seen(assurance, look, TEST)
            assert evidence[campaign, at] == pytest.approx(worse.log_evidence(suspicion), abs=1e-6)
            assert assured[campaign, at] == pytest.approx(assurance.log_evidence, abs=1e-6)


TEST = within.WithinTest(0.01, 0.01)


def test_budgets_of_many_campaigns_are_those_of_each(dice: np.random.Generator) -> None:
    test = budget.BudgetTest(0.001)
    requests = dice.binomial(SMALLEST, 0.1, (CAMPAIGNS, BLOCKS))
    spent = dice.binomial(requests, 0.3)
    evidence = vectors.overspent(requests, spent, test)
    for campaign in range(CAMPAIGNS):
        known = budget.raised(budget.Spending(), test)
        for at in range(BLOCKS):
            known = budget.seen(known, int(requests[campaign, at]), int(spent[campaign, at]), test)
        assert known.peak == pytest.approx(max(0.0, evidence[campaign].max()), abs=1e-6)


def test_traffic_has_the_shares_it_says(dice: np.random.Generator) -> None:
    scenario = traffic.Scenario("all", drift=0.5, bursts=0.05, clustered=True)
    seen = traffic.shape(scenario, dice, 400, 400)
    assert seen.canary.mean() / SMALLEST == pytest.approx(0.05, rel=0.1)
    assert seen.burst_all.mean() / SMALLEST == pytest.approx(0.05, rel=0.15)
    assert ((seen.burst_all > 0) & (seen.burst_all < SMALLEST)).any(), "bursts begin within blocks"
    assert (seen.calm_all + seen.burst_all == SMALLEST).all() and (seen.canary < SMALLEST).all()
    canary, legacy = traffic.failures(seen, dice, 0.01, 0.2)
    rate = 0.95 * 0.01 + 0.05 * 0.2
    assert (canary + legacy).mean() / SMALLEST == pytest.approx(rate, rel=0.15)


def test_the_lower_end_of_mann_whitney_is_the_root_that_r_looks_for(dice: np.random.Generator) -> None:
    """Against the definition: the shift at which the corrected rank sum passes the normal quantile."""
    hour = others._hour(0.3, 0.05, 5, 1)
    requests, failed, legacy_requests, legacy_failed = hour.by(1)
    for campaign in range(5):
        x, y = failed[campaign] / requests[campaign], legacy_failed[campaign] / legacy_requests[campaign]
        low, high = float(x.min() - y.max()), float(x.max() - y.min())
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if _rank_excess(x - middle, y) > 0 else (low, middle)
        expected = low > 0.25 * abs(float(np.median(x[:, None] - y[None, :])))
        single = others.Hour(
            *(each[campaign : campaign + 1] for each in (hour.canary, hour.failed, hour.legacy_failed))
        )
        for tolerance in (low - 1e-6, low + 1e-6):
            factor = tolerance / abs(float(np.median(x[:, None] - y[None, :])))
            assert bool(others._mann_whitney(single, factor, 0.98)[0]) is (tolerance < low)
        assert bool(others._mann_whitney(single, 0.25, 0.98)[0]) is expected


def _rank_excess(x: vectors.Floats, y: vectors.Floats) -> float:
    above = (x[:, None] > y[None, :]).sum() + (x[:, None] == y[None, :]).sum() / 2 - len(x) * len(y) / 2
    counts = np.unique(np.concatenate([x, y]), return_counts=True)[1].astype(float)
    both = len(x) + len(y)
    sigma = np.sqrt(len(x) * len(y) / 12 * (both + 1 - (counts**3 - counts).sum() / (both * (both - 1))))
    return float((above - 0.5 * np.sign(above)) / sigma - NormalDist().inv_cdf(0.99))


def test_a_missed_target_is_marked() -> None:
    rows = [Row("t", "good", 0.009, 0.01, share=True), Row("t", "bad", float("inf"), 100), Row("t", "shown", 5)]
    assert [row.missed for row in rows] == [False, True, False]
    assert [line.endswith("MISSED") for line in printed(rows).splitlines()] == [False, False, True, False]
    assert rows[1].as_json()["figure"] is None


@pytest.mark.thorough
def test_all_of_it_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["--quick", "--json", "--jobs", "1"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["table"].split(",")[0] for row in rows} >= {"A/A campaigns aborted", "canary requests until abort"}
    assert sum(row["target"] is not None for row in rows) == 19
