"""A gate's two tests side by side: the one that rolls back and the one that promotes.

In: increments in the order of time. Out: `Finding`. What a finding leads to is the gate's.

For errors both tests look at the same counts. For latencies both look at answers above a frozen legacy quantile (a
bound of a bucket, `buckets`): the first counts both sides' above the same time; the second counts the canary's above
the time stretched by the ratio that the gate allows, so that "the canary's quantile is that many times legacy's or
more" is "it has at least as many as legacy".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from math import log

from migrator.rollout.statistics import within, worse
from migrator.rollout.statistics.counts import Increment


class Finding(StrEnum):
    """What the evidence says so far."""

    WORSE = "worse"
    WITHIN = "within"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class GateTests:
    """What a gate tests."""

    worse: worse.WorseTest
    within: within.WithinTest


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a gate keeps between two looks, over all steps of one revision."""

    suspicion: worse.Suspicion = field(default_factory=worse.Suspicion)
    assurance: within.Assurance = field(default_factory=within.Assurance)


def seen(before: Evidence, look: Increment, tests: GateTests, promoting: Increment | None = None) -> Evidence:
    """What is known after a look.

    Args:
        promoting: the same requests as the promoting test counts them, where that is otherwise.
    """
    return Evidence(
        worse.seen(before.suspicion, look, tests.worse),
        within.seen(before.assurance, look if promoting is None else promoting, tests.within),
    )


def finding(known: Evidence, tests: GateTests) -> Finding:
    """What follows: worse before all else, and never within while half the way to worse is gone.

    The half keeps a look that was taken apart, or put together, from turning the one answer into the other.
    """
    if worse.is_worse(known.suspicion, tests.worse):
        return Finding.WORSE
    doubtful = worse.log_evidence(known.suspicion) >= log(1 / tests.worse.level) / 2
    return Finding.WITHIN if within.is_within(known.assurance, tests.within) and not doubtful else Finding.OPEN
