"""The checks of a service folder as SARIF 2.1.0, which code hosts show beside the lines.

In: a report. Out: a SARIF log as plain JSON values: one run, a rule for each kind of finding, its id led by the check's
name; a check that could not say anything is a notification, not a result.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from migrator.cli.formats.places import placed
from migrator.cli.formats.sarif import log_of, place, uri_of
from migrator.domain.checks import Check, CheckFinding, CheckOutcome, CheckReport, Severity

if TYPE_CHECKING:
    from migrator.domain.json import JsonValue

_LEVELS: Final[Mapping[Severity, str]] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.NOTE: "note",
}


def sarif_of(report: CheckReport, version: str) -> dict[str, JsonValue]:
    """The log of a report; paths are relative to the folder that the command was called in, as they were given."""
    told = [(check, finding) for check in report.checks for finding in check.findings]
    ids = list(dict.fromkeys(_rule(check, finding) for check, finding in told))
    rules: list[JsonValue] = [
        {
            "id": rule,
            "shortDescription": {"text": rule.replace("/", ": ", 1)},
            "properties": {"tags": [rule.split("/")[0]]},
        }
        for rule in ids
    ]
    results: list[JsonValue] = [
        _result(report, check, finding, ids)
        for check, finding in told
        if check.outcome is not CheckOutcome.UNKNOWN or finding.severity is not Severity.NOTE
    ]
    unknown: list[JsonValue] = [
        {
            "level": "warning",
            "message": {"text": f"{check.name} could not say anything: {check.summary}"},
            "descriptor": {"id": check.name},
        }
        for check in report.checks
        if check.outcome is CheckOutcome.UNKNOWN
    ]
    run: JsonValue = {
        "tool": {
            "driver": {
                "name": "migrator check",
                "semanticVersion": version,
                "rules": rules,
                "notifications": [{"id": check.name} for check in report.checks],
            }
        },
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": unknown}],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return log_of([run])


def _rule(check: Check, finding: CheckFinding) -> str:
    return f"{check.name}/{finding.rule}" if finding.rule else check.name


def _result(report: CheckReport, check: Check, finding: CheckFinding, ids: list[str]) -> JsonValue:
    rule = _rule(check, finding)
    text = f"{finding.message}\n{finding.hint}" if finding.hint else finding.message
    return {
        "ruleId": rule,
        "ruleIndex": ids.index(rule),
        "level": _LEVELS[finding.severity],
        "message": {"text": text},
        # What stands in no file is told of the template, since code hosts want a place.
        "locations": [{"physicalLocation": _place(report.folder, finding.location or "template.yaml")}],
    }


def _place(folder: str, location: str) -> JsonValue:
    """`path`, `path:line` or `path:line:column` as a physical location."""
    path, line, column = placed(location)
    return place(uri_of(PurePath(folder, path)), line, column)
