"""The policies of the template's roles, for the programs that read such.

In: a service folder. Out: `RolePolicy`s, or a `Check` whose outcome is unknown where the template has not been translated.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from migrator.adapters.checks.template import Attached, policies_of, read_template, translated
from migrator.adapters.checks.tools import unknown
from migrator.domain.checks import Check


@dataclass(frozen=True, slots=True)
class RolePolicy:
    """One policy.

    Attributes:
        owner: logical id of its role, or of itself.
        name: of the policy; of its owner where it has none.
        document: as IAM takes it, with plausible ARNs.
        place: where it stands.
        places: where each of its statements stands.
    """

    owner: str
    name: str
    document: dict[str, Any]
    place: str
    places: tuple[str, ...]


def role_policies(check: str, folder: Path) -> tuple[RolePolicy, ...] | Check:
    """Those of a service; for the check of that name."""
    template = read_template(folder)
    if isinstance(template, str):
        return unknown(check, f"not looked at: the template {template}")
    made = translated(template.text)
    if made.document is None:
        return unknown(check, "not looked at: the template is not translated (see sam)")
    return tuple(
        RolePolicy(
            policy.owner,
            policy.name or policy.owner,
            policy.document,
            policy.place,
            tuple(statement.place for statement in policy.statements),
        )
        for policy in policies_of(template, made)
        if policy.attached is Attached.IDENTITY
    )
