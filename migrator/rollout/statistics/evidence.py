"""A gate's two tests side by side: the one that rolls back and the one that promotes.

In: increments in the order of time. Out: `Finding`. What a finding leads to is the gate's.

Before the canary is shown to be within the margin, any evidence that it is worse counts: that finds faults soonest.
Afterwards only evidence that it is beyond the margin does. Else every canary that differs at all would be rolled back
once it had requests enough, however little it differs, and though the margin allows it.

For errors both tests look at the same counts. For latencies both look at answers above a frozen legacy quantile (a
bound of a bucket, `buckets`): the first counts both sides' above the same time; the second counts the canary's above
the time stretched by the ratio that the gate allows, so that "the canary's quantile is that many times legacy's or
more" is "it has at least as many as legacy".
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import log

from migrator.rollout.statistics import within, worse
from migrator.rollout.statistics.counts import Increment
from migrator.rollout.statistics.mixture import log_mean


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
    """All that a gate keeps between two looks, over all steps of one revision.

    Attributes:
        assured: whether the canary was shown within the margin before it was found worse; never taken back.
    """

    suspicion: worse.Suspicion = field(default_factory=worse.Suspicion)
    assurance: within.Assurance = field(default_factory=within.Assurance)
    assured: bool = False


def seen(before: Evidence, look: Increment, tests: GateTests, promoting: Increment | None = None) -> Evidence:
    """What is known after a look.

    Args:
        promoting: the same requests as the promoting test counts them, where that is otherwise.
    """
    after = replace(
        before,
        suspicion=worse.seen(before.suspicion, look, tests.worse),
        assurance=within.seen(
            before.assurance,
            look if promoting is None else promoting,
            tests.within,
            # Where legacy is silent its record, from before this look, stands for it.
            worse.allowed_rate(before.suspicion, tests.worse),
        ),
    )
    # Half the way to "worse" keeps a look that was taken apart from turning the one answer into the other.
    doubtful = worse.log_evidence(after.suspicion) >= log(1 / tests.worse.level) / 2
    shown = not _is_worse(after, tests) and not doubtful and within.is_within(after.assurance, tests.within)
    if before.assured or not shown:
        return after
    left = log(worse.PAIRED) + log_mean(after.suspicion.paired)
    return replace(after, assured=True, assurance=within.assured(after.assurance, left))


def raised(before: Evidence) -> Evidence:
    """What is known when the weight is raised."""
    return replace(before, assurance=within.raised(before.assurance)) if before.assured else before


def finding(known: Evidence, tests: GateTests) -> Finding:
    """What follows: worse before all else and for good; not within while half the way to beyond the margin is gone."""
    if _is_worse(known, tests):
        return Finding.WORSE
    doubtful = within.is_doubtful(known.assurance, tests.worse.level)
    return Finding.WITHIN if known.assured and not doubtful else Finding.OPEN


def _is_worse(known: Evidence, tests: GateTests) -> bool:
    found = not known.assured and worse.is_worse(known.suspicion, tests.worse)
    return found or within.is_beyond(known.assurance, tests.worse.level)
