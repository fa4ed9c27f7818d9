"""Whether the service's own tests pass, without the monolith within reach."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from pathlib import Path

from migrator.adapters.processes import start
from migrator.domain.checks import Check, CheckFinding, CheckOutcome

_DEADLINE_S = 300.0
_NO_TESTS = 5  # pytest's exit status where it collected nothing
_COUNTS = re.compile(r"^=*\s*((?:\d+ \w+(?:, )?)+) in [\d.]+s", re.MULTILINE)


def check(folder: Path) -> Check:
    """Run pytest over the folder's tests in a process of its own, with nothing but `src` on the path."""
    service = folder.resolve()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST", "AWS_"))},
        "PYTHONPATH": str(service / "src"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "POWERTOOLS_TRACE_DISABLED": "1",
        # Nobody's keys, and an address that answers nobody: a test that calls AWS fails, wherever it runs.
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    }
    with tempfile.TemporaryDirectory(prefix="migrator-check-") as scratch:
        log = Path(scratch) / "pytest.log"
        # No configuration of a folder above has a say, and nothing is left behind in the service.
        arguments = [
            "-q",
            "--tb=short",
            "-c",
            os.devnull,
            f"--rootdir={service}",
            "-p",
            "no:cacheprovider",
            "--color=no",
        ]
        with start(
            [sys.executable, "-m", "pytest", *arguments, "tests"],
            name="the service's tests",
            env=environment,
            cwd=service,
            log=log,
        ) as running:
            try:
                status = running.wait(_DEADLINE_S)
            except TimeoutError:
                late = CheckFinding(f"they still ran after {_DEADLINE_S:g} s and were ended", "tests")
                return Check("tests", CheckOutcome.FAILED, "timed out", (late,))
        output = log.read_text("utf-8", errors="replace")
    counted = _COUNTS.search(output)
    summary = counted[1] if counted else f"pytest ended with status {status}"
    if status == 0:
        return Check("tests", CheckOutcome.PASSED, summary)
    if status == _NO_TESTS:
        return Check("tests", CheckOutcome.FAILED, "there are none", (CheckFinding("no tests were found", "tests"),))
    tail = "\n".join(line for line in output.strip().splitlines()[-40:])
    again = f"cd {folder} && python -m pytest tests"
    return Check("tests", CheckOutcome.FAILED, summary, (CheckFinding(tail, "tests", again),))
