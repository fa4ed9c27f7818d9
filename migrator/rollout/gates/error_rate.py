"""The gate on first tries that fail.

In: both sides' first tries since the last look. Out: worse (fail), within the margin (pass), or neither.
"""

from __future__ import annotations

from migrator.domain.gates import ErrorRateGate, GateResult, Outcome
from migrator.domain.observations import Observation, Sample
from migrator.rollout.gates import two_sided
from migrator.rollout.gates.rules import Case, Memory, Rules
from migrator.rollout.statistics.counts import Increment
from migrator.rollout.statistics.evidence import GateTests
from migrator.rollout.statistics.levels import PROMOTION, Kind
from migrator.rollout.statistics.within import WithinTest
from migrator.rollout.statistics.worse import WorseTest

NAME = "error_rate"


def _takes_in(case: Case[ErrorRateGate]) -> Memory:
    seen = case.look.observation
    if not isinstance(seen, Observation):
        return case.memory
    look = Increment(
        seen.canary.requests, seen.canary.first_try_errors, seen.legacy.requests, seen.legacy.first_try_errors
    )
    return two_sided.taken_in(case.memory, look, _tests(case))


def _judge(case: Case[ErrorRateGate]) -> GateResult:
    canary, legacy = case.state.counted.canary, case.state.counted.legacy
    if not canary.requests:
        return GateResult(NAME, Outcome.NO_DATA, "no canary request yet")
    said = (
        f"canary {_share(canary)}, legacy {_share(legacy) if legacy.requests else 'not asked'}, "
        f"{case.gate.worse_by_pp:g} pp allowed"
    )
    return two_sided.judged(NAME, case.memory, _tests(case), said)


def _tests(case: Case[ErrorRateGate]) -> GateTests:
    return GateTests(WorseTest(case.level), WithinTest(PROMOTION, case.gate.worse_by_pp / 100))


def _share(sample: Sample) -> str:
    return f"{sample.first_try_errors}/{sample.requests} ({sample.error_rate:.2%}) failed first"


RULES: Rules[ErrorRateGate] = Rules(lambda _: NAME, _judge, _takes_in, raised=two_sided.raised, part=Kind.ERRORS)
