"""Whether the template's policies allow no more than they say, and whether the role's list of calls is complete.

In: a service folder. Out: a `Check`. An action with a wildcard fails it, and so does a resource that stands for all where
no comment says why. A call that nobody could make a statement for leaves it unknown: a person has to read the place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from migrator.adapters.checks.template import (
    FILE,
    Attached,
    Policy,
    PolicyStatement,
    Template,
    Translated,
    policies_of,
    read_template,
    translated,
)
from migrator.domain.checks import Check, CheckFinding, CheckOutcome, Severity, judged

_NAME = "permissions"


def check(folder: Path) -> Check:
    """Read every policy of the translated template, and what its metadata says could not be resolved."""
    template = read_template(folder)
    if isinstance(template, str):
        return Check(_NAME, CheckOutcome.FAILED, f"no {FILE}", (CheckFinding(template, FILE),))
    made = translated(template.text)
    if made.document is None:
        return Check(_NAME, CheckOutcome.UNKNOWN, "not looked at: the template is not translated (see sam)")
    policies = policies_of(template, made)
    open_calls = tuple(_unresolved(template))
    findings = [*open_calls, *(each for policy in policies for each in _judged(policy)), *_attached(template, made)]
    count = sum(len(policy.statements) for policy in policies)
    summary = f"{count} statements in {len(policies)} policies, {len(open_calls)} calls without one"
    return judged(_NAME, summary, findings, otherwise=CheckOutcome.UNKNOWN if open_calls else CheckOutcome.PASSED)


def _unresolved(template: Template) -> Iterator[CheckFinding]:
    """Calls for which no statement could be made, of the template or of one of its resources."""
    holders: dict[tuple[str, ...], Any] = {("Metadata",): template.document.get("Metadata")}
    for name, resource in template.resources.items():
        if isinstance(resource, Mapping):
            holders["Resources", str(name), "Metadata"] = resource.get("Metadata")
    for path, metadata in holders.items():
        own = metadata.get("Migrator") if isinstance(metadata, Mapping) else None
        listed = own.get("Unresolved") if isinstance(own, Mapping) else None
        for number, entry in enumerate(listed if isinstance(listed, list) else ()):
            said = entry if isinstance(entry, Mapping) else {"Call": entry}
            where = f" ({said['Location']})" if said.get("Location") else ""
            yield CheckFinding(
                f"the role does not allow {said.get('Call', 'a call')}{where}: {said.get('Reason', 'unknown')}",
                template.place(*path, "Migrator", "Unresolved", number),
                "read the place, write a statement for it, and take the entry out of the metadata",
                Severity.WARNING,
                "unresolved-call",
            )


def _judged(policy: Policy) -> Iterator[CheckFinding]:
    for statement in policy.statements:
        if statement.says.get("Effect") != "Allow":
            continue
        if policy.attached is not Attached.KEY:  # the account itself keeps all rights to a key, or nobody has any
            yield from _actions(policy, statement)
        if policy.attached is Attached.IDENTITY:
            yield from _resources(policy, statement)
        if policy.attached is not Attached.IDENTITY and _is_anybody(statement) and not statement.says.get("Condition"):
            yield CheckFinding(
                f"{policy.owner} lets anybody: its principal is *, and no condition narrows it",
                statement.place,
                "name the principal",
                rule="any-principal",
            )


def _actions(policy: Policy, statement: PolicyStatement) -> Iterator[CheckFinding]:
    for action in statement.listed("Action"):
        if "*" in action or "?" in action:
            yield CheckFinding(
                f"{policy.owner} allows {action}: an action with a wildcard grows with the service",
                statement.place,
                "name the actions that the code calls",
                rule="action-wildcard",
            )
    if "NotAction" in statement.says:
        yield CheckFinding(
            f"{policy.owner} allows everything but some actions",
            statement.place,
            "name the actions that the code calls",
            rule="action-wildcard",
        )


def _resources(policy: Policy, statement: PolicyStatement) -> Iterator[CheckFinding]:
    all_of_them = [resource for resource in statement.listed("Resource") if _is_all(resource)]
    if "NotResource" in statement.says:
        all_of_them.append("everything but some")
    if all_of_them and not statement.reasoned:
        yield CheckFinding(
            f"{policy.owner} allows {', '.join(statement.listed('Action'))} on {', '.join(all_of_them)}, "
            "and no comment says why",
            statement.place,
            "name the resources; where the service knows none, say so in a comment at the statement",
            Severity.ERROR if statement.written else Severity.WARNING,
            "resource-wildcard",
        )


def _is_all(resource: str) -> bool:
    """Whether a resource stands for all of an account: `*`, or an ARN that ends where its names would begin."""
    parts = resource.split(":", 5)
    return resource == "*" or (len(parts) == 6 and parts[5].replace("/", "").replace(":", "") in ("*", "**"))


def _is_anybody(statement: PolicyStatement) -> bool:
    principal = statement.says.get("Principal")
    named = principal.get("AWS") if isinstance(principal, Mapping) else principal
    return named == "*" or (isinstance(named, list) and "*" in named)


def _attached(template: Template, made: Translated) -> Iterator[CheckFinding]:
    """Policies that are attached by their ARN: what they allow is not in the template."""
    for logical, resource in made.resources.items():
        arns = resource["Properties"].get("ManagedPolicyArns")
        for arn in arns if isinstance(arns, list) else ():
            shown = arn if isinstance(arn, str) else next(iter(arn.values())) if isinstance(arn, Mapping) else arn
            yield CheckFinding(
                f"{logical} also has the policy {shown}, which was not looked into",
                template.place("Resources", logical, "Properties", "ManagedPolicyArns"),
                severity=Severity.NOTE,
                rule="managed-policy",
            )
