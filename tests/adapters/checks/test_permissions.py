"""Policies that allow more than they say, and calls that no statement was made for."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrator.adapters.checks import permissions
from migrator.domain.checks import CheckOutcome, Severity
from tests.adapters.checks.small_service import TEMPLATE, make_service
from tests.adapters.checks.test_limits import line_of

COMMENT = "              # Traces have no resources to name.\n"
BUCKET = """
  Open:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Queue]
      PolicyDocument:
        Version: "2012-10-17"
        Statement: {Effect: %s, Principal: "*", Action: sqs:*, Resource: !GetAtt Queue.Arn}
"""
KEY = """
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}, Action: "kms:*", Resource: "*"}
"""
OPEN = """
Metadata:
  Migrator:
    Unresolved:
      - {Call: "s3.get_object", Reason: "the bucket comes from outside", Location: "shop/files.py:12"}

Resources:
"""


def test_policies_that_say_what_they_allow(tmp_path: Path) -> None:
    found = permissions.check(make_service(tmp_path / "service"))
    assert (found.outcome, found.findings) == (CheckOutcome.PASSED, ())
    assert found.summary == "4 statements in 2 policies, 0 calls without one"


@pytest.mark.parametrize(
    ("old", "new", "rule", "line"),
    [
        ("Action: xray:PutTraceSegments", "Action: xray:Put*", "action-wildcard", "Sid: Trace"),
        ("Action: xray:PutTraceSegments", 'Action: "*"', "action-wildcard", "Sid: Trace"),
        ("Action: kinesis:GetRecords", "NotAction: kinesis:GetRecords", "action-wildcard", "Sid: Read"),
        (COMMENT, "", "resource-wildcard", "Sid: Trace"),
        ("Resource: !Ref StreamArn", "Resource: arn:aws:s3:::*", "resource-wildcard", "Sid: Read"),
        ("Resource: !Ref StreamArn", 'Resource: [!Ref StreamArn, "*"]', "resource-wildcard", "Sid: Read"),
        ("Resource: !Ref StreamArn", "NotResource: !Ref StreamArn", "resource-wildcard", "Sid: Read"),
        ("  Role:\n", f"{(BUCKET % 'Allow').strip(chr(10))}\n\n  Role:\n", "any-principal", ""),
        ("  Role:\n", f"{(BUCKET % 'Allow').strip(chr(10))}\n\n  Role:\n", "action-wildcard", ""),
    ],
)
def test_a_policy_that_allows_too_much(old: str, new: str, rule: str, line: str, tmp_path: Path) -> None:
    found = permissions.check(make_service(tmp_path / "service", (old, new)))
    assert found.outcome is CheckOutcome.FAILED
    assert rule in {finding.rule for finding in found.findings}
    if line:
        assert {finding.rule for finding in found.findings} == {rule}
        moved = -1 if old == COMMENT else 0
        assert {finding.location for finding in found.findings} == {f"template.yaml:{line_of(line) + moved}"}


def test_the_comment_of_the_next_statement_excuses_nobody(tmp_path: Path) -> None:
    before = "              - Sid: Read\n"
    found = permissions.check(
        make_service(tmp_path / "service", (COMMENT, ""), (before, f"              # Why.\n{before}"))
    )
    assert [finding.rule for finding in found.findings] == ["resource-wildcard"]


@pytest.mark.parametrize("text", [BUCKET % "Deny", KEY])
def test_a_denial_and_the_accounts_own_right_to_its_key_are_no_wildcards(text: str, tmp_path: Path) -> None:
    found = permissions.check(make_service(tmp_path / "service", ("  Role:\n", f"{text.strip(chr(10))}\n\n  Role:\n")))
    assert (found.outcome, found.findings) == (CheckOutcome.PASSED, ())


def test_a_call_without_a_statement_leaves_the_check_unknown(tmp_path: Path) -> None:
    found = permissions.check(make_service(tmp_path / "service", ("Resources:\n", OPEN)))
    assert found.outcome is CheckOutcome.UNKNOWN
    [told] = found.findings
    assert told.message == "the role does not allow s3.get_object (shop/files.py:12): the bucket comes from outside"
    assert (told.severity, told.rule) == (Severity.WARNING, "unresolved-call")
    assert told.location.startswith("template.yaml:")


def test_a_policy_of_somebody_else_is_told(tmp_path: Path) -> None:
    attached = "      ManagedPolicyArns: [arn:aws:iam::aws:policy/AdministratorAccess]\n      Policies:\n"
    found = permissions.check(make_service(tmp_path / "service", ("      Policies:\n", attached)))
    assert found.outcome is CheckOutcome.PASSED
    assert [(finding.severity, finding.rule) for finding in found.findings] == [(Severity.NOTE, "managed-policy")]


def test_every_statement_of_the_text_is_found() -> None:
    assert TEMPLATE.count("Effect: Allow") == 4
