"""Whether a known vulnerability touches what the service requires, by pip-audit, run as a program.

In: a service folder, and whether the advisory service may be asked. Out: a `Check`. It passes only where every package was
found there and nothing was told of it: pip-audit says "No known vulnerabilities found" also where it could look up
nothing, so its list of packages counts, not that sentence.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from migrator.adapters.checks.tools import Runner, Tool, json_of, not_understood, unknown
from migrator.domain.checks import Check, CheckFinding, CheckOutcome, Severity, judged
from migrator.plan.requirements import requirement_lines

_NAME = "audit"
TOOL = Tool("pip-audit", "pip-audit")
_ALONE = Runner()
_FILE = "src/requirements.txt"
# It ends with 1 where it has found something.
_SAID = (0, 1)


def check(folder: Path, runner: Runner = _ALONE, *, ask: bool = False, arguments: Sequence[str] = ()) -> Check:
    """Ask the advisory service about the requirements and all that they need.

    Args:
        ask: whether it may be asked; it learns the names and versions, and pip its index what they need.
        arguments: further ones of pip-audit, such as another service.
    """
    try:
        lines = dict(requirement_lines((folder / _FILE).read_text("utf-8")))
    except (OSError, UnicodeDecodeError):
        lost = CheckFinding("cannot be read", _FILE, "extract the function again")
        return Check(_NAME, CheckOutcome.FAILED, f"no {_FILE}", (lost,))
    if not lines:
        return Check(_NAME, CheckOutcome.PASSED, "the service requires nothing")
    if not ask:
        return unknown(_NAME, "not asked: the advisory service is outside of this machine", "ask it: --ask-advisories")
    with tempfile.TemporaryDirectory(prefix="migrator-audit-") as scratch:
        copy = Path(scratch) / "requirements.txt"
        # Only what was read as a requirement: no option of the file decides whom pip asks.
        copy.write_text("\n".join(lines.values()) + "\n", "utf-8")
        asked = ["--requirement", str(copy), "--format", "json", "--progress-spinner", "off", "--cache-dir", scratch]
        ran = runner.run(_NAME, TOOL, [*asked, *arguments], cwd=Path(scratch), online=True)
    if isinstance(ran, Check):
        return ran
    said = json_of(ran.output)
    packages = said.get("dependencies") if isinstance(said, Mapping) else None
    if ran.status not in _SAID or not isinstance(packages, list) or not packages:
        return not_understood(_NAME, TOOL, ran)
    places = _places(lines)
    findings = [each for package in packages for each in _findings(package, places)]
    skipped = sum("skip_reason" in package for package in packages)
    told = sum(finding.severity is Severity.ERROR for finding in findings)
    summary = f"{len(packages)} packages, {told} vulnerabilities, {skipped} packages not found, by {runner.title(TOOL)}"
    return judged(_NAME, summary, findings, otherwise=CheckOutcome.UNKNOWN if skipped else CheckOutcome.PASSED)


def _findings(package: Mapping[str, Any], places: Mapping[str, str]) -> Iterator[CheckFinding]:
    name = str(package.get("name"))
    place = places.get(canonicalize_name(name), _FILE)
    if "skip_reason" in package:
        yield CheckFinding(
            f"{name} was not audited: {package['skip_reason']}", place, "", Severity.WARNING, "not-audited"
        )
    for advisory in package.get("vulns") or ():
        mends = ", ".join(advisory.get("fix_versions") or ()) or "no release yet"
        names = ", ".join((str(advisory.get("id")), *(advisory.get("aliases") or ())))
        told = " ".join(str(advisory.get("description") or "").split())
        yield CheckFinding(
            f"{name} {package.get('version')}: {names}{f': {told[:200]}' if told else ''}",
            place,
            f"mended by: {mends}",
            rule=str(advisory.get("id")),
        )


def _places(lines: Mapping[int, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, line in lines.items():
        try:
            found[canonicalize_name(Requirement(line).name)] = f"{_FILE}:{number}"
        except InvalidRequirement:
            continue
    return found
