"""Celery's clock: the timetable that settings and code write, and the tasks that only the clock starts.

In: the solved program. Out: registrations by the timetable. What a task is besides, `frameworks.celery_tasks` says.

The timetable of the settings names a task that stands for itself: it is a job of the queue and of the clock. A task
that code hands to the clock, and that nothing ever sends, is the clock's alone; see `clockwork`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from migrator.domain.json import JsonValue
from migrator.domain.locations import Location
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.facts.expressions import Attribute, Call, Constant, Expression, Name, Subscript
from migrator.facts.records import Store
from migrator.model.frames import LibraryCall
from migrator.model.index import FunctionInfo
from migrator.model.job_rules import (
    Job,
    decorator_argument,
    dotted_text,
    registered_by,
    unwrapped,
    written_argument,
)
from migrator.model.registrations import Program, Registration, Start, texts
from migrator.model.rendering import source_of
from migrator.model.values import Registered

PERIODIC = ("celery.Celery.periodic_task", "celery.task.periodic_task", "celery.decorators.periodic_task")
DECORATORS = ("celery.Celery.task", "celery.shared_task", "celery.task", "celery.decorators.task")
SIGNATURES = ("celery.Task.s", "celery.Task.si", "celery.Task.signature", "celery.Task.subtask")
BY_NAME = ("celery.signature", "celery.Celery.signature")
_SENDS = tuple(f"celery.Task.{name}" for name in ("delay", "apply_async", "delay_on_commit", "apply_async_on_commit"))
"""Kept for the hazards of sent jobs; a plug-in that asked for them would lose what they give back."""
_TIMETABLES = frozenset({"beat_schedule", "CELERYBEAT_SCHEDULE", "CELERY_BEAT_SCHEDULE"})


def clockwork(program: Program) -> Mapping[FunctionInfo, list[Trigger]]:
    """Tasks that only the clock starts, with the schedules that it starts them by."""
    tasks = Tasks(program)
    found: dict[FunctionInfo, list[Trigger]] = {}
    for made in by_code(program, tasks):
        found.setdefault(made.runs[0].info, []).append(made.trigger)
    if not found:
        return found
    sent = {made.runs[0].info for made in in_settings(program, tasks)} | _sent(program)
    return {info: triggers for info, triggers in found.items() if info not in sent}


def in_settings(program: Program, tasks: Tasks) -> Iterator[Registration]:
    for info, found in program.dictionaries():
        fields = {key.value: value for key, value in found.pairs if isinstance(key, Constant)}
        if "task" in fields and "schedule" in fields:
            place = Location(info.module.facts.path, found.line, found.line, found.column)
            for job in tasks.named(_task_name(program, info, fields["task"])):
                yield _scheduled(job, place, source_of(fields["schedule"]))


def by_code(program: Program, tasks: Tasks) -> Iterator[Registration]:
    for call in program.calls(*PERIODIC):
        for job in registered_by(program, call, ((0, ""),)):
            yield _scheduled(job, call.location, written_argument(call, ((-1, "run_every"),)))
    for call in program.calls("celery.Celery.add_periodic_task"):
        expression = written_argument(call, ((0, "schedule"),))
        for job in (
            *unwrapped(program, program.functions(call.argument(1, "sig"))),
            *_signed(program, call, tasks),
        ):
            yield _scheduled(job, call.location, expression)
    yield from _put(program)


def _put(program: Program) -> Iterator[Registration]:
    """Tasks that a body registers which also puts an entry into the timetable."""
    for call in program.calls(*DECORATORS):
        scope = call.body.info.scope
        if not call.body.info.runs_on_import and any(
            isinstance(step, Store) and _is_timetable(step.target) for step in scope.steps
        ):
            for job in registered_by(program, call, ((0, ""),)):
                own = decorator_argument(job.info, "run_every", "schedule", "every", "crontab", "cron")
                yield _scheduled(job, call.location, source_of(own) if own is not None else "")


def _sent(program: Program) -> set[FunctionInfo]:
    """Tasks that code sends, or makes a signature of for anything but the timetable."""
    timed = {
        (call.location.path, argument.line, argument.column)
        for call in program.calls("celery.Celery.add_periodic_task")
        for argument in (call.node.arguments if call.node is not None else ())
        if isinstance(argument, Call)
    }
    return {
        info
        for call in program.calls(*_SENDS, *SIGNATURES)
        if (call.location.path, call.location.line, call.location.column) not in timed
        for info, _ in program.functions(call.receivers)
    }


class Tasks:
    """Tasks by the names under which they are called."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._jobs: dict[str, list[Job]] = {}
        for call in program.calls(*DECORATORS):
            jobs = registered_by(program, call, ((0, ""),))
            for job in jobs:
                named = dotted_text(decorator_argument(job.info, "name"))
                given = texts(call.keywords.get("name", frozenset())) if len(jobs) == 1 else []
                for name in {named, job.info.name, *given}:
                    self._jobs.setdefault(name, []).append(job)
        for owner in program.classes():
            run = program.method(owner, "run")
            if run is not None and "celery.Task" in program.ancestors(owner):
                receiver = program.tables.universe.inst(owner)
                job = Job(run, receiver, (Start(run, receiver),))
                for known in {owner.name, *program.class_constants(owner, "name")}:
                    self._jobs.setdefault(str(known), []).append(job)

    def named(self, name: str) -> list[Job]:
        return self._jobs.get(name, []) if name else []


def _signed(program: Program, call: LibraryCall, tasks: Tasks) -> Iterator[Job]:
    """What `signature("dotted.name")` stands for."""
    for value in call.argument(1, "sig"):
        if isinstance(value, Registered):
            made = program.tables.calls[value.key]
            if made.dotted in BY_NAME:
                for name in texts(made.argument(0, "varies")):
                    yield from tasks.named(name)


def _scheduled(job: Job, place: Location, expression: str) -> Registration:
    detail: dict[str, JsonValue] = {"expression": expression}
    trigger = Trigger(TriggerKind.SCHEDULE, "celery", place, detail)
    return Registration(job.info.name, job.info.location, trigger, job.runs)


def _is_timetable(expression: Expression) -> bool:
    """Whether this is `conf.beat_schedule`, `conf["beat_schedule"]`, or an item of one."""
    node: Expression = expression
    while True:
        match node:
            case Subscript():
                if isinstance(node.key, Constant) and node.key.value in _TIMETABLES:
                    return True
                node = node.value
            case Attribute():
                if node.attr in _TIMETABLES:
                    return True
                node = node.value
            case Name():
                return node.id in _TIMETABLES
            case _:
                return False


def _task_name(program: Program, info: FunctionInfo, expression: Expression) -> str:
    if isinstance(expression, Constant):
        return expression.value if isinstance(expression.value, str) else ""
    if isinstance(expression, Attribute) and expression.attr == "name":
        expression = expression.value
    if isinstance(expression, Name | Attribute | Call):
        return program.tables.index.dotted(info.module, expression)
    return ""
