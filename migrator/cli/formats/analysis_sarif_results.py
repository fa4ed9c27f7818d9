"""One place of an analysis as a result of SARIF, with the candidates that reach it and their ways there.

In: a `Place`, what a baseline knew. Out: plain JSON values. Which results there are, and how many, is `analysis_sarif`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from migrator.cli.formats.analysis_sarif_rules import level_of, rule_id, rule_index
from migrator.cli.formats.sarif import place, told
from migrator.domain.assessments import FindingKind, HazardKind
from migrator.domain.effects import Effect, Evidence
from migrator.domain.reports import ChangeKind, Report
from migrator.domain.trigger_text import trigger_text
from migrator.domain.wording import count
from migrator.verdicts.advice import mend_for
from migrator.verdicts.meanings import rules
from migrator.verdicts.places import Place, Reached, kept_files

if TYPE_CHECKING:
    from migrator.domain.assessments import Analysis, Assessment
    from migrator.domain.json import JsonValue
    from migrator.verdicts.places import Rule

Files: TypeAlias = Callable[[str], str]
"""From a path below the root to its URI."""

_FLOWS: Final = 3  # candidates whose way is shown; ours: the message counts them all
_RELATED: Final = 10
_NAME: Final = 200  # characters of a qualified name
_STEPS: Final = 20  # names of a chain in a message
_FINGERPRINT: Final = "migratorPlace/v1"


@dataclass(frozen=True, slots=True)
class Known:
    """What a baseline knew of a repository.

    Attributes:
        compared: whether there was a baseline.
        places: by path, as it keeps them.
        new: candidates that are new, with an empty word, or that have an effect which they had not.
    """

    compared: bool = False
    places: frozenset[tuple[str, str]] = frozenset()
    new: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    @staticmethod
    def of(report: Report, analysis: Analysis) -> Known:
        """Of one repository of a report."""
        before = report.before.get(analysis.root)
        kept = before.files if before is not None else ()
        changes = [change for change in report.changes or () if change.root == analysis.root]
        return Known(
            report.changes is not None,
            frozenset((file.path, place) for file in kept for place in file.places),
            frozenset(
                (change.candidate, "" if change.kind is ChangeKind.NEW_CANDIDATE else change.now)
                for change in changes
                if change.kind in (ChangeKind.NEW_CANDIDATE, ChangeKind.NEW_BLOCKER, ChangeKind.NEW_EFFECT)
            ),
        )

    def state(self, found: Place) -> str:
        """`updated` is a place that was there and that candidates have come to since."""
        if (found.location.path, found.kept) not in self.places:
            return "new"
        names = {each.candidate.name for each in found.reached}
        come = {(name, word) for name in names for word in ("", found.rule.value)} & self.new
        return "updated" if come else "unchanged"


def result_of(found: Place, files: Files, known: Known) -> JsonValue:
    """The result of a place."""
    at = found.location
    related = [_related(number, each, files) for number, each in enumerate(found.reached[:_RELATED], 1)]
    flows = [_flow(found, each, files) for each in found.reached[:_FLOWS] if isinstance(found.rule, Effect)]
    holder = next((each.chain[-1] for each in found.reached if each.chain), "")
    where: dict[str, JsonValue] = {"physicalLocation": place(files(at.path), at.line, at.column, at.end_line)}
    if holder:
        where["logicalLocations"] = [{"fullyQualifiedName": told(holder, longest=_NAME), "kind": "function"}]
    return {
        "ruleId": rule_id(found.rule),
        "ruleIndex": rule_index(found.rule),
        "level": level_of(found.rule),
        "message": {"text": _message(found)},
        "locations": [where],
        **({"relatedLocations": related} if related else {}),
        **({"codeFlows": flows} if flows else {}),
        "partialFingerprints": {_FINGERPRINT: found.fingerprint},
        "properties": {"candidates": len(found.reached)},
        **({"baselineState": known.state(found), "suppressions": []} if known.compared else {}),
    }


def absent_of(places: Sequence[Place], files: Files, known: Known) -> list[JsonValue]:
    """A result for each place that a baseline knew and that is gone. Its line is not known any more.

    Not every code host reads `baselineState`: closed by a suppression it is shown by none as if it were there.
    """
    here = {(file.path, kept) for file in kept_files(places) for kept in file.places}
    by_name = {rule.value: rule for rule in rules()}
    return [
        _absent(by_name[kept.split(" ")[0]], path, files)
        for path, kept in sorted(known.places - here)
        if kept.split(" ")[0] in by_name
    ]


def _absent(rule: Rule, path: str, files: Files) -> JsonValue:
    said = "was here when the baseline was written, and is gone"
    return {
        "ruleId": rule_id(rule),
        "ruleIndex": rule_index(rule),
        "level": "note",
        "message": {"text": f"{rule.value} {said}."},
        "locations": [{"physicalLocation": place(files(path))}],
        "baselineState": "absent",
        "suppressions": [{"kind": "external", "status": "accepted", "justification": f"It {said}."}],
    }


def _message(found: Place) -> str:
    reason = told(found.reason)
    if isinstance(found.rule, FindingKind) or not found.reached:
        return f"{reason}."
    first = told(found.reached[0].candidate.name, longest=_NAME)
    who = f"{count(len(found.reached), 'candidate')}, {'such as ' if len(found.reached) > 1 else ''}[{first}](1)"
    if isinstance(found.rule, HazardKind):
        return f"{reason}: a hazard of {who}."
    if not found.blocks:
        return f"{reason}: an effect of {who}."
    mend = mend_for(found.rule, Evidence(found.location, found.reason))
    return f"{reason}: in the way of {who}." + (f" {mend.title}." if mend is not None else "")


def _related(number: int, each: Reached, files: Files) -> JsonValue:
    item = each.candidate
    said = f"{told(item.name, longest=_NAME)} is {item.verdict}, {item.confidence}"
    return {"id": number, "physicalLocation": _def(item, files), "message": {"text": said}}


def _flow(found: Place, each: Reached, files: Files) -> JsonValue:
    """From the `def` of the candidate to the place; of the functions between only the names are known."""
    item = each.candidate
    events = ", ".join(dict.fromkeys(told(trigger_text(trigger), longest=_NAME) for trigger in item.triggers[:3]))
    between = [told(name, longest=_NAME) for name in each.chain[1:]]
    shown = between if len(between) <= _STEPS else [*between[: _STEPS - 2], "…", between[-1]]
    way = f"by {' → '.join(shown)}: " if shown else ""
    at = found.location
    return {
        "threadFlows": [
            {
                "locations": [
                    _step(_def(item, files), f"{told(item.name, longest=_NAME)} ({events})", 0),
                    _step(place(files(at.path), at.line, at.column), f"{way}{told(found.reason)}", len(between)),
                ]
            }
        ]
    }


def _step(where: JsonValue, text: str, depth: int) -> JsonValue:
    return {"location": {"physicalLocation": where, "message": {"text": text}}, "nestingLevel": depth}


def _def(item: Assessment, files: Files) -> JsonValue:
    return place(files(item.location.path), item.location.line, item.location.column)
