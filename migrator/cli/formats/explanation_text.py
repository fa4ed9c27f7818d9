"""Everything that is known of one candidate, line by line: why it got its verdict, and what to do.

In: an `Assessment` and the lines of the analyzed code. Out: lines on a page.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from migrator.cli.formats.page import CONFIDENCE_STYLE, VERDICT_STYLE, Page, count, listed, place
from migrator.domain.assessments import Assessment, Confidence, Unresolved, Verdict
from migrator.domain.effects import EffectFinding, Evidence
from migrator.domain.locations import Location
from migrator.domain.overrides import OverrideKind
from migrator.domain.trigger_text import trigger_text
from migrator.domain.usage_text import usage_text
from migrator.verdicts.policy import BLOCKERS

SourceLine = Callable[[Location], str]

_EVIDENCE_SHOWN = 6
_UNRESOLVED_SHOWN = 8
_HAZARDS_SHOWN = 8

_CONFIDENCE_MEANING = {
    Confidence.PROVEN: "everything that it reaches was followed",
    Confidence.LIKELY: "what could not be followed is improbable to matter, by the rules stated below",
    Confidence.UNPROVEN: "it reaches calls that could not be followed, listed below",
}


@dataclass
class _Node:
    """A function on the way to evidence."""

    children: dict[str, _Node] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)


def write_explanation(
    page: Page, assessment: Assessment, *, root: str, source: SourceLine, everything: bool = False, quiet: bool = False
) -> None:
    """The whole explanation.

    Args:
        root: as the user named it, for the next command.
        source: gives the text of a line of the analyzed code.
        everything: show all evidence, hazards and unresolved calls, however many.
        quiet: leave out the next command.
    """
    page.line((assessment.name, "bold"))
    page.line(place(assessment.location), indent="  ")
    page.gap()
    page.line(
        (str(assessment.verdict), VERDICT_STYLE[assessment.verdict]),
        ", ",
        (str(assessment.confidence), CONFIDENCE_STYLE[assessment.confidence]),
        f": {_CONFIDENCE_MEANING[assessment.confidence]}",
        indent="  ",
        hang="      ",
    )
    page.line(f"rank {assessment.rank}, score {assessment.score:.3f}", indent="  ")
    if assessment.usage is not None:
        told = f" ({listed(assessment.usage.sources)})" if assessment.usage.sources else ""
        page.line(f"in production: {usage_text(assessment.usage)}{told}", indent="  ", hang="      ")
    _triggers(page, assessment)
    _effects(page, assessment, source, everything)
    _overrides(page, assessment)
    _unresolved(page, assessment.unresolved, source, everything)
    _hazards(page, assessment, source, everything)
    _advice(page, assessment)
    if not quiet:
        _next(page, assessment, root)


def _triggers(page: Page, assessment: Assessment) -> None:
    page.heading("Triggers")
    for trigger in assessment.triggers:
        page.line((trigger_text(trigger), ""), (f"  ({trigger.framework})", "dim"), indent="  ", hang="      ")
        page.line(place(trigger.location), indent="      ")


def _effects(page: Page, assessment: Assessment, source: SourceLine, everything: bool) -> None:
    page.heading("Effects")
    if not assessment.effects:
        page.line("none: it depends on its arguments and changes nothing outside", indent="  ", hang="      ")
    for finding in assessment.effects:
        blocks = finding.effect in BLOCKERS
        page.line(
            (str(finding.effect), "bold red" if blocks else "bold"),
            (f"  {count(len(finding.evidence), 'place')}", "dim"),
            (", blocks the move" if blocks else "", "red"),
            indent="  ",
        )
        _evidence(page, assessment.name, finding, source, everything)


def _evidence(page: Page, name: str, finding: EffectFinding, source: SourceLine, everything: bool) -> None:
    shown = finding.evidence if everything else finding.evidence[:_EVIDENCE_SHOWN]
    tree = _Node()
    for evidence in shown:
        node = tree
        for step in evidence.chain or (name,):
            node = node.children.setdefault(step, _Node())
        node.evidence.append(evidence)
    for step, node in tree.children.items():
        _draw(page, step, node, source, first="    ", rest="    ")
    if len(finding.evidence) > len(shown):
        page.line(f"and {len(finding.evidence) - len(shown)} more (--all shows them)", indent="    ")


def _draw(page: Page, step: str, node: _Node, source: SourceLine, *, first: str, rest: str) -> None:
    tee, corner, bar = ("├─ ", "└─ ", "│  ") if page.drawn else ("+- ", "+- ", "|  ")
    page.line(step, indent=first, hang=rest + "   ")
    below = list(node.children.items())
    stem = rest + (bar if below else "   ")
    for evidence in node.evidence:
        page.line(place(evidence.location), f"  {evidence.reason}", indent=stem, hang=stem + "  ")
        text = source(evidence.location)
        if text.strip():
            page.code(evidence.location.line, text, indent=stem)
    for number, (child_step, child) in enumerate(below, start=1):
        last = number == len(below)
        _draw(
            page,
            child_step,
            child,
            source,
            first=rest + (corner if last else tee),
            rest=rest + ("   " if last else bar),
        )


def _overrides(page: Page, assessment: Assessment) -> None:
    if not assessment.overrides:
        return
    page.heading("Stated", ("  the verdict rests on this", "dim"))
    for override in assessment.overrides:
        said = "does not count" if override.kind is OverrideKind.ALLOW else "counts"
        page.line(
            (str(override.effect), "bold"),
            f" {said} in {override.function}: {override.reason}",
            indent="  ",
            hang="      ",
        )
        page.line(place(override.location), indent="      ")


def _unresolved(page: Page, calls: Sequence[Unresolved], source: SourceLine, everything: bool) -> None:
    if not calls:
        return
    doubtful = sorted(calls, key=lambda call: bool(call.harmless_because))
    shown = doubtful if everything else doubtful[:_UNRESOLVED_SHOWN]
    page.heading("Unresolved", (f"  {count(len(calls), 'call')} that could not be followed", "dim"))
    for call in shown:
        why = f"improbable: {call.harmless_because}" if call.harmless_because else call.reason
        page.line(
            place(call.location), f"  {call.call}", (f"  {why}" if why else "", "dim"), indent="  ", hang="      "
        )
    if len(doubtful) > len(shown):
        page.line(f"and {len(doubtful) - len(shown)} more (--all shows them)", indent="  ")


def _hazards(page: Page, assessment: Assessment, source: SourceLine, everything: bool) -> None:
    if not assessment.hazards:
        return
    shown = assessment.hazards if everything else assessment.hazards[:_HAZARDS_SHOWN]
    page.heading("Hazards")
    for hazard in shown:
        page.line(
            (str(hazard.kind), "bold"), "  ", place(hazard.location), f"  {hazard.reason}", indent="  ", hang="      "
        )
    if len(assessment.hazards) > len(shown):
        page.line(f"and {len(assessment.hazards) - len(shown)} more (--all shows them)", indent="  ")


def _advice(page: Page, assessment: Assessment) -> None:
    if not assessment.advice:
        return
    page.heading("What to do")
    for number, advice in enumerate(assessment.advice, start=1):
        page.line((f"{number}. ", "dim"), (advice.title, "bold"), indent="  ", hang="     ")
        page.line(advice.detail, indent="     ")


def _next(page: Page, assessment: Assessment, root: str) -> None:
    name, folder = shlex.quote(assessment.name), shlex.quote(root)
    page.heading("Next")
    match assessment.verdict:
        case Verdict.READY | Verdict.WITH_NETWORK:
            # A folder of its own: a second service in the same one would overwrite the first.
            service = shlex.quote(f"services/{assessment.name.rpartition('.')[2]}")
            page.command(f"migrator extract {name} --root {folder} -o {service}")
        case Verdict.REFACTOR | Verdict.KEEP:
            page.command(f"migrator analyze {folder} --all")
