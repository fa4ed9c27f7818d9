"""What kind of function a service's requirements need, as a package index says.

In: a `PlannedSlice`, a `PackageIndex`. Out: the same with target, architecture and the reason as the index answers.
Who is asked, and whether anybody is, is the caller's choice.
"""

from __future__ import annotations

from dataclasses import replace

from migrator.artifacts.service import service_requirements
from migrator.artifacts.triggers import plugin_for
from migrator.plan import PlannedSlice
from migrator.plan.requirements import PackageIndex, deployment_of


def deployed(planned: PlannedSlice, index: PackageIndex) -> PlannedSlice:
    """Choose target and architecture for the slice with what its handler needs.

    Raises:
        Refused: no handler can be made for it.
    """
    described = plugin_for(planned).describe(planned)
    own = sum(len(text.encode()) for text in planned.modules.values()) + sum(map(len, planned.data.values()))
    plan = planned.plan
    found = deployment_of(
        service_requirements(planned, described),
        index,
        python=plan.runtime.removeprefix("python"),
        own_bytes=own,
    )
    return replace(
        planned, plan=replace(plan, target=found.target, architecture=found.architecture, packaging=found.reason)
    )
