"""`migrator check` and `migrator doctor` as a user calls them, and the report as SARIF."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from click.testing import Result
from typer.testing import CliRunner

from migrator.cli.commands.check import app
from migrator.cli.formats.check_sarif import sarif_of
from migrator.cli.formats.check_text import check_lines
from migrator.documents.check import CODEC
from migrator.documents.doctor import CODEC as DOCTOR
from migrator.domain.checks import Check, CheckFinding, CheckOutcome, CheckReport, Severity
from migrator.errors import UsageError
from tests.adapters.checks.small_service import make_service
from tests.support.sarif import valid

REPORT = CheckReport(
    "a folder/$(x)",
    "shop.tax",
    (
        Check(
            "limits",
            CheckOutcome.FAILED,
            "2",
            (
                CheckFinding("too much", "template.yaml:7:3", "less", Severity.ERROR, "lambda.memory_mb"),
                CheckFinding("much", "template.yaml:9", "", Severity.WARNING, "lambda.memory_mb"),
            ),
        ),
        Check("manifest", CheckOutcome.PASSED, "", (CheckFinding("edited", "src/ü:1 x.py", severity=Severity.NOTE),)),
        Check("tests", CheckOutcome.FAILED, "", (CheckFinding("\x1b[31mred", ""),)),
        Check("audit", CheckOutcome.UNKNOWN, "not asked", (CheckFinding("ask it", severity=Severity.NOTE),)),
        Check("permissions", CheckOutcome.UNKNOWN, "1", (CheckFinding("a call", severity=Severity.WARNING),)),
    ),
)


def migrator(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "migrator", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )


def inside(*arguments: str) -> Result:
    """`migrator check` in this process."""
    return CliRunner().invoke(app, arguments)


def test_the_schema_tells_a_log_that_is_none() -> None:
    with pytest.raises(jsonschema.ValidationError):
        valid({"version": "2.1.0", "runs": [{"tool": {}}]})


def test_findings_as_sarif() -> None:
    run = valid(sarif_of(REPORT, "1.2.3"))
    assert [(each["ruleId"], each["level"]) for each in run["results"]] == [
        ("limits/lambda.memory_mb", "error"),
        ("limits/lambda.memory_mb", "warning"),
        ("manifest", "note"),
        ("tests", "error"),
        ("permissions", "warning"),
    ]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(rules) == len(set(rules))
    assert all(rules[each["ruleIndex"]] == each["ruleId"] for each in run["results"])
    places = [each["locations"][0]["physicalLocation"] for each in run["results"]]
    assert places[0] == {
        "artifactLocation": {"uri": "a%20folder/%24%28x%29/template.yaml"},
        "region": {"startLine": 7, "startColumn": 3},
    }
    assert places[1]["region"] == {"startLine": 9}
    assert places[2] == {"artifactLocation": {"uri": "a%20folder/%24%28x%29/src/%C3%BC%3A1%20x.py"}}
    [invocation] = run["invocations"]
    told = [each["descriptor"]["id"] for each in invocation["toolExecutionNotifications"]]
    assert told == ["audit", "permissions"], "what could not be said is no result, and not silent"


def test_a_finding_as_text() -> None:
    [head, first, hint, second] = check_lines(REPORT.checks[0], Path("service"))
    assert head.startswith("failed  limits")
    assert first == "  service/template.yaml:7:3: too much"
    assert hint == "    hint: less"
    assert second == "  service/template.yaml:9: warning: much"


def test_a_report_goes_out_and_comes_back() -> None:
    assert CODEC.load(CODEC.dump(REPORT)) == REPORT


def test_check_by_name_in_each_format(tmp_path: Path) -> None:
    change = ("maxReceiveCount: 5", "maxReceiveCount: 2")
    service = make_service(tmp_path / "a folder; $(touch x)", change)
    text = migrator("check", str(service), "--only", "limits")
    assert (text.returncode, "warning: Queue: a message is given up" in text.stdout) == (0, True), text.stderr
    assert "1 of 1 checks passed\ndeploy it with: cd '" in text.stderr
    assert "'StreamArn=<StreamArn>'" in text.stderr
    sarif = inside(str(service), "--only", "limits", "--format", "sarif", "--fail-on", "warning")
    assert sarif.exit_code == 1
    assert [each["level"] for each in valid(json.loads(sarif.stdout))["results"]] == ["warning"]
    (service / "src" / "requirements.txt").write_text("requests==2.19.0\n")
    unknown = inside(str(service), "--only", "audit", "--json", "--fail-on", "warning")
    assert (unknown.exit_code, json.loads(unknown.stdout)["checks"][0]["outcome"]) == (0, "unknown")
    assert inside(str(service), "--only", "audit", "--fail-on", "unknown").exit_code == 1
    wrong = inside(str(service), "--only", "nothing").exception
    assert isinstance(wrong, UsageError) and "the checks are: manifest, python" in wrong.hint
    assert not list(tmp_path.rglob("x"))


def test_doctor(tmp_path: Path) -> None:
    (tmp_path / "migrator.toml").write_text('[source]\nexclude = ["a"]\n')
    secret = {"AWS_ACCESS_KEY_ID": "AKIA-OF-THE-USER", "AWS_SECRET_ACCESS_KEY": "SECRET-OF-THE-USER"}
    told = migrator("doctor", "--root", str(tmp_path), "--json", **secret)
    assert told.returncode == 0, told.stderr
    assert "OF-THE-USER" not in told.stdout
    found = {part.name: part.detail for part in DOCTOR.load(json.loads(told.stdout)).parts}
    assert found["credentials"] == "set by AWS_ACCESS_KEY_ID"
    assert "exclude: file; roots: default" in found["migrator.toml"]
