"""What to do with a branch: begin at the base, go on at its tip, or leave it alone.

In: what is known of the branch, here and on the remote. Out: one answer, from that alone. Asking git, and merging, are
left to `preparing`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

_NAMED = 10
_ANOTHER_NAME = "choose another name with --branch"


@dataclass(frozen=True, slots=True)
class BranchFacts:
    """What is known of a branch.

    Attributes:
        branch: its name.
        candidate: whose commits are ours.
        stage: the stage that is asked for.
        protected: branches that nobody pushes to: the base, and the remote's default.
        exists: whether the remote has it.
        merged: whether the base has all of its commits.
        tip_is_ours: whether its last commit is one of ours for the candidate.
        stages: the stages of our commits for the candidate that the base lacks.
        others: the candidates of other commits of ours that the base lacks.
        adds_nothing: whether its files, with the base merged, are the base's: it was merged as one commit.
        only_here: commits of the clone's own branch of that name that neither remote branch has and that are not ours.
    """

    branch: str
    candidate: str
    stage: str
    protected: frozenset[str]
    exists: bool = False
    merged: bool = False
    tip_is_ours: bool = False
    stages: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    adds_nothing: bool = False
    only_here: tuple[str, ...] = ()


class Way(Enum):
    """Where a change begins."""

    AT_BASE = "at the base"
    AT_TIP = "at the branch's tip"


@dataclass(frozen=True, slots=True)
class No:
    """Why a branch is left alone, and what a person can do about it."""

    message: str
    hint: str


def decide(facts: BranchFacts) -> Way | No:
    """What to do with a branch; the first line of the table that fits."""
    return next(answer(facts) for fits, answer in _TABLE if fits(facts))


def _protected(facts: BranchFacts) -> No:
    return No(f"{facts.branch} is a branch that others merge into; nothing is pushed to it", _ANOTHER_NAME)


def _only_here(facts: BranchFacts) -> No:
    commits = ", ".join(commit[:12] for commit in facts.only_here[:_NAMED])
    more = len(facts.only_here) - _NAMED
    return No(
        f"this clone's {facts.branch} has commits that the remote lacks: {commits}{f' and {more} more' if more > 0 else ''}",
        f"push them, so that the work goes on top of them; or remove that branch; or {_ANOTHER_NAME}",
    )


def _foreign(facts: BranchFacts) -> No:
    whose = f"; its commits are for {', '.join(sorted(facts.others))}" if facts.others else ""
    return No(f"the branch {facts.branch} has no commit of ours for {facts.candidate}{whose}", _ANOTHER_NAME)


def _other_stage(facts: BranchFacts) -> No:
    return No(
        f"the branch {facts.branch} holds the stage {', '.join(sorted(facts.stages))} of {facts.candidate}, which is not"
        f" merged",
        f"merge its pull request and remove the branch; or {_ANOTHER_NAME}",
    )


_TABLE: Final[tuple[tuple[Callable[[BranchFacts], bool], Callable[[BranchFacts], Way | No]], ...]] = (
    (lambda facts: facts.branch in facts.protected, _protected),
    (lambda facts: bool(facts.only_here), _only_here),
    (lambda facts: not facts.exists, lambda _: Way.AT_BASE),
    (lambda facts: facts.merged and facts.tip_is_ours, lambda _: Way.AT_TIP),
    (lambda facts: not facts.stages, _foreign),
    (lambda facts: facts.stage in facts.stages or facts.adds_nothing, lambda _: Way.AT_TIP),
    (lambda _: True, _other_stage),
)
