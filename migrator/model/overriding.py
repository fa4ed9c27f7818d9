"""What is stated over the head of the analysis, put to the functions that it speaks of.

In: statements, and the effects that the analysis has found. Out: the effects of each body's own lines as stated, the
effects that a body hides from its callers, and a finding for each statement that applies to nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from migrator.domain.assessments import Finding, FindingKind
from migrator.domain.effects import Effect
from migrator.domain.overrides import Override, OverrideKind, Stated
from migrator.model.index import FunctionInfo
from migrator.model.solver import Body

Note = tuple[Effect, int, int, str]


@dataclass(slots=True)
class Overriding:
    """The statements as they stand to the bodies.

    Attributes:
        own: effects of each body's own lines.
        hidden: effects that callers do not see through a body.
        applied: statements by the bodies that they speak of.
        findings: statements that apply to nothing.
    """

    own: dict[Body, Sequence[Note]]
    hidden: dict[Body, frozenset[Effect]] = field(default_factory=dict)
    applied: dict[Body, tuple[Override, ...]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def overridden(
    statements: Sequence[Stated], own: Mapping[Body, Sequence[Note]], by_function: Mapping[FunctionInfo, Sequence[Body]]
) -> Overriding:
    """Apply what can be applied without the call graph. What a whole function is said not to do is only hidden here;
    `unused` says afterwards whether there was anything to hide."""
    result = Overriding(dict(own))
    if not statements:
        return result
    by_place: dict[tuple[str, int], list[FunctionInfo]] = {}
    by_name: dict[str, list[FunctionInfo]] = {}
    for info in by_function:
        if not info.runs_on_import:
            by_place.setdefault((info.module.facts.path, info.scope.line), []).append(info)
            by_name.setdefault(info.name, []).append(info)
    for stated in statements:
        found = (
            by_name.get(stated.override.function, ())
            if stated.definition is None
            else by_place.get(stated.definition, ())
        )
        if not found:
            what = stated.override.function or "the function"
            result.findings.append(_finding(stated.override, f"there is no function {what!r} in the analyzed code"))
            continue
        _apply(result, stated, [body for info in found for body in by_function[info]])
    return result


def _apply(result: Overriding, stated: Stated, bodies: Collection[Body]) -> None:
    override = stated.override
    touched = False
    for body in bodies:
        named = replace(override, function=body.name)
        if override.kind is OverrideKind.EFFECT:
            result.own[body] = sorted([*result.own[body], _note(body, stated)], key=_place)
            body.note_change(*_note(body, stated)[:3])
        elif stated.line:
            kept = [note for note in result.own[body] if (note[0], note[1]) != (override.effect, stated.line)]
            if len(kept) == len(result.own[body]):
                continue
            result.own[body] = kept
        else:
            result.hidden[body] = result.hidden.get(body, frozenset()) | {override.effect}
        touched = True
        result.applied[body] = (*result.applied.get(body, ()), named)
    if not touched:
        result.findings.append(
            _finding(
                override,
                f"nothing to allow: line {stated.line} itself has no effect {override.effect}"
                " (at the `def`, the comment speaks of everything that the function calls)",
            )
        )


def unused(overriding: Overriding, seen: Mapping[Body, frozenset[Effect]]) -> tuple[Finding, ...]:
    """Findings for what a whole function is allowed though it does not do it.

    Args:
        seen: the effects of each body that hides some, before it hides them.
    """
    used: dict[Override, bool] = {}
    for body, hidden in overriding.hidden.items():
        for override in overriding.applied[body]:
            if override.kind is OverrideKind.ALLOW and override.effect in hidden:
                used[override] = used.get(override, False) or override.effect in seen[body]
    return tuple(
        _finding(override, f"nothing to allow: {override.function} does not have the effect {override.effect}")
        for override, was_used in used.items()
        if not was_used
    )


def _note(body: Body, stated: Stated) -> Note:
    override = stated.override
    reason = f"stated at {override.location}: {override.reason}"
    if stated.definition is None:
        return override.effect, body.info.scope.line, body.info.scope.column, reason
    return override.effect, stated.line or override.location.line, override.location.column, reason


def _finding(override: Override, reason: str) -> Finding:
    return Finding(FindingKind.OVERRIDE, override.location, reason)


def _place(note: Note) -> tuple[int, int, str, str]:
    effect, line, column, reason = note
    return line, column, effect.value, reason


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings by place, each once."""
    return tuple(sorted(set(findings), key=lambda item: (item.location, item.reason)))
