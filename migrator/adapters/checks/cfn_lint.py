"""What cfn-lint, as a library, says of the template."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from migrator.domain.checks import Check, CheckFinding, CheckOutcome, Severity, judged

_NAME = "cfn-lint"
_FILE = "template.yaml"
_REGION = "us-east-1"
_SEVERITIES: Final[Mapping[str, Severity]] = {"error": Severity.ERROR, "warning": Severity.WARNING}


def check(folder: Path) -> Check:
    """Lint the template; an error fails the check, a warning is told."""
    from cfnlint.api import lint
    from cfnlint.config import ManualArgs
    from cfnlint.version import __version__

    try:
        text = (folder / _FILE).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        lost = CheckFinding(f"cannot be read: {error}", _FILE)
        return Check(_NAME, CheckOutcome.FAILED, f"no {_FILE}", (lost,))
    findings = [
        CheckFinding(
            f"{match.rule.id} {match.message}",
            f"{_FILE}:{match.linenumber}:{match.columnnumber}",
            match.rule.source_url or "",
            _SEVERITIES.get(match.rule.severity, Severity.NOTE),
            match.rule.id,
        )
        for match in lint(text, config=ManualArgs(regions=[_REGION]))
    ]
    errors, warnings = (
        sum(finding.severity is severity for finding in findings) for severity in (Severity.ERROR, Severity.WARNING)
    )
    summary = f"{errors} errors, {warnings} warnings by cfn-lint {__version__}"
    return judged(_NAME, summary, findings, otherwise=CheckOutcome.PASSED)
