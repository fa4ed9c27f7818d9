"""Each limit: a folder that keeps it, and one that breaks just this one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from migrator.adapters.checks import limits
from migrator.domain.checks import CheckOutcome, Severity
from tests.adapters.checks.small_service import TEMPLATE, make_service

LONG = "x" * 65
MANY = "\n".join(f"  Topic{number}:\n    Type: AWS::SNS::Topic" for number in range(500))


def line_of(text: str) -> int:
    return next(number for number, line in enumerate(TEMPLATE.splitlines(), 1) if text in line)


def test_a_service_within_all_limits(tmp_path: Path) -> None:
    found = limits.check(make_service(tmp_path / "service"))
    assert (found.outcome, found.findings) == (CheckOutcome.PASSED, ())
    assert "package about 0 of 250 MB by what is installed here" in found.summary


@pytest.mark.parametrize(
    ("changes", "rule", "says", "line", "severity"),
    [
        ((("MemorySize: 256", "MemorySize: 12000"),), "lambda.memory_mb", "MemorySize is 12000", "MemorySize", Severity.ERROR),
        ((("Timeout: 20", "Timeout: 29"),), "sqs.visibility_factor", "are 174 s", "VisibilityTimeout", Severity.WARNING),
        ((("VisibilityTimeout: 120", "VisibilityTimeout: 19"),), "sqs.visibility_s", "Lambda refuses", "VisibilityTimeout", Severity.ERROR),
        ((("VisibilityTimeout: 120", "VisibilityTimeout: 43201"),), "sqs.visibility_s", "AWS takes 0 to 43200", "VisibilityTimeout", Severity.ERROR),
        ((("Timeout: 20", "Timeout: 31"), ("VisibilityTimeout: 120", "VisibilityTimeout: 200")), "api_gateway.http_timeout_s", "answers with an error after 30 s", "Timeout: 20", Severity.ERROR),
        ((("MessageRetentionPeriod: 1209600", "MessageRetentionPeriod: 59"),), "sqs.retention_s", "is 59", "MessageRetentionPeriod", Severity.ERROR),
        ((("MessageRetentionPeriod: 1209600", "MessageRetentionPeriod: 3600"),), "sqs.retention_s", "keeps messages for 3600 s", "MessageRetentionPeriod", Severity.WARNING),
        ((("maxReceiveCount: 5", "maxReceiveCount: 2"),), "sqs.least_receives", "after 2 deliveries", "RedrivePolicy", Severity.WARNING),
        ((("BatchSize: 10", "BatchSize: 11"),), "lambda.batch_records", "without a batching window", "BatchSize", Severity.ERROR),
        ((("FunctionName: small", f"FunctionName: {LONG}"),), "names.AWS::Lambda::Function", "65 characters", "FunctionName", Severity.ERROR),
        ((("Default: few", f"Default: {'x' * 4092}"),), "lambda.environment_bytes", "has 4097 bytes", "Variables:", Severity.ERROR),
        ((("Resources:\n", f"Resources:\n{MANY}\n"),), "cloudformation.resources", "resources; CloudFormation takes 500", "Resources:", Severity.ERROR),
        ((("Description: small", f"Description: {'x' * 1025}"),), "cloudformation.description_bytes", "1025 description bytes", "", Severity.ERROR),
        ((("kinesis:GetRecords", "[" + ", ".join(f"kinesis:Get{'x' * 90}{number}" for number in range(100)) + "]"),), "roles.inline_policies_chars", "its policies have", "", Severity.ERROR),
    ],
)  # fmt: skip
def test_a_limit_that_is_passed(
    changes: tuple[tuple[str, str], ...], rule: str, says: str, line: str, severity: Severity, tmp_path: Path
) -> None:
    found = limits.check(make_service(tmp_path / "service", *changes))
    told = [finding for finding in found.findings if finding.rule == rule]
    others = [finding.severity for finding in found.findings if finding not in told]
    assert set(others) <= {Severity.WARNING}, "this limit alone is passed"
    assert any(says in finding.message and finding.severity is severity for finding in told), found.findings
    assert found.outcome is (CheckOutcome.FAILED if severity is Severity.ERROR else CheckOutcome.PASSED)
    if line:
        assert f"template.yaml:{line_of(line)}" in {finding.location for finding in told}


def no_dead_letters(folder: Path) -> Path:
    lines = TEMPLATE.splitlines(keepends=True)
    start = line_of("RedrivePolicy") - 1
    text = "".join(lines[start : start + 3])
    return make_service(folder, (text, ""))


def large_event(folder: Path) -> Path:
    service = make_service(folder)
    (service / "events").mkdir()
    (service / "events" / "large.json").write_text('"' + "x" * 6_291_455 + '"')
    return service


def large_build(folder: Path) -> Path:
    service = make_service(folder)
    build = service / ".aws-sam" / "build" / "Function"
    build.mkdir(parents=True)
    with (build / "large.bin").open("wb") as file:
        file.truncate(262_144_001)
    return service


@pytest.mark.parametrize(
    ("make", "says", "severity"),
    [
        (no_dead_letters, "has no dead-letter queue", Severity.WARNING),
        (large_event, "has 6291457 bytes; an event that comes this way may have 6291456", Severity.ERROR),
        (large_build, "its package has 250 MB unzipped; Lambda takes 250", Severity.ERROR),
    ],
)
def test_a_folder_beyond_a_limit(make: Callable[[Path], Path], says: str, severity: Severity, tmp_path: Path) -> None:
    found = limits.check(make(tmp_path / "service"))
    assert [(finding.severity, says in finding.message) for finding in found.findings] == [(severity, True)]


def test_a_requirement_that_is_not_here_is_named_and_an_installed_one_counts(tmp_path: Path) -> None:
    service = make_service(tmp_path / "service")
    (service / "src" / "requirements.txt").write_text("boto3\nno-such-thing-at-all==1\n")
    found = limits.check(service)
    assert found.outcome is CheckOutcome.PASSED
    assert "without no-such-thing-at-all" in found.summary
    assert "about 0 of" not in found.summary


def test_what_cannot_be_translated_is_not_looked_at(tmp_path: Path) -> None:
    found = limits.check(make_service(tmp_path / "service", ("Handler: app.handler", "Handle: app.handler")))
    assert found.outcome is CheckOutcome.UNKNOWN
