"""Carries out what was prepared: pushes branches, opens pull requests or brings them up to date.

In: what `prepare` made, the repository, a forge. Out: `Published`. Every step can be done again: whoever is killed in
between runs the whole from `prepare` on, and finds one branch and one pull request.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from migrator.domain.pull_requests import OpenedPullRequest, Standing
from migrator.publishing.ports import Forge, Repository
from migrator.publishing.values import Prepared, Published


@dataclass(frozen=True, slots=True)
class Part:
    """One repository's part of a move."""

    prepared: Prepared
    repository: Repository
    forge: Forge


def carry_out(prepared: Prepared, repository: Repository, forge: Forge) -> Published:
    """Push the branch, if something is new, and open its pull request or bring its texts up to date.

    Raises:
        Refused: the branch changed since it was prepared, or is protected.
        RemoteError: the remote or the forge does not answer; `retryable` says whether to try again.
        InputError: no token, no rights.
    """
    return carry_out_all((Part(prepared, repository, forge),))[0]


def carry_out_all(parts: Sequence[Part]) -> tuple[Published, ...]:
    """Publish the parts of a move that lie in several repositories; their pull requests lead to each other.

    All branches are pushed before the first pull request is opened. Each pull request gets the addresses of those that are
    open already, from this run or an earlier one; at the end those that did not know all of them are written once more.

    Raises:
        Refused, RemoteError, InputError: as for `carry_out`; what was done before stays and is found by the next run.
    """
    for part in parts:
        _push(part)
    known = {number: _open_address(part) for number, part in enumerate(parts)} if len(parts) > 1 else {}
    answers: dict[int, tuple[OpenedPullRequest, tuple[str, ...]]] = {}
    for number, part in enumerate(parts):
        if part.prepared.empty:
            continue
        others = _others(known, number)
        opened = part.forge.open_pull_request(part.prepared.draft(others))
        answers[number] = (opened, others)
        known[number] = opened.url
    for number, (opened, told) in tuple(answers.items()):
        others = _others(known, number)
        if others != told:
            again = parts[number].forge.open_pull_request(parts[number].prepared.draft(others))
            # What people want to know is what became of it in this run, not in its second step.
            answers[number] = (replace(again, outcome=opened.outcome), others)
    return tuple(_published(part, answers.get(number)) for number, part in enumerate(parts))


def _push(part: Part) -> None:
    prepared = part.prepared
    if prepared.pushes:
        part.repository.push(prepared.wanted.remote, prepared.wanted.branch, prepared.result, prepared.start.tip)


def _open_address(part: Part) -> str:
    """Where the pull request of an earlier run is, if it is still open."""
    found = part.forge.standing(part.prepared.wanted.branch, part.prepared.wanted.base)
    return found[1] if found is not None and found[0] is Standing.OPEN else ""


def _others(known: dict[int, str], number: int) -> tuple[str, ...]:
    return tuple(url for other, url in sorted(known.items()) if other != number and url)


def _published(part: Part, answer: tuple[OpenedPullRequest, tuple[str, ...]] | None) -> Published:
    prepared = part.prepared
    return Published(
        branch=prepared.wanted.branch,
        base=prepared.wanted.base,
        commit=prepared.result if prepared.pushes else prepared.start.tip,
        pushed=prepared.pushes,
        opened=answer[0] if answer is not None else None,
    )
