"""Where other code of a slice sends the task that was cut out, which has lost its registration.

In: the code that travels, the candidate and its delivery. Out: the delivery with the methods that the function is given
back: those by which code that it reaches sends it, to the queue of its own service. Every other place is told: it fails
when it runs. What the function's own lines send is `own_sends`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace

from migrator.domain.assessments import Assessment
from migrator.domain.effects import Effect
from migrator.domain.plans import Dropped, Kept
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.plan.delivery.celery_settings import place_in
from migrator.plan.delivery.deliveries import Delivery
from migrator.plan.delivery.own_sends import places, unequal
from migrator.plan.delivery.task_semantics import LIBRARIES
from migrator.plan.looking.constants import Constants
from migrator.plan.slicing.carried import Carried
from migrator.source import SourceTree


def with_sends_within(
    delivery: Delivery,
    tree: SourceTree,
    carried: Iterable[Carried],
    assessment: Assessment,
    triggers: Iterable[Trigger],
) -> Delivery:
    """The delivery, with what the rest of the slice asks of its task.

    Args:
        triggers: those that move.
    """
    kinds = (TriggerKind.QUEUE, TriggerKind.SCHEDULE)
    library = next((each.framework for each in triggers if each.kind in kinds and each.framework in LIBRARIES), "")
    if delivery.queue is None or not library:
        return delivery
    own = assessment.location
    reached = {
        (evidence.location.path, evidence.location.line)
        for finding in assessment.effects
        if finding.effect is Effect.ENQUEUE
        for evidence in finding.evidence
    }
    constants = Constants(tree)
    short = assessment.name.rpartition(".")[2]
    names = set(delivery.queue.sends_itself)
    kept: list[Kept] = []
    dropped: list[Dropped] = []
    for code in carried:
        if short not in code.file.text:
            continue
        for asked in places(code.file, 1, sys.maxsize, assessment.name, library):
            line = asked.node.lineno
            if code.file.path == own.path and own.line <= line <= own.end_line:
                continue
            if code.lines is not None and line not in code.lines:
                continue
            place = str(place_in(code.file, asked.node))
            why = unequal(asked, library, code.file, constants)
            if not why and (code.file.path, line) in reached:
                names.add(asked.method)
                becomes = "a message to the service's own queue; Lambda's detection of loops is turned off"
                kept.append(Kept(f"sends the task by {asked.written}", becomes, place))
                continue
            dropped.append(
                Dropped(
                    f"{place}: {asked.written}",
                    f"asks the moved task for what it has lost with its registration, and would fail here: {why}"
                    if why
                    else "asks the moved task for what it has lost with its registration, and would fail here; as far as "
                    "the analysis sees, the function does not get here",
                )
            )
    return replace(
        delivery,
        queue=replace(delivery.queue, sends_itself=tuple(sorted(names))),
        kept=(*delivery.kept, *kept),
        dropped=(*dropped, *delivery.dropped),
    )
