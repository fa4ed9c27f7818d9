"""The body of a pull request that moves a function.

In: a `Move`, and how long the body may be. Out: Markdown that GitHub and GitLab show alike. Where it would be too long
its lists become shorter, each with a count of what is left out and where all of it is.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

from migrator.artifacts.pull_request import checklist, cloud, findings, shifting
from migrator.artifacts.pull_request.lists import Shown, shown
from migrator.artifacts.pull_request.move import Move
from migrator.artifacts.pull_request.places import Places
from migrator.artifacts.rendering import render
from migrator.domain.assessments import Confidence, Verdict
from migrator.domain.plans import Dropped
from migrator.domain.trigger_text import trigger_text
from migrator.domain.wording import count
from migrator.markdown import cell_code, cell_text, inline_code, inline_text
from migrator.verdicts.reasons import reason_of

LONGEST: Mapping[str, int] = {"github": 65_536, "gitlab": 1_048_576, "git": 65_536}
"""By kind of forge. GitHub: characters, as its API's own answer says ("body is too long (maximum is 65536 characters)");
GitLab: bytes, "Issuable-like Rails models utilities" (1 megabyte), both read 2026-11. Plain git is pasted into either."""

TEMPLATE = "pull_request/move.md.j2"
_MEANING: Mapping[Verdict, str] = {
    Verdict.READY: "it may move as it is",
    Verdict.WITH_NETWORK: "it may move, and needs a way to the database or the cache",
    Verdict.REFACTOR: "it has to be changed before it moves, unless somebody takes on what stands in the way",
    Verdict.KEEP: "it should stay, unless somebody takes on what stands in the way",
}
_PROOF: Mapping[Confidence, str] = {
    Confidence.PROVEN: "everything that it reaches was followed",
    Confidence.LIKELY: "what could not be followed does hardly anything more",
    Confidence.UNPROVEN: "what could not be followed may do more than is listed here",
}
_MOST = (50, 25, 12, 6, 3, 1)
"""Lines of each list, tried in this order until the body fits."""
_FOLDED = 3
"""So many times more of the one list that is folded, and that a reviewer opens for the sake of its length."""


def body(move: Move, longest: int = LONGEST["github"], others: Sequence[str] = ()) -> str:
    """The body.

    Args:
        longest: bytes of its UTF-8, of which there are at least as many as characters.
        others: addresses of the pull requests that belong to the same move.
    """
    text = ""
    for most in _MOST:
        text = render(TEMPLATE, _context(move, most, others))
        if len(text.encode()) <= longest:
            return text
    # Not even one line a list: a single text is as long as a page.
    ending = "\n\n(cut here: it is longer than the forge takes)\n"
    kept = text.encode()[: longest - len(ending.encode())].decode(errors="ignore")
    return kept.rpartition("\n")[0] + ending


def _context(move: Move, most: int, others: Sequence[str]) -> Mapping[str, object]:
    places = Places(move.link)
    planned, plan = move.planned, move.planned.plan
    name = plan.candidate
    explained = inline_code(f"migrator explain {shlex.quote(name)}")
    shown_plan = inline_code(f"migrator plan {shlex.quote(name)} --all")
    template = f"{inline_code(f'{move.layout.service}/template.yaml')}"

    def listed(lines: Sequence[str], where: str) -> Shown:
        return shown(lines, most, where)

    seam_places, seam_left = findings.seam(move)
    branch_diff = "the commit that puts the seam in"
    lists = {
        "effects": listed(findings.effects(move, places), explained),
        "hazards": listed(findings.hazards(move, places), explained),
        "accepted": listed(findings.accepted(move), shown_plan),
        "overridden": listed(findings.overridden(move, places), explained),
        "unresolved": listed(findings.unresolved(move, places), explained),
        "advice": listed(findings.advice(move, places), explained),
        "kept": listed(findings.kept(plan.kept, places), shown_plan),
        "import_time": listed(findings.kept(plan.import_time, places), shown_plan),
        "access_checks": listed(findings.dropped(plan.access_checks, places), shown_plan),
        "dropped": listed(findings.dropped(_left_behind(move), places), shown_plan),
        "resources": listed(cloud.resources(move), template),
        "permissions": listed(cloud.permissions(move, places), template),
        "unallowed": listed(cloud.unallowed(move, places), template),
        "secrets": listed(cloud.secrets(move, places), template),
        "values": listed(cloud.values(move, places), template),
        "not_set": listed(cloud.not_set(move), template),
        "defaults": listed(cloud.defaults(move, places), template),
        "slice": shown(findings.slice_tree(move, places), most * _FOLDED, shown_plan),
        "seam_places": listed(seam_places, branch_diff),
        "seam_left": listed(seam_left, inline_code(f"migrator seam add {shlex.quote(name)} --dry-run")),
        "steps": listed(shifting.steps(move), inline_code(move.layout.routes)),
        "gates": listed(shifting.gates(move), inline_code(move.layout.routes)),
        "rules": listed(shifting.rules(move), inline_code(move.layout.routes)),
        "different": listed(shifting.compared(move.comparison) if move.comparison else (), "the comparison"),
        "checks": listed(checklist.checks(move), shown_plan),
    }
    return {
        **lists,
        "function": inline_code(name),
        "place": places.of(planned.assessment.location),
        "why": cell_text(f"{reason_of(planned.assessment)}."),
        "event": ", ".join(
            f"{cell_code(trigger_text(each))} ({cell_text(each.framework)}, {places.of(each.location)})"
            for each in planned.assessment.triggers
        ),
        "verdict": planned.assessment.verdict.value,
        "meaning": _MEANING[planned.assessment.verdict],
        "proof": _PROOF[planned.assessment.confidence],
        "confidence": planned.assessment.confidence.value,
        "rank": planned.assessment.rank,
        "because": cell_text(plan.because),
        "strategy": plan.strategy.value,
        "carries": _carries(move),
        "travels": f"{count(len(plan.definitions), 'definition')} of {count(len(plan.modules), 'module')}",
        "runs": _runs(move),
        "packaging": cell_text(plan.packaging),
        "service": inline_code(f"{move.layout.service}/"),
        "routes": ", ".join(inline_code(route) for route in shifting.routes(move)),
        "route_file": inline_code(move.layout.routes),
        "runbook": inline_code(move.layout.runbook),
        "routed": bool(move.plans),
        "asks": _asks(move),
        "weights": inline_code(move.seam.weights) if move.seam else "",
        "commit": inline_code(move.commit[:12]),
        "linked": bool(move.link(planned.assessment.location.path, 1, 1)),
        "apart": move.apart,
        "others": tuple(others),
        "comparison": shifting.comparison_said(move.comparison) if move.comparison else "",
        "rollback": shifting.rollback(move),
        "start": shifting.start(move),
        "service_argument": shlex.quote(move.layout.service),
        "notes": tuple(inline_text(note) for note in move.notes),
        "pipeline": move.pipeline,
    }


def _asks(move: Move) -> str:
    """Where it is decided which side serves a call."""
    if move.seam is not None:
        return f"in its code, at its {move.seam.at.value}"
    if move.plans:
        return "not at all: the data plane in front of it routes the calls"
    return f"not at all: whoever operates its event source ({move.planned.plan.source.value}) switches it over"


def _left_behind(move: Move) -> list[Dropped]:
    """What the hazards do not say already."""
    said = {(hazard.kind.value, hazard.reason) for hazard in move.planned.assessment.hazards}
    return [
        each
        for each in (*move.planned.plan.dropped, *move.findings)
        if not any(each.what.endswith(kind) and each.reason == reason for kind, reason in said)
    ]


def _carries(move: Move) -> str:
    plan = move.planned.plan
    lines = sum(each.lines for each in plan.definitions)
    wanted = [f"{each.distribution} {each.version}".strip() for each in plan.requirements]
    said = f"{count(lines, 'line')} of {count(len(plan.modules), 'module')}"
    return f"{said}; requirements: {cloud.named(wanted) if wanted else 'none of its own'}"


def _runs(move: Move) -> str:
    plan = move.planned.plan
    network = ", in the private network" if plan.network else ""
    return f"{plan.target.value}, {plan.runtime}, {plan.architecture}, {plan.memory_mb:,} MB, at most {plan.timeout_s} s{network}"
