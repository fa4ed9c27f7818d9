"""From calls to permissions: the steps of this package in their order."""

from __future__ import annotations

from migrator.artifacts.permissions.actions import needs_of
from migrator.artifacts.permissions.asking import ask
from migrator.artifacts.permissions.merging import statements_of
from migrator.artifacts.permissions.needs import Need, Unclear
from migrator.artifacts.permissions.settings import SettingsShown
from migrator.domain.permissions import Permissions, Unallowed
from migrator.domain.plans import Plan
from migrator.domain.sdk_calls import SdkUse


def permissions_of(plan: Plan, settings: SettingsShown) -> Permissions:
    """What the role of a plan's service has to allow.

    Args:
        settings: what the service's template says of the plan's settings.
    """
    return permissions_for_use(plan.sdk, settings)


def permissions_for_use(use: SdkUse, settings: SettingsShown) -> Permissions:
    """What calls of the SDK need."""
    needs: list[Need] = []
    unallowed = [Unallowed(each.call, each.reason, each.location) for each in use.unfollowed]
    for call in use.calls:
        for found in needs_of(call, settings):
            if isinstance(found, Unclear):
                unallowed.append(Unallowed(f"{call.service}.{call.method}", found.reason, call.location))
            else:
                needs.append(found)
    filled, named = ask(needs)
    return Permissions(
        statements_of(filled),
        named,
        tuple(sorted(dict.fromkeys(unallowed), key=lambda each: (str(each.location), each.call, each.reason))),
    )
