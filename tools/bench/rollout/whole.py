"""The product's own engine, request by request, with what comes after a canary was shown within the margin.

The other simulations are vectors over thousands of campaigns, of one test each. Here the errors' gate is the product's, with
both its tests and the raises of weight between the steps; so there are fewer campaigns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from migrator.rollout.statistics import evidence
from migrator.rollout.statistics.blocks import SMALLEST
from migrator.rollout.statistics.counts import Increment
from migrator.rollout.statistics.evidence import Evidence, Finding, GateTests, finding
from migrator.rollout.statistics.levels import PROMOTION, WHOLE, split
from migrator.rollout.statistics.within import WithinTest
from migrator.rollout.statistics.worse import WorseTest
from tools.bench.rollout.false_alarms import ERRORS, GATES, REQUESTS
from tools.bench.rollout.promotion import MARGIN
from tools.bench.rollout.rows import Row

STEPS = (0.05, 0.25, 0.5)
LEVEL = split(GATES)[0]
TESTS = GateTests(WorseTest(LEVEL), WithinTest(PROMOTION, MARGIN))

_LONGEST = 40_000


@dataclass(frozen=True, slots=True)
class Alike:
    """A canary that must not be rolled back, whatever its steps."""

    name: str
    canary: float


@dataclass(frozen=True, slots=True)
class Late:
    """A canary like legacy that was shown so at 5 %, and fails more from the step to 25 % on."""

    canary: float


ALIKE = (
    Alike("identical at 0.5 %; 5, 25 and 50 %, a third of the requests each", ERRORS),
    Alike("worse by 0.3 pp (0.5 -> 0.8 %), delta 1 pp: rolled back after it was shown within", 0.008),
)
LATE = (Late(0.025), Late(0.035), Late(0.055))


def alike(case: Alike, campaigns: int, seed: int) -> Row:
    """The share of campaigns that the errors' gate rolls back; of a canary that is worse, once it was shown within."""
    dice = np.random.default_rng(seed)
    found = shown = 0
    for _ in range(campaigns):
        known = Evidence()
        for number, weight in enumerate(STEPS):
            known = evidence.raised(known) if number else known
            known = _looked(known, dice, weight, case.canary, REQUESTS // len(STEPS) // SMALLEST)
        shown += known.assured
        found += finding(known, TESTS) is Finding.WORSE and (case.canary == ERRORS or known.assured)
    return Row(
        "the product's own errors gate, rolled back",
        case.name,
        found / campaigns,
        WHOLE,
        share=True,
        note=f"{found} of {campaigns:,}; {shown:,} were shown within the margin",
    )


def late(case: Late, campaigns: int, seed: int) -> Row:
    """Canary requests from the beginning of the step until it is found."""
    dice = np.random.default_rng(seed)
    needed = [each for _ in range(campaigns) if (each := _until_found(case, dice)) is not None]
    median, high = (float(np.quantile(needed, part, method="higher")) for part in (0.5, 0.99))
    return Row(
        "canary requests until abort of a fault that comes with the step to 25 %, 99th percentile",
        f"errors 0.5 -> {100 * case.canary:g} %, after it was shown within 1 pp at 5 %",
        high,
        note=f"half within {median:,.0f}; {len(needed)} campaigns",
    )


def _until_found(case: Late, dice: np.random.Generator) -> float | None:
    known = Evidence()
    while not known.assured:
        known = _looked(known, dice, STEPS[0], ERRORS, 1)
        if finding(known, TESTS) is Finding.WORSE:
            return None
    known, requests = evidence.raised(known), 0
    while finding(known, TESTS) is not Finding.WORSE and requests < _LONGEST:
        look = _look(dice, STEPS[1], case.canary)
        known, requests = evidence.seen(known, look, TESTS), requests + look.canary_requests
    return float(requests) if requests < _LONGEST else float("inf")


def _looked(known: Evidence, dice: np.random.Generator, weight: float, canary: float, blocks: int) -> Evidence:
    for _ in range(blocks):
        known = evidence.seen(known, _look(dice, weight, canary), TESTS)
    return known


def _look(dice: np.random.Generator, weight: float, canary: float) -> Increment:
    asked = int(dice.binomial(SMALLEST, weight))
    left = SMALLEST - asked
    return Increment(asked, int(dice.binomial(asked, canary)), left, int(dice.binomial(left, ERRORS)))
