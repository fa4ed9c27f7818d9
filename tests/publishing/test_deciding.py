"""What is done with a branch, from what is known of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.publishing.deciding import BranchFacts, No, Way, decide

NEW = BranchFacts("migrator/tax", "shop.tax", "move", frozenset({"main", "develop"}))
THERE = replace(NEW, exists=True)
OURS = replace(THERE, stages=frozenset({"move"}), tip_is_ours=True)

CASES: dict[str, tuple[BranchFacts, Way | str]] = {
    "there is none yet": (NEW, Way.AT_BASE),
    "it has our commits": (OURS, Way.AT_TIP),
    "people's commits are on top of ours": (replace(OURS, tip_is_ours=False), Way.AT_TIP),
    "ours are between others' for other candidates": (replace(OURS, others=frozenset({"shop.mail"})), Way.AT_TIP),
    "it was merged and not removed": (replace(THERE, merged=True, tip_is_ours=True), Way.AT_TIP),
    "it was merged as one commit and not removed": (
        replace(OURS, stage="clean-up", adds_nothing=True),
        Way.AT_TIP,
    ),
    "somebody else's": (THERE, "no commit of ours for shop.tax"),
    "somebody else's, at the base": (replace(THERE, merged=True), "no commit of ours for shop.tax"),
    "another candidate's": (replace(THERE, others=frozenset({"shop.mail"})), "are for shop.mail"),
    "another stage of it is open": (replace(OURS, stage="clean-up"), "stage move of shop.tax"),
    "it is the base": (replace(OURS, branch="main"), "others merge into"),
    "it is the default branch": (replace(NEW, branch="develop"), "others merge into"),
    "a person's branch of that name is only here": (replace(NEW, only_here=("a" * 40,)), "a" * 12),
    "the clone's own has commits that the remote lacks": (replace(OURS, only_here=("b" * 40,)), "b" * 12),
    "so many that they are counted": (replace(OURS, only_here=tuple(f"{n:040}" for n in range(13))), "and 3 more"),
}


@pytest.mark.parametrize("name", CASES)
def test_every_case_has_its_answer(name: str) -> None:
    facts, expected = CASES[name]
    answer = decide(facts)
    if isinstance(expected, Way):
        assert answer is expected
    else:
        assert isinstance(answer, No)
        assert expected in answer.message
        assert "--branch" in answer.hint


FACTS = st.builds(
    BranchFacts,
    branch=st.sampled_from(["migrator/tax", "main"]),
    candidate=st.just("shop.tax"),
    stage=st.sampled_from(["move", "clean-up"]),
    protected=st.just(frozenset({"main"})),
    exists=st.booleans(),
    merged=st.booleans(),
    tip_is_ours=st.booleans(),
    stages=st.frozensets(st.sampled_from(["move", "clean-up"])),
    others=st.frozensets(st.just("shop.mail")),
    adds_nothing=st.booleans(),
    only_here=st.lists(st.just("c" * 40), max_size=2).map(tuple),
)


@given(FACTS)
def test_whatever_is_known_nobody_elses_branch_is_gone_on_with(facts: BranchFacts) -> None:
    answer = decide(facts)
    if facts.branch == "main" or facts.only_here:
        assert isinstance(answer, No)
    elif answer is Way.AT_TIP:
        assert facts.exists
        assert facts.stages or facts.tip_is_ours
    elif answer is Way.AT_BASE:
        assert not facts.exists
