"""What cloudsplaining, run as a program, says that the template's roles could do to an account.

In: a service folder. Out: a `Check`. The roles are handed to it as an account that has nothing else; it looks for actions
that no resource narrows.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from migrator.adapters.checks.role_policies import RolePolicy, role_policies
from migrator.adapters.checks.tools import Runner, Tool, json_of, not_understood
from migrator.domain.checks import Check, CheckFinding, CheckOutcome, Severity, judged

_NAME = "cloudsplaining"
TOOL = Tool("cloudsplaining", "cloudsplaining")
_ALONE = Runner()
# What it looks for, what that means, and how much it weighs.
_RISKS: Final[Mapping[str, tuple[str, Severity]]] = {
    "PrivilegeEscalation": ("could give itself more rights", Severity.ERROR),
    "ResourceExposure": ("could open resources to others", Severity.ERROR),
    "CredentialsExposure": ("could hand out credentials", Severity.ERROR),
    "DataExfiltration": ("could read data of the whole account", Severity.ERROR),
    "ServiceWildcard": ("may do everything in a service", Severity.ERROR),
    "InfrastructureModification": ("could change things of the whole account", Severity.WARNING),
}
_ACCOUNT = "123456789012"


def check(folder: Path, runner: Runner = _ALONE) -> Check:
    """Let cloudsplaining scan the roles."""
    policies = role_policies(_NAME, folder)
    if isinstance(policies, Check):
        return policies
    with tempfile.TemporaryDirectory(prefix="migrator-cloudsplaining-") as scratch:
        account = Path(scratch) / "account.json"
        account.write_text(json.dumps(_account(policies)))
        arguments = ["scan", "--input-file", account.name, "--output", ".", "--skip-open-report", "--minimize"]
        ran = runner.run(_NAME, TOOL, arguments, cwd=Path(scratch))
        if isinstance(ran, Check):
            return ran
        results = Path(scratch) / "iam-results-account.json"
        said = json_of(results.read_text("utf-8")) if results.is_file() else None
    inline = said.get("inline_policies") if isinstance(said, Mapping) else None
    if not isinstance(inline, Mapping) or (policies and not inline):
        return not_understood(_NAME, TOOL, ran)
    # Policies with equal documents are one to it.
    findings = [
        each
        for found in inline.values()
        for policy in policies
        if policy.document == found.get("PolicyDocument")
        for each in _findings(found, policy)
    ]
    summary = f"{len(policies)} policies of roles, {len(findings)} told, by {runner.title(TOOL)}"
    return judged(_NAME, summary, findings, otherwise=CheckOutcome.PASSED)


def _findings(found: Mapping[str, Any], policy: RolePolicy) -> Iterator[CheckFinding]:
    for risk, (means, severity) in _RISKS.items():
        said = found.get(risk)
        actions = said.get("findings") if isinstance(said, Mapping) else None
        if actions:
            named = ", ".join(sorted(_named(actions)))
            yield CheckFinding(
                f"{policy.owner} {means}: {named}",
                policy.place,
                "name the resources in the statement, or narrow it by a condition",
                severity,
                risk,
            )


def _named(actions: Any) -> Iterator[str]:
    for action in actions:
        yield (
            f"{action.get('type')} ({', '.join(action.get('actions', ()))})"
            if isinstance(action, Mapping)
            else str(action)
        )


def _account(policies: tuple[RolePolicy, ...]) -> dict[str, Any]:
    """The answer of `iam get-account-authorization-details` in an account with one role a policy."""
    return {
        "UserDetailList": [],
        "GroupDetailList": [],
        "Policies": [],
        "RoleDetailList": [
            {
                "Path": "/",
                "RoleName": f"role-{number}",
                "RoleId": f"AROA{number:017}",
                "Arn": f"arn:aws:iam::{_ACCOUNT}:role/role-{number}",
                "CreateDate": "2026-01-01T00:00:00+00:00",
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
                "InstanceProfileList": [],
                "RolePolicyList": [{"PolicyName": policy.name, "PolicyDocument": policy.document}],
                "AttachedManagedPolicies": [],
                "Tags": [],
                "RoleLastUsed": {},
            }
            for number, policy in enumerate(policies)
        ],
    }
