"""Draws requests, block by block, under the troubles that a rollout meets.

In: a scenario and a generator of random numbers. Out: per block, the canary's requests and the failures of either side.
A block is `SMALLEST` requests, since evidence only moves when one is complete: so looking at the end of every block is
looking at every request.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from migrator.rollout.statistics.blocks import SMALLEST
from tools.bench.rollout.vectors import Floats, Ints


@dataclass(frozen=True, slots=True)
class Scenario:
    """How traffic comes.

    Attributes:
        weight: mean share of the canary.
        drift: part of it by which the real share swings, over `SWING` requests, from a random point on.
        bursts: share of the time in which both sides fail alike, in runs of `BURST` requests on average, beginning
            anywhere in a block.
        clustered: whether requests come from few sticky callers, so that the canary's share differs from block to
            block as a beta variable with the weight in the mean and half a caller to either side.
        cold: share of the canary's requests that start cold, after the first ten that all do.
    """

    name: str
    weight: float = 0.05
    drift: float = 0.0
    bursts: float = 0.0
    clustered: bool = False
    cold: float = 0.0


SWING = 10_000
BURST = 500
IN_BURST = 0.2
"""Share of requests that fail in a burst."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Per campaign and block: requests of the canary while all is calm and in a burst, and of both sides together."""

    calm: Ints
    burst: Ints
    calm_all: Ints
    burst_all: Ints

    @property
    def canary(self) -> Ints:
        """Requests of the canary."""
        return self.calm + self.burst


def shape(scenario: Scenario, dice: Generator, campaigns: int, blocks: int) -> Shape:
    """Which requests are the canary's, and which come in a burst."""
    share = _shares(scenario, dice, campaigns, blocks)
    burst_all = _in_bursts(scenario, dice, campaigns, blocks)
    calm_all = SMALLEST - burst_all
    burst = dice.binomial(burst_all, share)
    # A block without a request of legacy says nothing here; the sums leave no room for it.
    calm = np.minimum(dice.binomial(calm_all, share), SMALLEST - 1 - burst)
    return Shape(np.maximum(calm, 0), np.minimum(burst, SMALLEST - 1), calm_all, burst_all)


def failures(seen: Shape, dice: Generator, rate: float, in_burst: float) -> tuple[Ints, Ints]:
    """Failures of canary and legacy where both have the same rate at any time."""
    canary = dice.binomial(seen.calm, rate) + dice.binomial(seen.burst, in_burst)
    legacy = dice.binomial(seen.calm_all - seen.calm, rate) + dice.binomial(seen.burst_all - seen.burst, in_burst)
    return canary, legacy


def _shares(scenario: Scenario, dice: Generator, campaigns: int, blocks: int) -> Floats:
    at = np.arange(blocks) * (2 * np.pi * SMALLEST / SWING)
    swing = 1 + scenario.drift * np.sin(at + dice.uniform(0, 2 * np.pi, (campaigns, 1)))
    mean = scenario.weight * swing
    return np.asarray(dice.beta(mean, 1 - mean)) if scenario.clustered else mean


def _in_bursts(scenario: Scenario, dice: Generator, campaigns: int, blocks: int) -> Ints:
    """Requests of each block that lie in a burst: runs of exponential length, at exponential distances."""
    inside = np.zeros((campaigns, blocks), dtype=np.int64)
    if not scenario.bursts:
        return inside
    length = blocks * SMALLEST
    runs = int(3 * scenario.bursts * length / BURST) + 10
    pauses = dice.exponential(BURST * (1 - scenario.bursts) / scenario.bursts, (campaigns, runs))
    lengths = dice.exponential(BURST, (campaigns, runs))
    ends = np.cumsum(pauses + lengths, axis=1).astype(np.int64)
    starts = ends - lengths.astype(np.int64)
    edges: NDArray[np.int64] = np.arange(blocks + 1) * SMALLEST
    for campaign in range(campaigns):
        begun = np.concatenate([[0], np.cumsum(ends[campaign] - starts[campaign])])
        run = np.searchsorted(starts[campaign], edges, side="right")
        # Requests in bursts before each edge: all earlier runs, and the part of the last one that is over.
        over = np.where(run > 0, np.minimum(edges, ends[campaign][run - 1]) - starts[campaign][run - 1], 0)
        inside[campaign] = np.diff(begun[np.maximum(run - 1, 0)] + over)
    return inside
