"""What the gates on errors and on latency have in common: two tests that look at both sides.

In: a gate's memory, increments, its tests. Out: the memory after a look; the gate's answer in words, with how far the
evidence has come.
"""

from __future__ import annotations

from math import exp, log

from migrator.domain.gates import GateResult, Outcome, Strength
from migrator.rollout.gates.rules import Memory
from migrator.rollout.statistics import evidence, record, within, worse
from migrator.rollout.statistics.counts import Increment
from migrator.rollout.statistics.evidence import Evidence, Finding, GateTests, finding, seen

_OUTCOMES = {Finding.WORSE: Outcome.FAIL, Finding.WITHIN: Outcome.PASS, Finding.OPEN: Outcome.UNDECIDED}


def known(memory: Memory) -> Evidence:
    """The evidence of a memory; none in an empty one."""
    return record.evidence(memory) if memory else Evidence()


def taken_in(memory: Memory, look: Increment, tests: GateTests, promoting: Increment | None = None) -> Memory:
    """The memory after a look; a look without a request changes nothing."""
    if not look.requests:
        return memory
    return record.dumped(seen(known(memory), look, tests, promoting))


def raised(memory: Memory) -> Memory:
    """The memory when the weight is raised."""
    return record.dumped(evidence.raised(known(memory))) if memory else memory


def judged(name: str, memory: Memory, tests: GateTests, said: str) -> GateResult:
    """The gate's answer.

    Args:
        said: the figures, before what they are worth.
    """
    found = known(memory)
    strength = _strength(found, tests)
    against, needed = strength.against
    text = f"{said}; against it {_worth(against)} of {_worth(needed)}"
    if strength.for_it is not None:
        text += f", for it {_worth(strength.for_it[0])} of {_worth(strength.for_it[1])}"
    return GateResult(name, _OUTCOMES[finding(found, tests)], text, strength)


def doubts(result: GateResult) -> bool:
    """Whether half the way to "worse" is gone: such a canary gets no more weight, whatever else is undecided."""
    if result.strength is None:
        return False
    against, needed = result.strength.against
    return against >= needed / 2


def _strength(found: Evidence, tests: GateTests) -> Strength:
    """The stronger of both tests against."""
    needed = log(1 / tests.worse.level)
    suspicion = max(worse.log_evidence(found.suspicion), 0.0) if not found.assured else 0.0
    beyond = max(within.log_beyond(found.assurance), 0.0)
    for_it = (max(found.assurance.log_evidence, 0.0), log(1 / tests.within.level))
    if found.assured:
        for_it = (for_it[1], for_it[1])
    return Strength((max(suspicion, beyond), needed), for_it)


def _worth(log_value: float) -> str:
    return f"{exp(log_value):.3g}" if log_value < 14 else "over 1,000,000"
