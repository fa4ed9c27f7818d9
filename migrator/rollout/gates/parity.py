"""The gate on answers that were compared.

In: the last comparison. Out: equal enough, fresh enough and of this revision (pass), differing (fail), or no data.
"""

from __future__ import annotations

from migrator.domain.comparisons import Comparison
from migrator.domain.gates import GateResult, Outcome, ParityGate
from migrator.domain.observations import NoData
from migrator.domain.rollouts import Phase
from migrator.rollout.gates.rules import Case, Rules
from migrator.rollout.times import clock_time, span

NAME = "parity"


def _judge(case: Case[ParityGate]) -> GateResult:
    seen = case.look.comparison
    if isinstance(seen, NoData):
        return GateResult(NAME, Outcome.NO_DATA, seen.reason)
    if stale := _stale(case, seen):
        return GateResult(NAME, Outcome.NO_DATA, stale)
    # What legacy itself could not answer says nothing about the canary.
    answered = seen.inputs - seen.failed_legacy
    if answered <= 0:
        return GateResult(NAME, Outcome.NO_DATA, f"legacy answered none of {seen.inputs} compared inputs")
    unlike = max(seen.different + seen.failed_canary, answered - seen.equal)
    outcome = Outcome.PASS if unlike <= case.gate.different else Outcome.FAIL
    return GateResult(
        NAME, outcome, f"{unlike} of {answered} answers differ or are missing, {case.gate.different} allowed"
    )


def _stale(case: Case[ParityGate], seen: Comparison) -> str:
    """Why a comparison says nothing of this canary now, or an empty string."""
    again = f"compare again: migrator compare {case.state.route} --recording FILE"
    after, fresh_s = case.state.compared_after, case.gate.fresh_s
    if seen.at is None:
        return f"the comparison does not tell when it was made; {again}" if after or fresh_s is not None else ""
    if seen.at < after:
        return f"the comparison is of {clock_time(seen.at)}, before this revision; {again}"
    # Once the canary has been given weight the figures of real calls count, and a comparison may grow old.
    begun = case.state.phase is not Phase.PENDING
    if fresh_s is not None and not begun and case.look.now - seen.at > fresh_s:
        return f"the comparison is of {clock_time(seen.at)}, older than {span(fresh_s)}; {again}"
    return ""


RULES: Rules[ParityGate] = Rules(lambda _: NAME, _judge)
