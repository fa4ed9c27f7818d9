"""The gate on answers that take too long.

In: both sides' answers by bucket of their time. Out: worse (fail), within the ratio (pass), or neither.

Legacy's quantile is learned from its first answers and then frozen, as the bound of a bucket. From there on answers above
it are counted: those of both sides above the same bound find a canary that is slower; the canary's above the bound times
the allowed ratio, beside legacy's above the bound, show one that is not. What the bound was learned from is in neither
count.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from migrator.domain.gates import GateResult, LatencyGate, Outcome
from migrator.domain.observations import Observation, Sample
from migrator.rollout.gates import two_sided
from migrator.rollout.gates.rules import Case, Memory, Rules
from migrator.rollout.statistics.buckets import ENOUGH_BEYOND, above, bound_ms, frozen, quantile_ms, steps_within
from migrator.rollout.statistics.counts import Increment
from migrator.rollout.statistics.evidence import GateTests
from migrator.rollout.statistics.levels import PROMOTION, Kind
from migrator.rollout.statistics.within import WithinTest
from migrator.rollout.statistics.worse import WorseTest

EXPECTED = 0.5
"""What a canary like legacy has above the stretched bound, as a part of what legacy has above the bound; see
`make bench-rollout` for what other canaries need."""


def name_of(gate: LatencyGate) -> str:
    """Such as `latency_p95`."""
    return f"latency_p{gate.quantile * 100:g}"


def _takes_in(case: Case[LatencyGate]) -> Memory:
    seen = case.look.observation
    if not isinstance(seen, Observation) or not (seen.legacy.times or seen.canary.times):
        return case.memory
    memory: dict[str, Any] = dict(case.memory)
    if "bound" not in memory:
        learned = _added(_buckets(memory.get("learned", {})), seen.legacy.times)
        quantile = frozen(learned, case.gate.quantile)
        found = None if quantile is None else _bounds(quantile, case.gate, seen)
        return {"learned": _texts(learned)} if found is None else {"bound": found[0], "further": found[1]}
    bound, further = int(memory["bound"]), int(memory["further"])
    if not (_is_bound(seen.legacy, bound) and _is_bound(seen.canary, bound) and _is_bound(seen.canary, further)):
        return case.memory  # counted between other bounds: how many lie above these nobody knows
    canary, legacy = seen.canary.times, seen.legacy.times
    answers, usual = sum(canary.values()), (sum(legacy.values()), above(legacy, bound))
    evidence = two_sided.taken_in(
        memory.get("evidence", {}),
        Increment(answers, above(canary, bound), *usual),
        _tests(case),
        Increment(answers, above(canary, further), *usual),
    )
    return {"bound": bound, "further": further, "evidence": evidence} if evidence else memory


def _judge(case: Case[LatencyGate]) -> GateResult:
    name = name_of(case.gate)
    memory: dict[str, Any] = dict(case.memory)
    if "bound" not in memory:
        answers = sum(_buckets(memory.get("learned", {})).values())
        needed = round(ENOUGH_BEYOND / (1 - case.gate.quantile))
        if answers >= needed:
            return GateResult(
                name,
                Outcome.NO_DATA,
                f"the figures have no bound below legacy's {_shown(case.gate)} that both sides share: give the "
                "histograms finer buckets",
            )
        return GateResult(
            name, Outcome.NO_DATA, f"legacy's {_shown(case.gate)} is learned from {answers} of {needed} answers"
        )
    canary, legacy = case.state.counted.canary.times, case.state.counted.legacy.times
    if not canary:
        return GateResult(name, Outcome.NO_DATA, "no timed canary request yet")
    said = (
        f"canary {_time(canary, case.gate)}, legacy {_time(legacy, case.gate)}, ratio of {case.gate.ratio:g} allowed, "
        f"counted above {bound_ms(int(memory['bound'])):.1f} ms"
    )
    if memory["further"] == memory["bound"]:
        said += "; the buckets are too coarse there to show a canary within the ratio"
    return two_sided.judged(name, memory.get("evidence", {}), _tests(case), said)


def _tests(case: Case[LatencyGate]) -> GateTests:
    # A legacy side of which no time is on record gives no bound, so there is nothing to assume of it.
    return GateTests(WorseTest(case.level, ceiling=None), WithinTest(PROMOTION, 0.0, EXPECTED))


def _bounds(quantile: int, gate: LatencyGate, seen: Observation) -> tuple[int, int] | None:
    """Above which bound both sides are counted, and above which the canary is counted to show it within the ratio.

    Both are bounds at which the figures really are cut, at or below the wished ones: so what is shown holds for the ratio
    and more. None where there is no such bound.
    """
    legacy, canary = seen.legacy.bounds, seen.canary.bounds
    if not legacy and not canary:
        return quantile, quantile + steps_within(gate.ratio)
    shared = [bound for bound in (legacy or canary) if _is_bound(seen.canary, bound) and bound <= quantile]
    if not shared:
        return None
    bound = max(shared)
    wished = bound + steps_within(gate.ratio)
    return bound, max(each for each in canary if each <= wished) if canary else wished


def _is_bound(sample: Sample, bound: int) -> bool:
    return not sample.bounds or bound in sample.bounds


def _time(times: Mapping[int, int], gate: LatencyGate) -> str:
    value = quantile_ms(times, gate.quantile)
    return "unknown" if value is None else f"{value:.1f} ms"


def _shown(gate: LatencyGate) -> str:
    return f"p{gate.quantile * 100:g}"


def _added(one: Mapping[int, int], other: Mapping[int, int]) -> dict[int, int]:
    return {number: one.get(number, 0) + other.get(number, 0) for number in sorted({*one, *other})}


def _buckets(document: Mapping[str, int]) -> dict[int, int]:
    return {int(number): count for number, count in document.items()}


def _texts(counts: Mapping[int, int]) -> dict[str, int]:
    return {str(number): count for number, count in counts.items()}


def _raised(memory: Memory) -> Memory:
    evidence: Any = memory.get("evidence")
    return {**memory, "evidence": two_sided.raised(evidence)} if evidence else memory


RULES: Rules[LatencyGate] = Rules(name_of, _judge, _takes_in, raised=_raised, part=Kind.LATENCY)
