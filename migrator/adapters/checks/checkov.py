"""What checkov, run as a program, says of the template.

In: a service folder. Out: a `Check`. A rule of the allow-list (`migrator/cloud_facts/checkov_skips.toml`) is counted, not
held against anybody; a rule that the template itself skips is told. The template is read in a folder of its own, so
that no configuration of the service has a say, and nothing is downloaded or sent.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from migrator.adapters.checks.template import FILE
from migrator.adapters.checks.tools import Runner, Tool, json_of, not_understood
from migrator.cloud_facts.checkov_skips import skips
from migrator.domain.checks import Check, CheckFinding, CheckOutcome, Severity, judged

_NAME = "checkov"
TOOL = Tool("checkov", "checkov")
_ALONE = Runner()
_ARGUMENTS = ("--framework", "cloudformation", "--output", "json", "--compact", "--skip-download")


def check(folder: Path, runner: Runner = _ALONE, allowed: Collection[str] | None = None) -> Check:
    """Let checkov read the template.

    Args:
        allowed: ids of the rules that need not hold; the default is the project's list.
    """
    known = {skip.id for skip in skips()} if allowed is None else allowed
    try:
        text = (folder / FILE).read_bytes()
    except OSError as error:
        lost = CheckFinding(f"cannot be read: {error.strerror}", FILE)
        return Check(_NAME, CheckOutcome.FAILED, f"no {FILE}", (lost,))
    with tempfile.TemporaryDirectory(prefix="migrator-checkov-") as scratch:
        (Path(scratch) / FILE).write_bytes(text)
        ran = runner.run(_NAME, TOOL, ["--file", FILE, *_ARGUMENTS], cwd=Path(scratch))
    if isinstance(ran, Check):
        return ran
    said = json_of(ran.output)
    results = said.get("results") if isinstance(said, Mapping) else None
    if not isinstance(results, Mapping) or not isinstance(said.get("summary"), Mapping):
        return not_understood(_NAME, TOOL, ran)
    broken = [_Rule.of(entry) for entry in results.get("failed_checks") or ()]
    findings = [
        *(rule.finding(Severity.ERROR) for rule in broken if rule.id not in known),
        *(_Rule.of(entry).finding(Severity.NOTE, " (skipped in the template)") for entry in _skipped(results)),
        *(CheckFinding("checkov cannot read it", FILE) for _ in results.get("parsing_errors") or ()),
    ]
    spared = sorted({rule.id for rule in broken if rule.id in known})
    summary = f"{said['summary'].get('passed', 0)} rules hold, {len(findings)} told, {len(spared)} allowed, by {runner.title(TOOL)}"
    return judged(_NAME, summary, findings, otherwise=CheckOutcome.PASSED)


def _skipped(results: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from results.get("skipped_checks") or ()


class _Rule:
    """A rule and the resource for which it was looked at."""

    def __init__(self, id: str, title: str, resource: str, line: int, guideline: str) -> None:
        self.id, self._title, self._resource, self._line, self._guideline = id, title, resource, line, guideline

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> _Rule:
        lines = entry.get("file_line_range") or (0,)
        return cls(
            str(entry.get("check_id", "")),
            str(entry.get("check_name", "")),
            str(entry.get("resource", "")).rpartition(".")[2],
            int(lines[0]),
            str(entry.get("guideline") or ""),
        )

    def finding(self, severity: Severity, told: str = "") -> CheckFinding:
        place = f"{FILE}:{self._line}" if self._line else FILE
        return CheckFinding(
            f"{self.id} {self._resource}: {self._title}{told}", place, self._guideline, severity, self.id
        )
