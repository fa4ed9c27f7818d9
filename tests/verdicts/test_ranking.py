"""The score: its bands, what never raises it, and which of two candidates of a real program comes first."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.domain.assessments import Confidence, HazardKind, Verdict
from migrator.domain.triggers import TriggerKind
from migrator.verdicts import assess
from migrator.verdicts.ranking import BANDS, EVENTS, HAZARDS, WEIGHTS, score_of
from tests.support.assessed import candidate
from tests.support.programs import model_of


@dataclass(frozen=True)
class Case:
    """Everything that a score depends on."""

    verdict: Verdict
    confidence: Confidence
    kind: TriggerKind
    hazards: frozenset[HazardKind]
    doubtful: int
    points: float
    functions: int
    name: str = "a.f"

    @property
    def score(self) -> float:
        return score_of(
            self.name,
            self.verdict,
            self.confidence,
            triggers=candidate(self.name, kind=self.kind).triggers,
            hazards=self.hazards,
            doubtful=self.doubtful,
            points=self.points,
            functions=self.functions,
        )


CASES = st.builds(
    Case,
    verdict=st.sampled_from(Verdict),
    confidence=st.sampled_from(Confidence),
    kind=st.sampled_from(TriggerKind),
    hazards=st.frozensets(st.sampled_from(HazardKind)),
    doubtful=st.integers(1, 900),
    points=st.floats(0, 50),
    functions=st.integers(0, 5_000),
)
GOOD = Case(Verdict.READY, Confidence.PROVEN, TriggerKind.QUEUE, frozenset(), 0, 1.5, 5)


def test_the_tables_are_whole() -> None:
    assert sorted(verdict for band in BANDS for verdict in band) == sorted(Verdict)
    assert EVENTS.keys() == set(TriggerKind)
    assert HAZARDS.keys() == set(HazardKind)
    assert abs(sum(WEIGHTS.values()) - 1) < 1e-9


@given(CASES)
def test_a_score_stays_in_its_band(case: Case) -> None:
    band = next(number for number, members in enumerate(BANDS, start=1) if case.verdict in members)
    assert (3 - band) / 3 - 1e-6 <= case.score <= (4 - band) / 3 + 1e-6


@given(CASES, CASES)
def test_what_blocks_never_comes_before_what_moves(one: Case, other: Case) -> None:
    bands = [next(number for number, members in enumerate(BANDS) if case.verdict in members) for case in (one, other)]
    if bands[0] < bands[1]:
        assert one.score >= other.score


@given(CASES, st.sampled_from(HazardKind))
def test_one_more_hazard_never_raises_a_score(case: Case, more: HazardKind) -> None:
    assert replace(case, hazards=case.hazards | {more}).score <= case.score


@given(CASES, st.integers(1, 50))
def test_less_confidence_never_raises_a_score(case: Case, more: int) -> None:
    scores = [replace(case, confidence=confidence).score for confidence in Confidence]
    assert scores == sorted(scores, reverse=True)
    assert replace(case, doubtful=case.doubtful + more).score <= case.score


@given(CASES, st.floats(0, 50))
def test_more_work_never_lowers_a_score(case: Case, more: float) -> None:
    assert replace(case, points=case.points + more).score >= case.score


@given(CASES, st.integers(1, 900))
def test_more_to_take_along_never_raises_a_score(case: Case, more: int) -> None:
    assert replace(case, functions=case.functions + more).score <= case.score


@pytest.mark.parametrize(
    "worse",
    [
        replace(GOOD, kind=TriggerKind.HTTP),
        replace(GOOD, verdict=Verdict.WITH_NETWORK),
        replace(GOOD, confidence=Confidence.LIKELY),
        replace(GOOD, confidence=Confidence.UNPROVEN, doubtful=1),
        replace(GOOD, points=0.6),
        replace(GOOD, functions=800),
        replace(GOOD, name="a.tests.f"),
        replace(GOOD, name="a.migrations.f"),
        *(replace(GOOD, hazards=frozenset({kind})) for kind in HazardKind),
    ],
    ids=str,
)
def test_each_part_counts(worse: Case) -> None:
    assert worse.score < GOOD.score


@given(CASES)
def test_where_there_is_no_work_the_safer_still_comes_first(case: Case) -> None:
    idle = replace(case, points=0.0, confidence=Confidence.LIKELY, functions=5)
    assert replace(idle, confidence=Confidence.PROVEN).score > idle.score
    assert replace(idle, functions=9).score < idle.score
    assert idle.score < replace(idle, points=0.5).score


def test_events_of_the_outside_come_before_calls_inside() -> None:
    kinds = (TriggerKind.QUEUE, TriggerKind.HTTP, TriggerKind.COMMAND, TriggerKind.SIGNAL)
    scores = [replace(GOOD, kind=kind).score for kind in kinds]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)


def test_a_framework_s_own_command_is_no_move() -> None:
    own, framework, nothing = (
        score_of(
            "a.f",
            Verdict.READY,
            Confidence.PROVEN,
            triggers=candidate("a.f", kind=TriggerKind.COMMAND, command=command).triggers,
            hazards=(),
            doubtful=0,
            points=points,
            functions=1,
        )
        for command, points in (("send_bills", 2.0), ("runserver", 2.0), ("send_bills", 0.0))
    )
    assert own > framework == nothing


SHOP = """\
import smtplib
from blinker import signal
from celery import shared_task
from flask import Flask, redirect, render_template
from reportlab.pdfgen.canvas import Canvas
import somewhere

app = Flask(__name__)
KINDS = {}

@app.route("/old")
def old():
    return redirect("/new")

@app.route("/health")
def health():
    return "ok"

@app.route("/about")
def about():
    return render_template("about.html")

@signal("kinds").connect
def register_kind(sender):
    return ("paper", "A sheet of paper")

@shared_task
def send_bill(address):
    text = somewhere.text_for(address)
    with smtplib.SMTP("mail") as server:
        server.send_message(text)

@app.route("/label/<code>")
def label(code):
    canvas = Canvas("/dev/null" if False else None)
    canvas.drawString(10, 10, code)
    return canvas.getpdfdata()

def step(amount, rate):
    total = amount
    for each in range(3):
        total = total + amount * rate
        if total > 100:
            total = total - 1
        elif total > 50:
            total = total - 2
        elif total > 25:
            total = total - 3
    return total

def rounded(amount):
    whole = int(amount)
    rest = amount - whole
    if rest > 0.5:
        whole = whole + 1
    if rest > 0.75:
        whole = whole + 2
    if whole > 10:
        whole = whole - 1
    if whole > 20:
        whole = whole - 1
    return whole

@app.route("/tax/<int:amount>")
def tax(amount):
    first = step(amount, 0.1)
    second = step(first, 0.2)
    third = step(second, 0.3)
    if third > first:
        third = rounded(third)
    return str(third)
"""


def test_jobs_that_do_something_outside_come_before_what_is_safe_and_trivial() -> None:
    assessed = {item.name.removeprefix("app."): item for item in assess(model_of(SHOP))}

    assert assessed["send_bill"].confidence is Confidence.UNPROVEN
    work = [assessed[name].rank for name in ("send_bill", "label", "tax")]
    trivial = [assessed[name].rank for name in ("old", "health", "about", "register_kind")]
    assert max(work) < min(trivial)
