"""Whether the requirements have wheels for the function's architecture and Python, and fit the size of a zip.

In: a service folder, and a `PackageIndex` to ask. Out: a `Check`. It is not among those that run by themselves: they
ask nobody outside of this machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from migrator.domain.checks import Check, CheckFinding, CheckOutcome, Severity
from migrator.domain.plans import Requirement
from migrator.plan.requirements import Answer, Fit, PackageIndex, fit_of, requirement_lines

_NAME = "packages"
_REQUIREMENTS = "src/requirements.txt"
_TEMPLATE = "template.yaml"
_OUTCOMES = {Answer.YES: CheckOutcome.PASSED, Answer.NO: CheckOutcome.FAILED, Answer.UNKNOWN: CheckOutcome.UNKNOWN}
_MB = 1024 * 1024


def check(folder: Path, index: PackageIndex) -> Check:
    """Ask the index; an answer that nobody could give leaves the check unknown."""
    try:
        lines = dict(requirement_lines((folder / _REQUIREMENTS).read_text("utf-8")))
        architecture, python = _target((folder / _TEMPLATE).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = "is not a service's template" if isinstance(error, ValueError) else "cannot be read"
        lost = CheckFinding(f"a file of the service {reason}", hint="extract the function again")
        return Check(_NAME, CheckOutcome.FAILED, "nothing to ask for", (lost,))
    own = sum(path.stat().st_size for path in (folder / "src").rglob("*") if path.is_file())
    fit = fit_of([Requirement(line, "", "") for line in lines.values()], index, architecture, python)
    places = {line: f"{_REQUIREMENTS}:{number}" for number, line in lines.items()}
    severity = Severity.ERROR if fit.has_wheels is Answer.NO else Severity.WARNING
    findings = [
        CheckFinding(missing.reason, places.get(missing.requirement, ""), severity=severity) for missing in fit.missing
    ]
    findings += [CheckFinding(note, severity=Severity.NOTE) for note in fit.notes]
    fits = fit.in_zip(own)
    if fits is Answer.NO:
        findings.append(CheckFinding(f"{(fit.least_bytes + own) / _MB:.0f} MB unzipped are above the 250 MB of a zip"))
    outcome = CheckOutcome.FAILED if fits is Answer.NO else _OUTCOMES[fit.has_wheels]
    return Check(_NAME, outcome, _summary(fit, own), tuple(findings))


def _summary(fit: Fit, own: int) -> str:
    size = fit.unzipped_bytes
    told = "size unzipped unknown" if size is None else f"{(size + own) / _MB:.0f} of 250 MB unzipped"
    return f"{len(fit.wheels)} wheels for {fit.platform}, {told}"


def _target(template: str) -> tuple[str, str]:
    """Architecture and Python of the first function.

    Raises:
        ValueError: it is not a template with a function.
    """
    from samtranslator.yaml_helper import yaml_parse

    try:
        document = yaml_parse(template)
    except Exception as error:  # the loader's own errors, of several libraries
        raise ValueError("not YAML") from error
    if not isinstance(document, Mapping) or not isinstance(document.get("Resources"), Mapping):
        raise ValueError("no Resources")
    for resource in document["Resources"].values():
        if isinstance(resource, Mapping) and resource.get("Type") == "AWS::Serverless::Function":
            shared = document.get("Globals", {}).get("Function", {})
            properties = {**shared, **resource.get("Properties", {})}
            architectures = properties.get("Architectures", ["x86_64"])  # what AWS takes where nothing is said
            return str(architectures[0]), str(properties.get("Runtime", "")).removeprefix("python") or "3.13"
    raise ValueError("no function")
