"""Whether the SAM translator turns the template into CloudFormation, as AWS does on deployment."""

from __future__ import annotations

from pathlib import Path

from migrator.adapters.checks.template import FILE, translated
from migrator.domain.checks import Check, CheckFinding, CheckOutcome

_NAME = "sam"


def check(folder: Path) -> Check:
    """Translate the template in memory; nothing outside is asked."""
    try:
        text = (folder / FILE).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"cannot be read: {error}"
        return Check(_NAME, CheckOutcome.FAILED, message, (CheckFinding(message, FILE),))
    made = translated(text)
    if made.document is None:
        return Check(
            _NAME, CheckOutcome.FAILED, made.summary, tuple(CheckFinding(cause, FILE) for cause in made.causes)
        )
    kinds = {resource["Type"] for resource in made.resources.values()}
    return Check(_NAME, CheckOutcome.PASSED, f"{len(made.resources)} resources of {len(kinds)} types")
