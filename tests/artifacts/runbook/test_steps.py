"""What a runbook says of steps and gates is the plan that is executed, number for number."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.artifacts.runbook import RunbookContext, runbook_markdown
from migrator.artifacts.runbook.words import gate_name, spelled
from migrator.documents.rollout_plan import CODEC
from migrator.domain.gates import (
    AvailabilityGate,
    ColdStartGate,
    ErrorRateGate,
    Gate,
    LatencyGate,
    ParityGate,
    ReadingGate,
    ReadingKind,
    ThrottleGate,
    WebhookGate,
)
from migrator.domain.rollouts import RolloutPlan, Step, Undecided
from migrator.domain.traffic import Traffic, flat
from migrator.rollout.forecast.judging import Faults
from migrator.rollout.forecast.plan import forecast
from migrator.rollout.gates import name_of
from tests.artifacts.runbook.cases import HTTP
from tests.support.runbooks.reading import read_rows

_CONTEXT = HTTP.context
_SECONDS = {"day": 86400.0, "hour": 3600.0, "minute": 60.0, "second": 1.0}
_DURATIONS = st.one_of(
    st.integers(0, 40).map(float), st.integers(1, 400_000).map(float), st.sampled_from([0.25, 0.3, 90.5, 86_399.5])
)
_HUNDREDTHS = st.integers(1, 9_999).map(lambda part: part / 100)
_WEIGHTS = st.lists(_HUNDREDTHS, unique=True, max_size=5).map(lambda found: [*sorted(found), 100.0])
_GATES = st.lists(
    st.one_of(
        _HUNDREDTHS.map(ErrorRateGate),
        st.builds(LatencyGate, st.sampled_from([0.95, 0.99]), st.integers(12, 90).map(lambda tenths: tenths / 10)),
        st.builds(ParityGate, st.integers(0, 9_999), st.one_of(st.none(), _DURATIONS)),
        st.builds(ColdStartGate, _HUNDREDTHS, st.integers(0, 99)),
        _HUNDREDTHS.map(ThrottleGate),
        st.builds(AvailabilityGate, _HUNDREDTHS, _DURATIONS),
        st.builds(
            ReadingGate,
            st.just("dead"),
            st.just(ReadingKind.DEAD_LETTERS),
            st.just({"queue": "q"}),
            st.integers(0, 99).map(float),
            st.none(),
            _DURATIONS,
        ),
        st.just(WebhookGate("says", "https://says.example/yes")),
    ),
    unique_by=type,
    max_size=5,
)


@st.composite
def plans(draw: st.DrawFn) -> RolloutPlan:
    """Any plan that may be recorded."""
    steps = tuple(
        Step(
            weight,
            draw(_DURATIONS),
            draw(st.integers(0, 5_000)),
            draw(st.booleans()),
            draw(st.sampled_from(list(Undecided))),
        )
        for weight in draw(_WEIGHTS)
    )
    return RolloutPlan(HTTP.service, steps, tuple(draw(_GATES)))


def with_plan(plan: RolloutPlan) -> RunbookContext:
    return replace(_CONTEXT, routes=(replace(_CONTEXT.routes[0], plan=plan),))


def seconds_said(text: str) -> float:
    """The seconds of a duration in words, read back by other means than it was written."""
    return sum(
        float(number.replace(",", "")) * _SECONDS[unit]
        for number, unit in re.findall(r"([\d.,]+) (day|hour|minute|second)s?", text)
    )


def steps_said(text: str) -> list[tuple[float, float, int]]:
    rows = [row.cells for row in read_rows(text) if row.chapter == "The steps" and row.cells[0].isdigit()]
    return [
        (float(weight.removesuffix(" %")), seconds_said(bake), int(least.replace(",", "")))
        for _, weight, bake, least in rows
    ]


@settings(max_examples=30, deadline=None)
@given(plans())
def test_the_steps_are_those_of_the_plan(plan: RolloutPlan) -> None:
    text = runbook_markdown(with_plan(plan))
    assert steps_said(text) == [(step.weight, step.bake_s, step.min_requests) for step in plan.steps]
    headings = re.findall(r"^### Step (\d+): ([\d.]+) % for (.*)$", text, re.MULTILINE)
    assert [(int(at), float(weight), seconds_said(bake)) for at, weight, bake in headings] == [
        (at, step.weight, step.bake_s) for at, step in enumerate(plan.steps, start=1)
    ]
    asked = re.findall(r"--reason 'step (\d+) may begin'", text)
    assert [int(at) for at in asked] == [at for at, step in enumerate(plan.steps, start=1) if step.approval]
    gates = [row.code[0][0] for row in read_rows(text) if row.chapter == "The steps" and row.code[0]]
    assert gates == [name_of(gate) for gate in plan.gates]


@settings(max_examples=8, deadline=None)
@given(plans())
def test_the_steps_are_those_that_rollout_plan_prints(plan: RolloutPlan) -> None:
    document: Any = CODEC.dump(forecast(plan, Traffic(flat(600)), 1_795_000_000.0, Faults(), "told"))
    text = runbook_markdown(with_plan(plan))
    assert [said[:2] for said in steps_said(text)] == [(step["weight"], step["bake_s"]) for step in document["steps"]]


@given(_DURATIONS)
def test_a_duration_in_words_is_exact(seconds: float) -> None:
    assert seconds_said(spelled(seconds)) == seconds


@settings(max_examples=60)
@given(_GATES)
def test_a_gate_is_called_as_its_evidence_is(gates: list[Gate]) -> None:
    assert [gate_name(gate) for gate in gates] == [name_of(gate) for gate in gates]


def test_a_gate_says_its_numbers() -> None:
    plan = replace(
        HTTP.context.routes[0].plan,
        gates=(
            ErrorRateGate(0.75),
            LatencyGate(0.99, 1.35),
            ParityGate(3, 7200),
            ColdStartGate(2.5, 4),
            AvailabilityGate(99.95, 5400),
        ),
    )
    said = [row.cells[1] for row in read_rows(runbook_markdown(with_plan(plan))) if row.chapter == "The steps"][-5:]
    for words, sentence in zip(
        (
            ("0.75 percentage points",),
            ("99 %", "1.35 times"),
            ("3 answers", "2 hours old"),
            ("2.5 %", "first 4"),
            ("99.95 %", "1 hour 30 minutes"),
        ),
        said,
        strict=True,
    ):
        assert all(word in sentence for word in words), sentence
