"""Functions that are called with their arguments: by EventBridge Scheduler, or by whoever may invoke them.

In: a `PlannedSlice` of a clock's job, a command or a subscriber. Out: its `HandlerArtifacts`. The event is a JSON
object with `id`, `args` and `kwargs`; the answer one with `result`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from migrator.artifacts.entry_text import entry_text
from migrator.artifacts.example_arguments import ExampleCall, example_call
from migrator.artifacts.handlers import EventExample, HandlerArtifacts, writes
from migrator.artifacts.naming import logical_id
from migrator.artifacts.starting import starting
from migrator.domain.json import JsonValue
from migrator.domain.plans import EventSource
from migrator.plan import PlannedSlice
from migrator.plan.delivery.deliveries import Convention, Timetable

# What the scheduler puts in place of it: when the run was due ("Adding context attributes").
_DUE = "<aws.scheduler.scheduled-time>"


@dataclass(frozen=True, slots=True)
class CallHandler:
    """The plug-in."""

    serves: str = "jobs of a clock (schedule), commands and signals (direct invocation)"

    def fits(self, planned: PlannedSlice) -> bool:
        """Whether its events are calls with arguments, by no queue."""
        delivery = planned.delivery
        return (
            delivery.source in (EventSource.SCHEDULE, EventSource.DIRECT)
            and delivery.convention is Convention.ARGUMENTS
        )

    def describe(self, planned: PlannedSlice) -> HandlerArtifacts:
        """Templates, schedule, examples."""
        delivery = planned.delivery
        scheduled = delivery.source is EventSource.SCHEDULE
        remembers = writes(planned)
        text = entry_text(planned)
        begins = starting(planned)
        return HandlerArtifacts(
            templates={
                **begins.templates,
                "src/app.py": "handler/call/app.py.j2",
                "src/lambda_call.py": "handler/call/lambda_call.py.j2",
                "tests/conftest.py": "handler_test/conftest.py.j2",
                "tests/test_handler.py": "handler_test/test_call.py.j2",
            },
            context={
                "starting": begins,
                "scheduled": scheduled,
                "writes": remembers,
                "asynchronous_retries": 0,
                "retries_because": "As in the monolith, where nobody runs it again.",
                "timetables": tuple(
                    _entry(number, each, planned.plan.candidate)
                    for number, each in enumerate(delivery.timetables, start=1)
                ),
            },
            behind="EventBridge Scheduler" if scheduled else "direct invocation",
            sam=(
                "dead_letters",
                "direct",
                *(["schedule"] if scheduled else []),
                *(["idempotency"] if remembers else []),
            ),
            readme="service/readme/call.md.j2",
            events=(
                _example("call", example_call(text, planned.entry.name)),
                _example("call-with-everything", example_call(text, planned.entry.name, every=True)),
            ),
        )


@dataclass(frozen=True, slots=True)
class _Entry:
    id: str
    written: str
    expression: str
    timezone: str
    input: str


def _entry(number: int, timetable: Timetable, candidate: str) -> _Entry:
    sent = {
        # One id a run that was due, however often the scheduler tries.
        "id": f"{candidate} {timetable.expression} {_DUE}",
        "args": list(timetable.args),
        "kwargs": dict(timetable.kwargs),
    }
    return _Entry(
        logical_id(f"Schedule {number}"),
        timetable.written[:500],
        timetable.expression,
        timetable.timezone,
        json.dumps(sent),
    )


def _example(name: str, call: ExampleCall) -> EventExample:
    event: dict[str, JsonValue] = {"id": f"example {name}", "args": list(call.args), "kwargs": dict(call.kwargs)}
    return EventExample(name, event)
