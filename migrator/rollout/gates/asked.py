"""The gates that ask somebody: a figure that must lie within limits, and a webhook's word.

In: the answers of this look. Out: within the limits (pass), beyond them for longer than allowed (fail), or neither.
"""

from __future__ import annotations

from migrator.domain.gates import GateResult, Outcome, ReadingGate, WebhookGate
from migrator.domain.looks import Reading, Verdict
from migrator.domain.observations import NoData
from migrator.rollout.gates.rules import Case, Memory, Rules
from migrator.rollout.times import clock_time, span


def _takes_in(case: Case[ReadingGate]) -> Memory:
    answer = case.look.answers.get(case.gate.name)
    if not isinstance(answer, Reading):
        return case.memory  # what could not be read is neither good nor bad
    if _is_good(case.gate, answer.value):
        return {}
    return case.memory if "beyond_since" in case.memory else {"beyond_since": case.look.now}


def _judge_reading(case: Case[ReadingGate]) -> GateResult:
    gate = case.gate
    match case.look.answers.get(gate.name):
        case Reading(value=value):
            said = f"{value:g}, {limits(gate)}"
        case NoData(reason=reason):
            return GateResult(gate.name, Outcome.NO_DATA, reason)
        case _:
            return GateResult(gate.name, Outcome.NO_DATA, "not asked")
    since = case.memory.get("beyond_since")
    if not isinstance(since, float | int):
        return GateResult(gate.name, Outcome.PASS, said)
    if case.look.now - since >= gate.for_s:
        return GateResult(gate.name, Outcome.FAIL, f"{said}, beyond it since {clock_time(since)}")
    return GateResult(
        gate.name, Outcome.UNDECIDED, f"{said}, beyond it since {clock_time(since)}, {span(gate.for_s)} allowed"
    )


def _judge_webhook(case: Case[WebhookGate]) -> GateResult:
    match case.look.answers.get(case.gate.name):
        case Verdict(outcome=outcome, reason=reason):
            return GateResult(case.gate.name, outcome, reason or "says so")
        case NoData(reason=reason):
            return GateResult(case.gate.name, Outcome.NO_DATA, reason)
        case _:
            return GateResult(case.gate.name, Outcome.NO_DATA, "not asked")


def limits(gate: ReadingGate) -> str:
    """The limits in words."""
    named = (("at least", gate.at_least), ("at most", gate.at_most))
    return " and ".join(f"{word} {limit:g}" for word, limit in named if limit is not None) + " wanted"


def _is_good(gate: ReadingGate, value: float) -> bool:
    return (gate.at_most is None or value <= gate.at_most) and (gate.at_least is None or value >= gate.at_least)


READING_RULES: Rules[ReadingGate] = Rules(lambda gate: gate.name, _judge_reading, _takes_in)
WEBHOOK_RULES: Rules[WebhookGate] = Rules(lambda gate: gate.name, _judge_webhook)
