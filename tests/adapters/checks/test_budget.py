"""A service against its budget, on the emulator; each number decides by itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from migrator.adapters.checks import budget, checks
from migrator.domain.checks import Check, CheckOutcome, Severity
from tests.support.local_lambda import require_local_lambda, service_folder

GENEROUS = {"p95_ms": "9000", "peak_mb": "240", "unzipped_mb": "200"}


def made(folder: Path, **numbers: str) -> Path:
    """A service with a build of 3 MB."""
    service_folder(folder, "def handler(event, context):\n    return 1\n")
    for name, size in (("Big", 3), ("Small", 1)):
        (folder / ".aws-sam" / "build" / name).mkdir(parents=True)
        (folder / ".aws-sam" / "build" / name / "data").write_bytes(b"x" * size * 1024 * 1024)
    (folder / ".aws-sam" / "build" / "template.yaml").write_text("{}")
    write(folder, **numbers)
    return folder


def write(folder: Path, **numbers: str) -> None:
    said = {**GENEROUS, "count": "2", **numbers}
    (folder / "budget.toml").write_text(
        f"[start]\np95_ms = {said['p95_ms']}\ncount = {said['count']}\n[memory]\npeak_mb = {said['peak_mb']}\n"
        f"[package]\nunzipped_mb = {said['unzipped_mb']}\n"
    )


def failed(check: Check) -> list[str]:
    return [finding.message.partition(":")[0] for finding in check.findings if finding.severity is Severity.ERROR]


def test_each_number_decides_by_itself(tmp_path: Path) -> None:
    require_local_lambda()
    folder = made(tmp_path / "service")
    check = budget.check(folder)
    assert check.outcome is CheckOutcome.PASSED
    assert re.fullmatch(r"start \d+ of 9000 ms, memory \d+ of 240 MB, package 3 of 200 MB; 2 starts", check.summary)
    assert "package.unzipped_mb = 4 would still leave a quarter to spare" in [each.message for each in check.findings]
    write(folder, p95_ms="1", peak_mb="1", unzipped_mb="2")
    check = budget.check(folder)
    assert check.outcome is CheckOutcome.FAILED
    assert failed(check) == ["start.p95_ms", "memory.peak_mb", "package.unzipped_mb"]
    write(folder, unzipped_mb="2", count="1")
    assert failed(budget.check(folder)) == ["package.unzipped_mb"]
    (folder / ".aws-sam" / "build" / "template.yaml").unlink()
    check = budget.check(folder)
    assert check.summary.endswith("package unknown; 1 starts"), "a build that failed leaves a part of it"
    assert (check.outcome, failed(check)) == (CheckOutcome.PASSED, [])


def test_what_cannot_be_measured_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = made(tmp_path / "service")
    monkeypatch.setenv("MIGRATOR_RIE", str(tmp_path / "nowhere"))
    check = budget.check(folder)
    assert check.outcome is CheckOutcome.UNKNOWN
    assert "names no Lambda emulator" in check.findings[0].message


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("0", "is no number above 0"),
        ("true", "is no number"),
        ('"9"', "is no number"),
        ("nan", "is no number"),
        ("=", ""),
    ],
)
def test_a_budget_that_says_nothing_is_a_failure(number: str, said: str, tmp_path: Path) -> None:
    """It would be one that allows everything."""
    check = budget.check(made(tmp_path / "service", p95_ms=number))
    assert check.outcome is CheckOutcome.FAILED
    assert said in check.findings[0].message
    assert check.findings[0].location == "budget.toml"


def test_a_folder_without_one_passes_and_is_only_measured_when_asked(tmp_path: Path) -> None:
    check = budget.check(service_folder(tmp_path / "service"))
    assert (check.outcome, check.summary) == (CheckOutcome.PASSED, "no budget.toml: nothing is held against it")
    assert "budget" not in checks()
    assert "budget" in checks(measured=True)


def test_the_95th_percentile_is_by_nearest_rank() -> None:
    assert budget._p95([float(value) for value in range(20, 0, -1)]) == 19
    assert budget._p95([3.0, 1.0]) == 3
    assert budget._p95([]) is None
