"""Legacy loses nothing while it may still be asked."""

from __future__ import annotations

import pytest

from migrator.domain.rollouts import Phase
from migrator.errors import Refused, UsageError
from migrator.plan.removal import Question, accepted_questions, refuse_unless_promoted


@pytest.mark.parametrize("phase", list(Phase))
def test_only_what_is_promoted_or_retired_may_go(phase: Phase) -> None:
    if phase in (Phase.PROMOTED, Phase.RETIRED):
        refuse_unless_promoted({"a": phase}, {})
        return
    with pytest.raises(Refused, match=f"the rollout of the route a is {phase.value}"):
        refuse_unless_promoted({"a": phase, "b": Phase.PROMOTED}, {})
    refuse_unless_promoted({"a": phase}, {Question.NOT_PROMOTED: "by hand"})


@pytest.mark.parametrize("phases", [{}, {"a": None}, {"a": Phase.PROMOTED, "b": None}])
def test_without_a_record_nothing_is_known(phases: dict[str, Phase | None]) -> None:
    with pytest.raises(Refused, match="recorded") as caught:
        refuse_unless_promoted(phases, {Question.TESTS: "another question"})
    assert "--accept not-promoted=REASON" in caught.value.hint


def test_words_that_are_no_questions_are_told() -> None:
    assert accepted_questions({"tests": "seen"}) == {Question.TESTS: "seen"}
    with pytest.raises(UsageError, match="--accept memoize: there is no such question"):
        accepted_questions({"memoize": "small"})
    with pytest.raises(UsageError, match="has no reason"):
        accepted_questions({"tests": " "})
