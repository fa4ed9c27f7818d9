"""What parliament, run as a program, says of the policies of the template's roles.

In: a service folder. Out: a `Check`. Policies are taken from the translated template, their functions worked out. Policies
of resources and of trust are left out: parliament knows those of identities alone.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from migrator.adapters.checks.role_policies import RolePolicy, role_policies
from migrator.adapters.checks.tools import Runner, Tool, json_of, not_understood
from migrator.domain.checks import Check, CheckFinding, CheckOutcome, Severity, judged

_NAME = "parliament"
TOOL = Tool("parliament", "parliament")
_ALONE = Runner()
_SEVERITIES: Final[Mapping[str, Severity]] = {
    "CRITICAL": Severity.ERROR,
    "HIGH": Severity.ERROR,
    "MEDIUM": Severity.ERROR,
    "LOW": Severity.WARNING,
    "INFO": Severity.NOTE,
    "MUTE": Severity.NOTE,
}
# It ends with 1 where it has something to say.
_SAID = (0, 1)


def check(folder: Path, runner: Runner = _ALONE) -> Check:
    """Write each statement into a file of its own and let parliament read them all."""
    policies = role_policies(_NAME, folder)
    if isinstance(policies, Check):
        return policies
    with tempfile.TemporaryDirectory(prefix="migrator-parliament-") as scratch:
        # One statement a file: parliament tells the file of a finding, and so we know the statement.
        places: dict[str, tuple[RolePolicy, str]] = {}
        for policy in policies:
            for number, place in enumerate(policy.places):
                path = Path(scratch) / f"{len(places):04}.json"
                path.write_text(json.dumps({**policy.document, "Statement": [policy.document["Statement"][number]]}))
                places[path.name] = (policy, place)
        ran = runner.run(_NAME, TOOL, ["--directory", scratch, "--json"], cwd=Path(scratch))
    if isinstance(ran, Check):
        return ran
    said = [json_of(line) for line in ran.output.splitlines() if line.strip()]
    if ran.status not in _SAID or not all(isinstance(each, Mapping) and "issue" in each for each in said):
        return not_understood(_NAME, TOOL, ran)
    findings = [_finding(each, places) for each in said]
    summary = f"{len(places)} statements of roles, {len(findings)} told, by {runner.title(TOOL)}"
    return judged(_NAME, summary, findings, otherwise=CheckOutcome.PASSED)


def _finding(said: Mapping[str, Any], places: Mapping[str, tuple[RolePolicy, str]]) -> CheckFinding:
    location = said.get("location")
    file = Path(str(location.get("filepath", ""))).name if isinstance(location, Mapping) else ""
    policy, place = places.get(file, (None, ""))
    owner = f"{policy.owner}: " if policy is not None else ""
    issue, title = str(said["issue"]), str(said.get("title") or "")
    detail = "; ".join(_details(said.get("detail")))
    return CheckFinding(
        f"{issue} {owner}{title}{f' ({detail})' if detail else ''}",
        place,
        str(said.get("description") or ""),
        _SEVERITIES.get(str(said.get("severity")), Severity.WARNING),
        issue,
    )


def _details(detail: Any) -> Iterator[str]:
    if isinstance(detail, Mapping):
        yield ", ".join(f"{key} {value}" for key, value in detail.items())
    elif isinstance(detail, Sequence) and not isinstance(detail, str):
        for each in detail:
            yield from _details(each)
    elif detail:
        yield str(detail)
