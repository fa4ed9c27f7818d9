"""Tasks of a library for jobs, behind a queue of SQS; with a timetable, the scheduler sends to the same queue.

In: a `PlannedSlice` whose delivery is a queue. Out: its `HandlerArtifacts`. The body of a message is what the seam
sends: a JSON object with `task`, `id`, `args` and `kwargs`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from migrator.artifacts.aws_events import queue_event
from migrator.artifacts.entry_text import entry_text
from migrator.artifacts.example_arguments import ExampleCall, example_call
from migrator.artifacts.handlers import EventExample, HandlerArtifacts, writes
from migrator.artifacts.naming import logical_id
from migrator.artifacts.queues import queue_settings
from migrator.artifacts.starting import starting
from migrator.domain.json import JsonValue, json_text
from migrator.domain.plans import EventSource, Requirement
from migrator.plan import PlannedSlice
from migrator.plan.delivery.deliveries import Convention, QueuePolicy, Timetable

# What the scheduler puts in place of it: when the run was due ("Adding context attributes").
_DUE = "<aws.scheduler.scheduled-time>"
# For a task that sends itself.
_SENDS = {
    "src/lambda_sends.py": "handler/queue/lambda_sends.py.j2",
    "tests/test_sends.py": "handler_test/test_sends.py.j2",
}


@dataclass(frozen=True, slots=True)
class TaskHandler:
    """The plug-in."""

    serves: str = "tasks of Celery, Dramatiq, Huey and RQ (queue)"

    def fits(self, planned: PlannedSlice) -> bool:
        """Whether its events are messages with arguments."""
        delivery = planned.delivery
        return delivery.source is EventSource.QUEUE and delivery.convention is Convention.ARGUMENTS

    def describe(self, planned: PlannedSlice) -> HandlerArtifacts:
        """Templates, queue, examples."""
        delivery = planned.delivery
        policy = delivery.queue or QueuePolicy(planned.plan.candidate)
        text = entry_text(planned)
        skip = 1 if policy.bound else 0
        calls = [example_call(text, planned.entry.name, skip=skip, every=every) for every in (False, True)]
        remembers = writes(planned)
        begins = starting(planned)
        return HandlerArtifacts(
            templates={
                **begins.templates,
                "src/app.py": "handler/queue/app.py.j2",
                "src/lambda_task.py": "handler/queue/lambda_task.py.j2",
                "tests/conftest.py": "handler_test/conftest.py.j2",
                "tests/test_handler.py": "handler_test/test_queue.py.j2",
                **(_SENDS if policy.sends_itself else {}),
            },
            context={
                "starting": begins,
                "policy": policy,
                "queue": queue_settings(policy, planned.plan.timeout_s),
                "writes": remembers,
                "error_imports": _imports(policy),
                "retries_everything": any(error.written == "Exception" for error in policy.retries.errors),
                "timetables": tuple(
                    _entry(number, each, policy.task) for number, each in enumerate(delivery.timetables, start=1)
                ),
            },
            behind="a queue of SQS" + (", with EventBridge Scheduler as its clock" if delivery.timetables else ""),
            sam=(
                "dead_letters",
                "queue",
                *(["queue_again"] if policy.sends_itself else []),
                *(["queue_schedule"] if delivery.timetables else []),
                *(["idempotency"] if remembers else []),
            ),
            readme="service/readme/queue.md.j2",
            events=_examples(policy, calls),
            requirements=(Requirement("boto3", "", "the handler holds messages back and gives them up"),),
        )


@dataclass(frozen=True, slots=True)
class _Entry:
    id: str
    written: str
    expression: str
    timezone: str
    input: str


def _entry(number: int, timetable: Timetable, task: str) -> _Entry:
    sent = {
        "task": task,
        # One id a run that was due, however often the scheduler tries.
        "id": f"{task} {timetable.expression} {_DUE}",
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


def _imports(policy: QueuePolicy) -> tuple[str, ...]:
    retries = policy.retries
    return tuple(sorted({error.imported for error in (*retries.errors, *retries.spared) if error.imported}))


def _body(task: str, number: int, call: ExampleCall) -> str:
    said: Mapping[str, JsonValue] = {
        "task": task,
        "id": f"3a1c0f6e-7d2b-4f7c-9a55-{number:012d}",
        "args": list(call.args),
        "kwargs": dict(call.kwargs),
    }
    return json_text(said)


def _examples(policy: QueuePolicy, calls: Sequence[ExampleCall]) -> tuple[EventExample, ...]:
    bodies = [_body(policy.task, number, call) for number, call in enumerate((*calls, calls[0]), start=1)]
    return (
        EventExample("message", queue_event(bodies[:1])),
        EventExample("batch", queue_event(bodies)),
        EventExample("unreadable", queue_event(['{"task": "another"}'])),
    )
