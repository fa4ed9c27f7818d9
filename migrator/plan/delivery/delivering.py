"""Which triggers of a candidate the moved function serves, and how their events reach it.

In: a `SourceTree`, an `Assessment`. Out: `Delivering`: the triggers that move, the `Delivery`, and the decorators that
stay behind. A function with several kinds of triggers is moved for the first kind of the list below; the others stay
with the legacy application and are listed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from migrator.domain.assessments import Assessment
from migrator.domain.locations import Location
from migrator.domain.plans import EventSource
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.errors import Refused, UsageError
from migrator.plan.delivery.clock_delivery import CLOCKS, clockwork
from migrator.plan.delivery.deliveries import Convention, Delivery
from migrator.plan.delivery.event_sources import direct_delivery, event_delivery
from migrator.plan.delivery.task_delivery import task_delivery
from migrator.plan.delivery.task_semantics import LIBRARIES
from migrator.plan.looking.constants import Constants
from migrator.plan.looking.marks import function_node, read_mark
from migrator.source import SourceTree

_HANDLER = "lambda"
_DIRECT = (TriggerKind.COMMAND, TriggerKind.SIGNAL)
_SPEAKING = frozenset({"fastapi"})
# What a route may be put behind.
FRONTS = (EventSource.HTTP_API, EventSource.REST_API, EventSource.LOAD_BALANCER)


@dataclass(frozen=True, slots=True)
class Delivering:
    """What moves of a candidate's triggers, and how.

    Attributes:
        left_behind: places of decorators that are nothing but a registration.
    """

    triggers: tuple[Trigger, ...]
    delivery: Delivery
    left_behind: tuple[Location, ...]


def delivering(tree: SourceTree, assessment: Assessment, front: EventSource = EventSource.HTTP_API) -> Delivering:
    """Decide.

    Args:
        front: what stands before a route.

    Raises:
        UsageError: `front` is no front of a route.
        Refused: no handler can serve any of the triggers as yet.
    """
    routes = _of(assessment, TriggerKind.HTTP)
    if routes:
        if front not in FRONTS:
            known = ", ".join(each.value for each in FRONTS)
            raise UsageError(f"a route cannot be put behind {front.value}", hint=f"one of: {known}")
        # The decorators of these say what the framework makes of a request: they travel, with what they name.
        stays = tuple(each.location for each in routes if each.framework not in _SPEAKING)
        return Delivering(routes, Delivery(front, Convention.REQUEST), stays)
    handlers = tuple(each for each in assessment.triggers if each.framework == _HANDLER)
    if handlers:
        return Delivering(handlers, event_delivery(tree, assessment), ())
    jobs = tuple(
        each
        for each in _of(assessment, TriggerKind.QUEUE, TriggerKind.SCHEDULE)
        if each.framework in LIBRARIES or each.framework in CLOCKS
    )
    if jobs:
        _refuse_method(tree, assessment, jobs)
        return _job(tree, assessment, jobs)
    called = _of(assessment, *_DIRECT)
    if called:
        _refuse_method(tree, assessment, called)
        delivery = direct_delivery(tree, assessment, called)
        return Delivering(called, delivery, _marked(tree, assessment, called))
    raise _unknown(assessment)


def _job(tree: SourceTree, assessment: Assessment, jobs: tuple[Trigger, ...]) -> Delivering:
    queued = [each for each in jobs if each.kind is TriggerKind.QUEUE]
    # Celery's clock sends tasks to the queue: so does the scheduler, and whatever the task asks for is kept there.
    lead = (queued or jobs)[0].framework
    if queued and lead not in LIBRARIES:
        raise _unknown(assessment)
    if queued or lead == "celery":
        own = tuple(each for each in jobs if each.framework == lead or each.kind is TriggerKind.SCHEDULE)
        delivery, mark = task_delivery(tree, assessment, own)
        return Delivering(own, delivery, (mark.location,) if mark is not None else ())
    clock = clockwork(tree, assessment, jobs, "UTC", Constants(tree))
    if not clock.timetables:
        raise Refused(
            f"{assessment.name} is run by a timetable that has no equal: {clock.dropped[0].reason}",
            hint="change the timetable first, or keep this function where it is",
            location=str(assessment.location),
        )
    delivery = Delivery(
        EventSource.SCHEDULE,
        Convention.ARGUMENTS,
        timetables=clock.timetables,
        kept=clock.kept,
        dropped=clock.dropped,
    )
    return Delivering(jobs, delivery, _marked(tree, assessment, jobs))


def _of(assessment: Assessment, *kinds: TriggerKind) -> tuple[Trigger, ...]:
    return tuple(trigger for trigger in assessment.triggers if trigger.kind in kinds)


def _marked(tree: SourceTree, assessment: Assessment, triggers: Sequence[Trigger]) -> tuple[Location, ...]:
    constants = Constants(tree)
    marks = (read_mark(tree, assessment, trigger, constants, frozenset()) for trigger in triggers)
    return tuple(mark.location for mark in marks if mark is not None and mark.own)


def _refuse_method(tree: SourceTree, assessment: Assessment, triggers: Sequence[Trigger]) -> None:
    """A method needs its object, which only the framework makes."""
    file = tree.by_path.get(assessment.location.path)
    if file is None:
        return  # the tree has changed since the analysis, which is said where the definition is looked for
    inside = assessment.name[len(file.name) + 1 :].split(".")
    if "<locals>" not in inside and (len(inside) > 1 or function_node(file, assessment.location) is None):
        raise Refused(
            f"{assessment.name} is a class or a method of {triggers[0].framework}; "
            "handlers are made for plain functions only as yet",
            hint="let the method call a function of the module, and extract a task or route that does",
            location=str(assessment.location),
        )


def _unknown(assessment: Assessment) -> Refused:
    asked = ", ".join(sorted({f"{each.framework} ({each.kind.value})" for each in assessment.triggers}))
    known = ", ".join([*sorted(LIBRARIES), *sorted(CLOCKS - set(LIBRARIES)), "functions of (event, context)"])
    return Refused(
        f"there is no handler for {asked} yet",
        hint=f"handlers are made for routes of Flask, commands and signals, and for: {known}",
        location=str(assessment.location),
    )
