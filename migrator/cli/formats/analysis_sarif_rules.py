"""What code hosts say of each effect, hazard and kind of finding, beside the lines that have it.

In: nothing. Out: rules of SARIF, always all of them and in the same order, with their help in plain text and in Markdown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from migrator.domain.assessments import FindingKind, HazardKind
from migrator.domain.effects import Effect
from migrator.verdicts.meanings import consequence_of, meaning_of, remedies_of, rules
from migrator.verdicts.policy import BLOCKERS
from migrator.verdicts.ranking import HAZARDS

if TYPE_CHECKING:
    from migrator.domain.json import JsonValue
    from migrator.verdicts.places import Rule

WARNING, NOTE = "warning", "note"

_FAMILIES: Final[Mapping[type[Rule], str]] = {Effect: "effect", HazardKind: "hazard", FindingKind: "finding"}
_SEVERITY: Final = {WARNING: "warning", NOTE: "recommendation"}
_HEAVY: Final = 1.0  # what a hazard costs in the ranking that needs a change of the callers or of the data


def rule_id(rule: Rule) -> str:
    """Such as `effect/database`."""
    return f"{_FAMILIES[type(rule)]}/{rule.value}"


def rule_index(rule: Rule) -> int:
    """Its place in `sarif_rules`."""
    return rules().index(rule)


def level_of(rule: Rule) -> str:
    """A warning where somebody has to change the code before a move, else a note."""
    if isinstance(rule, Effect):
        return WARNING if rule in BLOCKERS else NOTE
    if isinstance(rule, HazardKind):
        return WARNING if HAZARDS[rule] >= _HEAVY else NOTE
    return WARNING


def sarif_rules() -> list[JsonValue]:
    """A descriptor for each rule."""
    return [_descriptor(rule) for rule in rules()]


def _descriptor(rule: Rule) -> JsonValue:
    meaning, consequence = meaning_of(rule), consequence_of(rule)
    plain = [f"{meaning}. {consequence}", *(f"{title}. {detail}" for title, detail in remedies_of(rule))]
    marked = [f"{meaning}. {consequence}", *(f"**{title}.** {detail}" for title, detail in remedies_of(rule))]
    return {
        "id": rule_id(rule),
        "name": "".join(part.capitalize() for part in rule.value.split("-")),
        "shortDescription": {"text": f"{meaning}."},
        "fullDescription": {"text": f"{meaning}. {consequence}"},
        "help": {"text": "\n\n".join(plain), "markdown": "\n\n".join(marked)},
        "defaultConfiguration": {"level": level_of(rule)},
        "properties": {
            "tags": ["migration", _FAMILIES[type(rule)]],
            "problem.severity": _SEVERITY[level_of(rule)],
        },
    }
