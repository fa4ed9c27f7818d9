"""From calls to permissions: the steps of this package in their order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from migrator.artifacts.permissions.actions import needs_of
from migrator.artifacts.permissions.asking import ask
from migrator.artifacts.permissions.merging import statements_of
from migrator.artifacts.permissions.needs import Found, Need, Unclear
from migrator.artifacts.permissions.settings import SettingsShown
from migrator.domain.permissions import Permissions, Unallowed
from migrator.domain.plans import EventSource, Plan
from migrator.domain.sdk_calls import SdkUse


def permissions_of(plan: Plan, settings: SettingsShown) -> Permissions:
    """What the role of a plan's service has to allow.

    Args:
        settings: what the service's template says of the plan's settings.
    """
    return permissions_for_use(plan.sdk, settings, plan.source)


def permissions_for_use(use: SdkUse, settings: SettingsShown, source: EventSource = EventSource.DIRECT) -> Permissions:
    """What calls of the SDK need, in a service whose events come from a source."""
    needs: list[Need] = []
    unallowed = [Unallowed(each.call, each.reason, each.location) for each in use.unfollowed]
    for call in use.calls:
        for found in needs_of(call, settings):
            if isinstance(found, Unclear):
                unallowed.append(Unallowed(f"{call.service}.{call.method}", found.reason, call.location))
            else:
                needs.append(found)
    filled, named = ask(needs, source)
    return Permissions(
        statements_of(filled),
        named,
        tuple(sorted(dict.fromkeys(unallowed), key=lambda each: (str(each.location), each.call, each.reason))),
        _arns(filled),
    )


def _arns(needs: Sequence[Need]) -> Mapping[str, str]:
    """What the settings that hold an ARN look like; none for one that is the ARN of several types."""
    found: dict[str, set[str]] = defaultdict(set)
    for need in needs:
        for target in need.targets:
            if isinstance(target, Found) and target.arn:
                found[target.pattern.removeprefix("${").partition("}")[0]].add(target.arn)
    return {parameter: min(arns) for parameter, arns in sorted(found.items()) if len(arns) == 1}
