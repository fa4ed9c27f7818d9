"""The line beside each entry of "start here": what it does and with what, how much it is, what to mind."""

from __future__ import annotations

import pytest

from migrator.domain.assessments import Assessment, Reach
from migrator.domain.effects import Effect, EffectFinding
from migrator.domain.triggers import TriggerKind
from migrator.verdicts import assess
from migrator.verdicts.reasons import reason_of
from tests.support.assessed import HandModel, HandSummary, candidate, finding, unresolved

SMALL = Reach(3, 40)


def assessed(*effects: EffectFinding, reach: Reach = SMALL, doubtful: int = 0) -> Assessment:
    summary = HandSummary(effects, unresolved=(unresolved(),) * doubtful, reach=reach)
    return assess(HandModel((candidate("a.f", kind=TriggerKind.QUEUE), summary)))[0]


def test_the_weightiest_comes_first_with_the_call_that_does_it() -> None:
    reason = reason_of(
        assessed(
            finding(Effect.MEMOIZE),
            finding(Effect.DATABASE, reason="orm.Manager.get reads a row"),
            finding(Effect.HTTP_OUT, reason="requests.sessions.Session.post sends an HTTP request"),
            reach=Reach(3, 40, {"celery": 1, "PIL": 2, "cv2": 2}),
            doubtful=3,
        )
    )
    assert reason == (
        "a job that calls other services (Session.post), works on images (PIL and cv2), uses the database and keeps a "
        "memo; runs 40 lines in 3 functions; 3 calls unresolved"
    )


@pytest.mark.parametrize(
    ("effects", "said"),
    [
        ((finding(Effect.EMAIL, reason="smtplib.SMTP.send sends"),), "sends e-mail (SMTP.send)"),
        ((finding(Effect.EMAIL, reason="stated in a comment: it does"),), "sends e-mail"),
        ((finding(Effect.HTTP_OUT, reason="docs/notes.txt says so"),), "calls other services"),
        ((finding(Effect.DATABASE, changes=True),), "writes to the database"),
        ((finding(Effect.DATABASE, changes=False),), "uses the database"),
        ((), "depends on nothing but its arguments"),
    ],
)
def test_what_it_does(effects: tuple[EffectFinding, ...], said: str) -> None:
    assert reason_of(assessed(*effects)).startswith(f"a job that {said};")


def test_the_call_that_changes_something_says_more_than_the_nearest() -> None:
    asks = finding(Effect.OBJECT_STORAGE, reason="files.Storage.exists asks").evidence
    deletes = finding(Effect.OBJECT_STORAGE, reason="files.Storage.delete removes", changes=True).evidence
    saves = finding(Effect.OBJECT_STORAGE, reason="files.Storage.save saves", changes=True).evidence
    reason = reason_of(assessed(EffectFinding(Effect.OBJECT_STORAGE, asks + deletes + saves)))
    assert reason.startswith("a job that uses object storage (Storage.delete);")
    assert "(Storage.exists)" in reason_of(assessed(EffectFinding(Effect.OBJECT_STORAGE, asks)))


def test_that_no_database_is_needed_is_said_where_it_is_so() -> None:
    sentence = "needs no database or cache"
    assert sentence in reason_of(assessed(finding(Effect.EMAIL)))
    assert sentence not in reason_of(assessed(finding(Effect.EMAIL), finding(Effect.CACHE)))
    assert sentence not in reason_of(assessed(finding(Effect.EMAIL), finding(Effect.BACKGROUND)))


def test_hazards_are_minded() -> None:
    assert "a retry repeats 2 lines" in reason_of(assessed(finding(Effect.EMAIL, lines=(4, 5), changes=True)))
