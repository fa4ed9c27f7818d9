"""What the analysis and the plan found, as lines of Markdown with links to their evidence.

In: a `Move`. Out: lines, whole lists each; how many of them fit is `body`'s matter. Every text from the code is inert.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from migrator.artifacts.pull_request.move import Move
from migrator.artifacts.pull_request.places import Places
from migrator.domain.effects import EffectFinding, Evidence
from migrator.domain.plans import Dropped, Kept, SlicedDefinition
from migrator.domain.wording import count
from migrator.markdown import cell_code, cell_text, inline_code, inline_text

# Of one effect: the nearest places say what it is, the others that it is there more than once.
_PLACES = 3


def effects(move: Move, places: Places) -> list[str]:
    """A row of a table for each effect: name, nearest places, why."""
    return [_effect(finding, places) for finding in move.planned.assessment.effects]


def _effect(finding: EffectFinding, places: Places) -> str:
    # One line says it once, however many reasons it gives.
    by_line: dict[tuple[str, int], Evidence] = {}
    for each in finding.evidence:
        by_line.setdefault((each.location.path, each.location.line), each)
    nearest = list(by_line.values())[:_PLACES]
    more = f" and {len(by_line) - _PLACES} more" if len(by_line) > _PLACES else ""
    where = "<br>".join(places.of(each.location) for each in nearest)
    why = "<br>".join(_why(each) for each in nearest)
    return f"| {cell_code(finding.effect.value)} | {where}{more} | {why} |"


def _why(evidence: Evidence) -> str:
    by = evidence.chain[-1] if len(evidence.chain) > 1 else ""
    said = cell_text(evidence.reason)
    return f"{said}, in {cell_code(by)}" if by else said


def hazards(move: Move, places: Places) -> list[str]:
    """A line for each hazard."""
    return [
        f"- {inline_code(each.kind.value)} at {places.of(each.location)}: {inline_text(each.reason)}"
        for each in move.planned.assessment.hazards
    ]


def accepted(move: Move) -> list[str]:
    """A line for each effect that somebody has taken on."""
    lines = [
        f"- {inline_code(effect.value)}: {inline_text(reason)}" for effect, reason in move.planned.accepted.items()
    ]
    if move.unresolved_because:
        lines.append(f"- calls that could not be followed: {inline_text(move.unresolved_because)}")
    return lines


def overridden(move: Move, places: Places) -> list[str]:
    """A line for each thing that is stated over the head of the analysis."""
    return [
        f"- {inline_code(each.effect.value)} of {inline_code(each.function)}, stated at {places.of(each.location)}: "
        f"{inline_text(each.reason)}"
        for each in move.planned.assessment.overrides
    ]


def unresolved(move: Move, places: Places) -> list[str]:
    """A line for each call that could not be followed, those that a rule makes harmless last."""
    calls = sorted(move.planned.assessment.unresolved, key=lambda call: bool(call.harmless_because))
    return [
        f"- {inline_code(each.call)} at {places.of(each.location)}: "
        f"{inline_text(each.harmless_because or each.reason or 'it is not known what it calls')}"
        for each in calls
    ]


def advice(move: Move, places: Places) -> list[str]:
    """A line for each thing that the analysis advises."""
    return [
        f"- **{inline_text(each.title)}**{f' ({places.of(each.location)})' if each.location else ''}: "
        f"{inline_text(each.detail)}"
        for each in move.planned.assessment.advice
    ]


def kept(items: Sequence[Kept], places: Places) -> list[str]:
    """A line for each thing that the framework did, with what does it now."""
    return [
        f"- {inline_code(each.what)}{f' ({places.written(each.location)})' if each.location else ''}: "
        f"{inline_text(each.becomes)}"
        for each in items
    ]


def dropped(items: Sequence[Dropped], places: Places) -> list[str]:
    """A line for each thing with its reason; those that share a reason stand below it."""
    by_reason: defaultdict[str, list[str]] = defaultdict(list)
    for each in items:
        by_reason[each.reason].append(each.what)
    lines: list[str] = []
    for reason, whats in by_reason.items():
        if len(whats) == 1:
            lines.append(f"- {places.written(whats[0])}: {inline_text(reason)}")
        else:
            lines += [f"- {inline_text(reason)}:", *(f"  - {places.written(what)}" for what in whats)]
    return lines


def slice_tree(move: Move, places: Places) -> list[str]:
    """The files of the slice, and below each the definitions that travel."""
    by_path: defaultdict[str, list[SlicedDefinition]] = defaultdict(list)
    for definition in move.planned.plan.definitions:
        by_path[definition.location.path].append(definition)
    return [line for path, found in sorted(by_path.items()) for line in _file(path, found, places)]


def _file(path: str, found: Sequence[SlicedDefinition], places: Places) -> Iterator[str]:
    first = found[0]
    if len(found) == 1 and first.name.rpartition(".")[2] in (PurePosixPath(path).stem, PurePosixPath(path).parent.name):
        yield f"- {places.of(first.location)}, {count(first.lines, 'line')}: {inline_code(first.name)}"
        return
    yield f"- {inline_code(path)}, {count(sum(each.lines for each in found), 'line')}"
    for each in found:
        yield f"  - {inline_code(each.name)} {places.of(each.location)}"


def seam(move: Move) -> tuple[list[str], list[str]]:
    """Lines for the places that ask the router, and for what stays with legacy. The lines are those of the branch."""
    if move.seam is None:
        return [], []
    return (
        [f"- {inline_code(f'{each.path}:{each.line}')}" for each in move.seam.places],
        [f"- {inline_code(f'{each.path}:{each.line}')}: {inline_text(each.reason)}" for each in move.seam.left],
    )
