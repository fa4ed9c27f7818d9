"""Celery: tasks by decorator or class, and entries of its timetable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from migrator.domain.effects import Effect
from migrator.domain.json import JsonValue
from migrator.domain.locations import Location
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.facts.expressions import Attribute, Constant, Dictionary, Expression, Name
from migrator.model.frames import LibraryCall
from migrator.model.index import FunctionInfo
from migrator.model.registrations import Example, Program, Registration, Start, constants, texts
from migrator.model.rendering import source_of
from migrator.model.values import Value

_TASK = "celery.Task"
_DECORATORS = ("celery.Celery.task", "celery.shared_task", "celery.task", "celery.decorators.task")
_PERIODIC = ("celery.Celery.periodic_task", "celery.task.periodic_task", "celery.decorators.periodic_task")
_SIGNATURES = ("celery.Task.s", "celery.Task.si", "celery.Task.signature", "celery.Task.subtask")
LONGEST_RUN_S = 15 * 60
"""A declared time limit beyond this many seconds is `unbounded` (the vocabulary of effects)."""


@dataclass(frozen=True, slots=True)
class _Celery:
    name: str = "celery"
    interests: tuple[str, ...] = (
        *_DECORATORS,
        *_PERIODIC,
        *_SIGNATURES,
        "celery.Celery.add_periodic_task",
        "celery.Celery.register_task",
    )
    wrappers: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys((*_DECORATORS, *_PERIODIC), _TASK))
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        tasks: dict[str, Registration] = {}
        for found in (*self._decorated(program), *self._classes(program)):
            wire = found.trigger.detail.get("task")
            tasks.setdefault(str(wire), found)
            yield found
        for name, place, expression in _timetable(program):
            target = tasks.get(name)
            if target is not None:
                yield self._scheduled(target.name, target.location, target.runs, place, expression)
        for call in program.calls("celery.Celery.add_periodic_task"):
            expression = source_of(call.node.arguments[0]) if call.node is not None and call.node.arguments else ""
            for info, receiver in program.functions(call.argument(1, "sig")):
                runs = (Start(info, receiver),)
                yield self._scheduled(info.name, info.location, runs, call.location, expression)

    def _decorated(self, program: Program) -> Iterator[Registration]:
        for call in program.calls(*_DECORATORS, *_PERIODIC):
            targets = call.decorated | set(call.argument(0))
            for info, receiver in program.functions(targets):
                yield self._task(program, call, info, receiver)
                if call.dotted in _PERIODIC:
                    every = call.node is not None and next(
                        (source_of(value) for name, value in call.node.keywords if name == "run_every"), ""
                    )
                    runs = (Start(info, receiver),)
                    yield self._scheduled(info.name, info.location, runs, call.location, every or "")

    def _task(self, program: Program, call: LibraryCall, info: FunctionInfo, receiver: Value | None) -> Registration:
        universe = program.tables.universe
        wire = next(iter(texts(call.keywords.get("name", frozenset()))), info.name)
        passes: tuple[tuple[FunctionInfo, int, Value], ...] = ()
        if True in constants(call.keywords.get("bind", frozenset())):
            task = universe.lib(_TASK, instance=True, receiver=universe.fn(info, receiver))
            passes = ((info, 0, task),)
        trigger = Trigger(TriggerKind.QUEUE, self.name, call.location, {"task": wire})
        effects = tuple(_declared(call, info))
        return Registration(info.name, info.location, trigger, (Start(info, receiver),), effects, passes)

    def _classes(self, program: Program) -> Iterator[Registration]:
        for owner in program.classes():
            run = program.method(owner, "run")
            if run is None or run.is_abstract or _TASK not in program.ancestors(owner):
                continue
            named = [value for value in program.class_constants(owner, "name") if isinstance(value, str)]
            wire = named[0] if named else owner.name
            trigger = Trigger(TriggerKind.QUEUE, self.name, owner.location, {"task": wire})
            start = Start(run, program.tables.universe.inst(owner))
            own = run.owner is owner
            yield Registration(
                run.name if own else owner.name, run.location if own else owner.location, trigger, (start,)
            )

    def _scheduled(
        self, name: str, location: Location, runs: tuple[Start, ...], place: Location, expression: str
    ) -> Registration:
        detail: dict[str, JsonValue] = {"expression": expression}
        return Registration(name, location, Trigger(TriggerKind.SCHEDULE, self.name, place, detail), runs)


def _declared(call: LibraryCall, info: FunctionInfo) -> Iterator[tuple[Effect, int, int, str]]:
    """Effects that the decorator's own arguments declare."""
    line, column = info.scope.line, info.scope.column
    if "autoretry_for" in call.keywords:
        yield Effect.ENQUEUE, line, column, "autoretry_for sends the job to the queue again when it fails"
    for name in ("time_limit", "soft_time_limit"):
        for value in constants(call.keywords.get(name, frozenset())):
            if isinstance(value, int | float) and value > LONGEST_RUN_S:
                yield Effect.UNBOUNDED, line, column, f"{name} allows {value:g} seconds"


def _timetable(program: Program) -> Iterator[tuple[str, Location, str]]:
    """Entries of beat: every dict with a `task` and a `schedule`, wherever the configuration is written."""
    for info, found in program.dictionaries():
        fields = {key.value: value for key, value in found.pairs if isinstance(key, Constant)}
        if "task" in fields and "schedule" in fields:
            name = _task_name(program, info, fields["task"])
            if name:
                yield name, _place(info, found), source_of(fields["schedule"])


def _task_name(program: Program, info: FunctionInfo, expression: Expression) -> str:
    if isinstance(expression, Constant):
        return expression.value if isinstance(expression.value, str) else ""
    if isinstance(expression, Attribute) and expression.attr == "name":
        expression = expression.value
    if isinstance(expression, Name | Attribute):
        return program.tables.index.dotted(info.module, expression)
    return ""


def _place(info: FunctionInfo, found: Dictionary) -> Location:
    return Location(info.module.facts.path, found.line, found.line, found.column)


FRAMEWORK = _Celery(
    examples=(
        Example(
            """
from celery import Celery, Task, shared_task
from celery.schedules import crontab
app = Celery("x")
@app.task
def plain(): ...
@shared_task(bind=True, name="wire.name")
def named(self): ...
class Job(Task):
    def run(self): ...
app.conf.beat_schedule = {
    "one": {"task": "wire.name", "schedule": 30.0},
    "two": {"task": "app.plain", "schedule": crontab(minute=0)},
}
@app.on_after_configure.connect
def setup(sender, **kwargs):
    app.add_periodic_task(crontab(hour=7), plain.s(), name="again")
""",
            {
                "app.plain": ("queue app.plain", "schedule crontab(hour=7)", "schedule crontab(minute=0)"),
                "app.named": ("queue wire.name", "schedule 30.0"),
                "app.Job.run": ("queue app.Job",),
            },
        ),
        Example(
            {
                "jobs": "from celery import shared_task\n@shared_task()\ndef nightly(): ...\n",
                "settings": "import datetime\nCELERY_BEAT_SCHEDULE = {'n': {'task': 'jobs.nightly', "
                "'schedule': datetime.timedelta(hours=1)}}\n",
            },
            {"jobs.nightly": ("queue jobs.nightly", "schedule datetime.timedelta(hours=1)")},
        ),
    )
)
