"""The pull requests of a clean-up and of the way back as text.

In: a `CleanUp`, or what comes back, and how places are linked. Out: the body in Markdown, inert wherever names of the
analyzed code stand in it. Where it would be longer than the forge takes, its lists become shorter.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from migrator.artifacts.pull_request import Link
from migrator.artifacts.pull_request.lists import shown
from migrator.artifacts.pull_request.places import Places
from migrator.artifacts.removal.clean_up import CleanUp
from migrator.artifacts.rendering import render
from migrator.domain.assessments import Assessment
from migrator.domain.locations import Location
from migrator.domain.rollouts import Phase
from migrator.domain.triggers import TriggerKind
from migrator.domain.wording import count
from migrator.markdown import cell_code, cell_text, inline_code, inline_text
from migrator.plan.removal import Question

_CLEAN_UP = "pull_request/clean_up.md.j2"
_BACK = "pull_request/back.md.j2"
_MOST = (200, 100, 50, 25, 12, 6, 3, 1)
"""Lines of each list, tried in this order until the body fits."""
_ALL = "the branch's diff"


@dataclass(frozen=True, slots=True)
class CleanUpPage:
    """What a page about a clean-up says.

    Attributes:
        phases: route to the phase of its rollout, None for one without a record.
        accepted: what a person has taken on, with the reason.
        commit, base: what it was made from.
    """

    change: CleanUp
    assessment: Assessment
    phases: Mapping[str, Phase | None]
    accepted: Mapping[Question, str]
    link: Link
    commit: str
    base: str


def clean_up_body(page: CleanUpPage, longest: int) -> str:
    """The body.

    Args:
        longest: bytes of its UTF-8.
    """
    text = ""
    for most in _MOST:
        text = render(_CLEAN_UP, _context(page, most))
        if len(text.encode()) <= longest:
            break
    return _cut(text, longest)


def _context(page: CleanUpPage, most: int) -> Mapping[str, object]:
    places = Places(page.link)
    change, removal = page.change, page.change.removal
    tests = sum(each.reason == "it tests nothing else" for each in removal.gone)

    def row(name: str, where: Location, reason: str, place: Location | None = None) -> str:
        why = cell_text(reason) + (f" ({places.of(place)})" if place is not None and place != where else "")
        return f"| {cell_code(name)} | {places.of(where)} | {why} |"

    gone = [row(each.name, each.location, each.reason) for each in removal.gone]
    kept = [row(each.name, each.location, each.reason, each.place) for each in removal.kept]
    sent = [f"- {places.lines(each.path, each.line)}" for each in change.sends]
    accepted = [
        f"- {places.of(each.location)}: {inline_text(each.reason)}. Taken on: {inline_text(reason)}"
        for each, reason in change.accepted
    ]
    if reason := page.accepted.get(Question.NOT_PROMOTED, ""):
        accepted.append(f"- its rollout is not promoted. Taken on: {inline_text(reason)}")
    named = [f"- {inline_code(each.name)}, {places.of(each.location)}" for each in removal.named_tests]
    files = [
        f"- {places.of(each.location)}{f', named until now by {places.of(each.place)}' if each.place else ''}"
        for each in removal.perhaps_unused
    ]
    return {
        "candidate": inline_code(removal.candidate),
        "standing": cell_text(_standing(page)),
        "counts": _counts(len(removal.gone) - tests, tests),
        "sends": f"{count(len(sent), 'place')}, by a client of their own" if sent else "none",
        "way_back": cell_code(f"migrator pr {shlex.quote(removal.candidate)} --stage back"),
        "linked": bool(page.link(removal.home.path, 1, 1)),
        "commit": inline_code(page.commit[:12]),
        "base": inline_code(page.base),
        "gone": shown(gone, most, _ALL),
        "kept": shown(kept, most, _ALL),
        "sent": shown(sent, most, _ALL),
        "accepted": shown(accepted, most, _ALL),
        "tests": shown(named, most, _ALL),
        "files": shown(files, most, _ALL),
        "steps": tuple(_steps(page)),
    }


def _counts(code: int, tests: int) -> str:
    told = count(code, "definition, registration or file", "definitions, registrations and files")
    return f"{told}; {count(tests, 'test or part of tests', 'tests and parts of tests')}" if tests else told


def _standing(page: CleanUpPage) -> str:
    told = [f"the rollout of {route} is {phase}" for route, phase in sorted(page.phases.items()) if phase is not None]
    return "; ".join(told) or "no rollout is recorded; somebody has taken that on"


def _steps(page: CleanUpPage) -> Iterator[str]:
    for note in page.change.first:
        yield inline_text(note)
    yield "Deploy legacy with it, and look at its log for a name that is missing."
    for note in page.change.notes:
        yield inline_text(note)
    kinds = {trigger.kind for trigger in page.assessment.triggers}
    routes = sorted(page.phases)
    if TriggerKind.HTTP in kinds:
        yield (
            "Leave the route in the router: it owns the path, and legacy no longer has it. Take a fallback to legacy out "
            "of it."
        )
    elif routes:
        commands = ", ".join(inline_code(f"migrator router retire {shlex.quote(route)}") for route in routes)
        yield f"Take the route out of the router, which nothing asks any more: {commands}."
    if page.change.removal.perhaps_unused:
        yield "Delete the files that no code names any more, if that is so."


@dataclass(frozen=True, slots=True)
class BackPage:
    """What a page about the way back says.

    Attributes:
        undone: commits that are undone.
        files: how many files come back or change.
        routes: those that get weight 0.
        scheduled: whether the service has a clock of its own.
    """

    candidate: str
    undone: Sequence[str]
    files: int
    routes: Sequence[str]
    scheduled: bool


def back_body(page: BackPage, longest: int) -> str:
    """The body.

    Args:
        longest: bytes of its UTF-8.
    """
    routes = ", ".join(cell_code(route) for route in page.routes)
    text = render(
        _BACK,
        {
            "candidate": inline_code(page.candidate),
            "reverted": bool(page.undone),
            "counts": f"{count(len(page.undone), 'commit')} undone, {count(page.files, 'file')}",
            "routes": routes or "none that is known here: set it where they are kept",
            "commits": tuple(f"- {inline_code(commit)}" for commit in page.undone),
            "steps": tuple(_back_steps(page)),
        },
    )
    return _cut(text, longest)


def _back_steps(page: BackPage) -> Iterator[str]:
    if page.undone:
        yield "Deploy legacy with this, and try the function there: its view, a task sent by hand."
    applied = inline_code("migrator router apply")
    rollback = " or ".join(inline_code(f"migrator rollout rollback {shlex.quote(route)}") for route in page.routes)
    if page.routes:
        yield f"Only then take the weight away: {applied} with the files of this branch, or {rollback}."
    else:
        yield "Only then take the weight away, in the router that routes it."
    if page.scheduled:
        yield "Deploy the service with ScheduleState=DISABLED in the same hour, or it runs twice."
    if page.undone:
        yield "Let the function's queue run empty before its service is taken down: what was sent to it is done there."
    yield "Look at what both have written while the weight moved; the runbook says how it is reconciled."


def _cut(text: str, longest: int) -> str:
    if len(text.encode()) <= longest:
        return text
    ending = "\n\n(cut here: it is longer than the forge takes)\n"
    kept = text.encode()[: longest - len(ending.encode())].decode(errors="ignore")
    return kept.rpartition("\n")[0] + ending
