"""What a reviewer agrees to with a move: what applies to this one, each in a sentence.

In: a `Move`. Out: lines of Markdown without their boxes.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable

from migrator.artifacts.pull_request.move import Move
from migrator.domain.assessments import HazardKind
from migrator.domain.plans import EventSource
from migrator.markdown import inline_code

_TABLE: tuple[tuple[Callable[[Move], bool], str], ...] = (
    (lambda move: True, "The evidence of verdict and effects is right, and nothing that the function does is missing."),
    (
        lambda move: bool(move.planned.accepted),
        "Whoever answers for the function agrees to the risks that are taken on.",
    ),
    (
        lambda move: any(not call.harmless_because for call in move.planned.assessment.unresolved),
        "Somebody who knows the code has looked at each call that could not be followed.",
    ),
    (
        lambda move: _has(move, HazardKind.DOUBLE_RUN),
        "A second run does no harm: queues deliver at least once, and a fallback may run what has run.",
    ),
    (
        lambda move: _has(move, HazardKind.IN_TRANSACTION),
        "What is sent in an open transaction is sent after its commit, or may be lost.",
    ),
    (lambda move: _has(move, HazardKind.ORDERING), "Events may come in another order than they were sent."),
    (
        lambda move: _has(move, HazardKind.SHARED_TABLE),
        "Legacy and the function may write to the same tables at one time.",
    ),
    (
        lambda move: bool(move.planned.plan.access_checks),
        "Each access check that is not carried is on the function itself, or in front of the service.",
    ),
    (
        lambda move: bool(move.outside.secrets or move.missing),
        "Each secret and each value has somebody who provides it before the first deployment.",
    ),
    (
        lambda move: bool(move.permissions.statements or move.permissions.unallowed),
        "The role allows what the function needs and no more.",
    ),
    (lambda move: move.planned.plan.network, "Security groups and the database's limits allow the connections."),
    (
        lambda move: move.planned.plan.source is EventSource.SCHEDULE or bool(move.planned.delivery.timetables),
        "The function's own clock stays off until legacy's is: `ScheduleState` is `DISABLED`.",
    ),
    (lambda move: bool(move.pipeline), "The pipeline runs at the forge (see above)."),
)


def checks(move: Move) -> list[str]:
    """The sentences."""
    said = [text for applies, text in _TABLE if applies(move)]
    if move.comparison is None and move.seam is None and move.plans:
        command = (
            f"migrator compare {move.plans[0].route} --service {shlex.quote(move.layout.service)} --recording FILE"
        )
        said.append(f"Both sides have been asked the same before traffic is shifted: {inline_code(command)}.")
    elif move.comparison is not None and not move.comparison.same:
        said.append("Each difference of the comparison is meant.")
    said += [
        f"{inline_code(f'migrator check {move.layout.service}')} passes.",
    ]
    if move.plans:
        said.append(f"Those who are paged have read {inline_code(move.layout.runbook)}.")
    return said


def _has(move: Move, kind: HazardKind) -> bool:
    return any(hazard.kind is kind for hazard in move.planned.assessment.hazards)
