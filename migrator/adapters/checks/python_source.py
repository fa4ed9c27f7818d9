"""Whether all Python in the folder compiles."""

from __future__ import annotations

import sys
import tokenize
import warnings
from pathlib import Path

from migrator.domain.checks import Check, CheckFinding, CheckOutcome


def check(folder: Path) -> Check:
    """Compile every file of `src` and `tests`; nothing is written or run."""
    findings: list[CheckFinding] = []
    paths = sorted(path for part in ("src", "tests") for path in (folder / part).rglob("*.py"))
    for path in paths:
        shown = path.relative_to(folder).as_posix()
        try:
            with tokenize.open(path) as file, warnings.catch_warnings():
                warnings.simplefilter("ignore")  # an old escape in a kept string is the monolith's own matter
                compile(file.read(), shown, "exec", dont_inherit=True)
        except SyntaxError as error:
            findings.append(
                CheckFinding(f"does not compile: {error.msg}", f"{shown}:{error.lineno or 1}:{error.offset or 1}")
            )
        except (OSError, UnicodeDecodeError, ValueError) as error:
            findings.append(CheckFinding(f"cannot be read: {error}", shown))
    version = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    # The other name is taken where the monolith has an `app` of its own.
    if not any((folder / "src" / name).is_file() for name in ("app.py", "lambda_app.py")):
        findings.append(CheckFinding("is missing", "src/app.py", "extract the function again"))
    outcome = CheckOutcome.FAILED if findings else CheckOutcome.PASSED
    return Check("python", outcome, f"{len(paths)} files compiled by {version}", tuple(findings))
