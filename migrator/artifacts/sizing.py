"""What a function is given to run with, and why: the comments of its template.

In: a `PlannedSlice`. Out: `Sizing`: reasons, each as the lines of a comment. The numbers themselves are the plan's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from migrator.artifacts.quoting import comment_lines
from migrator.domain.effects import Effect
from migrator.domain.plans import EventSource
from migrator.plan import PlannedSlice
from migrator.plan.memory import memory_of

# "Quotas" of API Gateway: how long an integration may take (HTTP 30 s; REST 29 s, where nobody has had it raised).
_FRONTS: Mapping[EventSource, str] = {
    EventSource.HTTP_API: "An HTTP API waits for 30 s: what takes longer answers nobody.",
    EventSource.REST_API: "A REST API waits for 29 s, where nobody has had that raised: what takes longer answers nobody.",
    EventSource.LOAD_BALANCER: "Somebody waits for the answer; 29 s is what an API before it would wait for.",
}


@dataclass(frozen=True, slots=True)
class Sizing:
    """Reasons, as lines of comments.

    Attributes:
        architecture: why this one.
        memory: why so much.
        timeout: why so long.
        temporary: what writes temporary files; nothing where nothing does.
    """

    architecture: tuple[str, ...]
    memory: tuple[str, ...]
    timeout: tuple[str, ...]
    temporary: tuple[str, ...]


def sizing_of(planned: PlannedSlice) -> Sizing:
    """The reasons for a plan."""
    plan = planned.plan
    return Sizing(
        architecture=comment_lines(f"{plan.architecture}: {plan.packaging}"),
        memory=comment_lines(
            f"{plan.memory_mb:,} MB: {memory_of(planned.assessment, plan.strategy).because}. Nothing has measured it yet: "
            "`migrator check . --measure` says what a start takes."
        ),
        timeout=comment_lines(_timeout(planned)),
        temporary=comment_lines(_temporary(planned)),
    )


def _timeout(planned: PlannedSlice) -> str:
    source = planned.delivery.source
    if source in _FRONTS:
        return _FRONTS[source]
    limit = planned.delivery.queue.time_limit_s if planned.delivery.queue is not None else None
    if limit is not None:
        return f"A run may take {limit:g} s in the monolith, by the limit of its task."
    return "Nobody waits for the answer, and the monolith sets no limit: a third of what Lambda allows."


def _temporary(planned: PlannedSlice) -> str:
    places = dict.fromkeys(
        f"{each.reason} at {each.location.path}:{each.location.line}"
        for finding in planned.assessment.effects
        if finding.effect is Effect.TEMP_DISK
        for each in finding.evidence[:1]
    )
    return "; ".join(places)
