"""What cfn-lint, as a library, says of the template."""

from __future__ import annotations

from pathlib import Path

from migrator.domain.checks import Check, CheckFinding, CheckOutcome

_FILE = "template.yaml"
_REGION = "us-east-1"


def check(folder: Path) -> Check:
    """Lint the template; an error fails the check, a warning is told."""
    from cfnlint.api import lint
    from cfnlint.config import ManualArgs
    from cfnlint.version import __version__

    try:
        text = (folder / _FILE).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        lost = CheckFinding(f"cannot be read: {error}", _FILE)
        return Check("cfn-lint", CheckOutcome.FAILED, f"no {_FILE}", (lost,))
    matches = lint(text, config=ManualArgs(regions=[_REGION]))
    errors = sum(match.rule.severity == "error" for match in matches)
    findings = tuple(
        CheckFinding(
            f"{match.rule.id} {match.message}",
            f"{_FILE}:{match.linenumber}:{match.columnnumber}",
            match.rule.source_url or "",
        )
        for match in matches
    )
    summary = f"{errors} errors, {len(matches) - errors} warnings by cfn-lint {__version__}"
    return Check("cfn-lint", CheckOutcome.FAILED if errors else CheckOutcome.PASSED, summary, findings)
