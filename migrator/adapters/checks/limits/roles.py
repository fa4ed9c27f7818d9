"""How much a role's policies say."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator

from migrator.adapters.checks.limits.subject import Subject
from migrator.adapters.checks.template import Attached, policies_of
from migrator.cloud_facts.facts import fact, most
from migrator.domain.checks import CheckFinding

_INLINE, _MANAGED = "roles.inline_policies_chars", "roles.managed_policy_chars"


def findings(subject: Subject) -> Iterator[CheckFinding]:
    """Roles whose inline policies, and managed policies which, are too long without their white space."""
    sizes: dict[str, int] = defaultdict(int)
    for policy in policies_of(subject.template, subject.made):
        if policy.attached is Attached.IDENTITY:
            sizes[policy.owner] += len(json.dumps(policy.document, separators=(",", ":")))
    for owner, size in sizes.items():
        name = _MANAGED if subject.resources[owner].get("Type") == "AWS::IAM::ManagedPolicy" else _INLINE
        if size > most(name):
            yield CheckFinding(
                f"{owner}: its policies have {size} characters; AWS takes {most(name)}",
                subject.place(owner),
                f"move statements into a managed policy; {fact(name).source}",
                rule=name,
            )
