"""Analyses as SARIF 2.1.0, which code hosts show beside the lines.

In: a `Report`. Out: a SARIF log as plain JSON values: a run a repository, a result a place, however many candidates reach
it; what could not be read is a notification. Where the report was compared with a baseline, each result says whether it is
new, and what stood there and is gone is a result too, closed.

Paths are relative to the checkout, or to the current folder; a file elsewhere has its whole path. No more is said than
GitHub takes, and what is left out is counted.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final

from migrator.cli.formats.analysis_sarif_results import Known, absent_of, result_of
from migrator.cli.formats.analysis_sarif_rules import WARNING, level_of, sarif_rules
from migrator.cli.formats.places import file_of
from migrator.cli.formats.sarif import MOST_RESULTS, MOST_RUNS, log_of, place, told, uri_of
from migrator.domain.reports import Report
from migrator.domain.repositories import names_of
from migrator.domain.wording import count
from migrator.verdicts.places import places_of

if TYPE_CHECKING:
    from migrator.domain.assessments import Analysis
    from migrator.domain.json import JsonValue

_CATEGORY: Final = "migrator-analyze/"
_NOT_READ, _NOT_ANALYZED, _LEFT_OUT = "not-read", "not-analyzed", "left-out"
_NOTIFICATIONS: Final[Mapping[str, str]] = {
    _NOT_READ: "What could not be read, and is unknown.",
    _NOT_ANALYZED: "A repository that could not be analyzed.",
    _LEFT_OUT: "What is beyond the limits of code hosts.",
}


def sarif_of(
    report: Report, version: str, *, here: Path | None = None, checkout: Path | None = None
) -> dict[str, JsonValue]:
    """The log of a report.

    Args:
        version: of this program.
        here: the folder that roots are relative to; the current one if left out.
        checkout: the folder that the log's paths are relative to; that of GitHub Actions, or `here`, if left out.
    """
    here = here or Path.cwd()
    checkout = checkout or Path(os.environ.get("GITHUB_WORKSPACE") or here)
    names = names_of(analysis.root for analysis in report.analyses)
    alone = len(report.analyses) == 1
    beyond = len(report.analyses) - MOST_RUNS
    runs: list[JsonValue] = []
    for number, analysis in enumerate(report.analyses[:MOST_RUNS]):
        said = list(_of_the_report(report, beyond)) if number == 0 else []
        category = _CATEGORY if alone else f"{_CATEGORY}{told(names[analysis.root])}/"
        runs.append(_run(report, analysis, version, category, said, _Files(analysis.root, here, checkout)))
    return log_of(runs)


class _Files:
    """Files of one repository as URIs, each made once."""

    def __init__(self, root: str, here: Path, checkout: Path) -> None:
        self._root, self._here, self._checkout = root, here, checkout
        self._known: dict[str, str] = {}

    def __call__(self, path: str) -> str:
        if path not in self._known:
            whole = PurePath(os.path.normpath(self._here / file_of(self._root, path)))
            inside = whole.is_relative_to(self._checkout)
            self._known[path] = uri_of(whole.relative_to(self._checkout) if inside else whole)
        return self._known[path]


def _run(
    report: Report, analysis: Analysis, version: str, category: str, said: list[JsonValue], files: _Files
) -> JsonValue:
    places = places_of(analysis)
    known = Known.of(report, analysis)
    results = [
        result_of(each, files, known) for each in sorted(places, key=lambda each: level_of(each.rule) != WARNING)
    ]
    results += absent_of(places, files, known)
    left_out = len(results) - MOST_RESULTS
    notifications = [*said, *_unread(analysis, files)]
    if left_out > 0:
        text = f"{count(left_out, 'result')} of the least weight left out: code hosts take {MOST_RESULTS:,} of a run"
        notifications.append(_notification(_LEFT_OUT, f"{text}; --format json has all"))
    return {
        "tool": {
            "driver": {
                "name": "migrator analyze",
                "semanticVersion": version,
                "rules": sarif_rules(),
                "notifications": [
                    {"id": name, "shortDescription": {"text": text}} for name, text in _NOTIFICATIONS.items()
                ],
            }
        },
        "automationDetails": {"id": category},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notifications}],
        "columnKind": "unicodeCodePoints",
        "results": results[:MOST_RESULTS],
    }


def _of_the_report(report: Report, beyond: int) -> Iterator[JsonValue]:
    """What is said of repositories that have no run of their own: one without results would close what is open."""
    for one in report.failed:
        yield _notification(_NOT_ANALYZED, f"{told(one.root)} was not analyzed: {told(one.reason)}", level="error")
    if beyond > 0:
        yield _notification(
            _LEFT_OUT,
            f"{count(beyond, 'repository', 'repositories')} left out: code hosts take {MOST_RUNS} of a file; write "
            "several files",
        )


def _unread(analysis: Analysis, files: _Files) -> Sequence[JsonValue]:
    return [
        _notification(
            _NOT_READ,
            f"{told(entry.reason)}; what stands here is unknown",
            locations=[{"physicalLocation": place(files(entry.path), entry.line, entry.column)}],
        )
        for entry in analysis.skipped[:MOST_RESULTS]
    ]


def _notification(name: str, text: str, *, level: str = WARNING, locations: Sequence[JsonValue] = ()) -> JsonValue:
    said: dict[str, JsonValue] = {"descriptor": {"id": name}, "level": level, "message": {"text": text}}
    return {**said, "locations": list(locations)} if locations else said
