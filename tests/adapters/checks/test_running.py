"""Checks side by side: told in their order, ended when nobody listens."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from migrator.adapters.checks import checks
from migrator.adapters.checks.running import run_beside
from migrator.adapters.checks.tools import Runner, Tool
from migrator.bootstrap import service_checks
from migrator.domain.checks import Check, CheckFinding, CheckOutcome, CheckReport, FailOn, Severity, judged
from migrator.errors import UsageError
from tests.adapters.checks.small_service import make_program, make_service


def test_programs_run_beside_each_other_and_are_told_in_order(tmp_path: Path) -> None:
    both = threading.Barrier(2, timeout=30)

    def waits(folder: Path) -> Check:
        both.wait()  # passes only where two run at a time
        return Check("waits", CheckOutcome.PASSED, "")

    def own(folder: Path) -> Check:
        return Check("own", CheckOutcome.PASSED, "")

    listed = {"first": waits, "own": own, "second": waits}
    found = list(run_beside(listed, frozenset({"first", "second"}), tmp_path, threading.Event()))
    assert [check.name for check in found] == ["waits", "own", "waits"]


def test_programs_end_when_nobody_listens_any_more(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    fake = make_program(tmp_path / "bin", "slow", f"open({str(mark)!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)")
    stopped = threading.Event()
    runner = Runner(stopped=stopped, find=lambda _: fake)

    def slow(folder: Path) -> Check:
        ran = runner.run("slow", Tool("slow", "slow"), [], cwd=tmp_path)
        assert isinstance(ran, Check)
        return ran

    def quick(folder: Path) -> Check:
        until = time.monotonic() + 30
        while not (mark.exists() and mark.read_text()) and time.monotonic() < until:
            time.sleep(0.02)
        return Check("quick", CheckOutcome.PASSED, "")

    running = run_beside({"quick": quick, "slow": slow}, frozenset({"slow"}), tmp_path, stopped)
    assert next(running).name == "quick"
    began = time.monotonic()
    running.close()  # type: ignore[attr-defined]
    assert time.monotonic() - began < 20
    assert not Path(f"/proc/{mark.read_text()}").exists()


def test_checks_are_chosen_by_name(tmp_path: Path) -> None:
    service = make_service(tmp_path / "service")
    assert [each.name for each in service_checks(service, only=["limits", "python"])] == ["python", "limits"]
    left_out = [name for name in checks() if name not in ("python", "sam")]
    assert [each.name for each in service_checks(service, skip=left_out)] == ["python", "sam"]
    with pytest.raises(UsageError, match="no check 'checkov'"):
        service_checks(service, only=["checkov"])


@pytest.mark.parametrize(
    ("severity", "otherwise", "outcome", "reached"),
    [
        (Severity.ERROR, CheckOutcome.UNKNOWN, CheckOutcome.FAILED, {FailOn.ERROR, FailOn.WARNING, FailOn.UNKNOWN}),
        (Severity.WARNING, CheckOutcome.PASSED, CheckOutcome.PASSED, {FailOn.WARNING, FailOn.UNKNOWN}),
        (Severity.NOTE, CheckOutcome.UNKNOWN, CheckOutcome.UNKNOWN, {FailOn.UNKNOWN}),
        (Severity.NOTE, CheckOutcome.PASSED, CheckOutcome.PASSED, set()),
    ],
)
def test_from_what_on_the_answer_is_no(
    severity: Severity, otherwise: CheckOutcome, outcome: CheckOutcome, reached: set[FailOn]
) -> None:
    check = judged(
        "a", "", [CheckFinding("m", severity=Severity.NOTE), CheckFinding("n", severity=severity)], otherwise=otherwise
    )
    assert check.outcome is outcome
    assert check.findings[0].severity is severity, "what weighs most comes first"
    report = CheckReport("f", "c", (check,))
    assert {fail_on for fail_on in FailOn if report.reaches(fail_on)} == reached
