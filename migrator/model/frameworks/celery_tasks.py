"""Celery: tasks by decorator, by class, and through a project's own decorators, task classes and application class."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from migrator.domain.effects import Effect
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.model.celery_clock import clockwork
from migrator.model.frames import LibraryCall
from migrator.model.index import ClassInfo, FunctionInfo
from migrator.model.job_rules import Job, decorator_argument, dotted_text, registered_by
from migrator.model.registrations import Example, Program, Registration, Start, classes_in, constants, texts
from migrator.model.values import Inst, Lib, Value

_TASK = "celery.Task"
DECORATORS = (
    "celery.Celery.task",
    "celery.shared_task",
    "celery.task",
    "celery.decorators.task",
    "celery.Celery.periodic_task",
    "celery.task.periodic_task",
    "celery.decorators.periodic_task",
)
_HARNESS = ("__call__", "before_start", "after_return", "on_success", "on_failure", "on_retry")
"""Methods of a task class that Celery runs around each run of the task."""

LONGEST_RUN_S = 15 * 60
"""A declared time limit beyond this many seconds is `unbounded` (the vocabulary of effects)."""

_Effects = tuple[tuple[Effect, int, int, str], ...]


@dataclass(frozen=True, slots=True)
class _CeleryTasks:
    name: str = "celery"
    interests: tuple[str, ...] = (*DECORATORS, "celery.Celery", "celery.Celery.register_task")
    wrappers: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(DECORATORS, _TASK))
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        classes = _TaskClasses(program)
        timed = clockwork(program)
        for call in program.calls(*DECORATORS):
            jobs = registered_by(program, call, ((0, ""),))
            for job in jobs:
                made = self._task(program, call, job, classes.of(call), alone=len(jobs) == 1)
                for trigger in timed.get(job.info, [made.trigger]):
                    yield replace(made, trigger=trigger)
        for owner in program.classes():
            run = program.method(owner, "run")
            if run is not None and not run.is_abstract and _TASK in program.ancestors(owner):
                yield self._class(program, owner, run)

    def _task(
        self, program: Program, call: LibraryCall, job: Job, bases: list[ClassInfo], *, alone: bool
    ) -> Registration:
        universe, info = program.tables.universe, job.info
        named = dotted_text(decorator_argument(info, "name"))
        if not named and alone:
            named = next(iter(texts(call.keywords.get("name", frozenset()))), "")
        harness = tuple(start for base in bases for start in _harness(program, base))
        passes: tuple[tuple[FunctionInfo, int, Value], ...] = ()
        if True in constants(call.keywords.get("bind", frozenset())):
            first = 1 if info.owner is not None and not info.is_static else 0
            tasks = [universe.lib(_TASK, instance=True, receiver=universe.fn(info, job.receiver))]
            tasks += [universe.inst(base) for base in bases]
            passes = tuple((start.info, first, task) for start in job.runs for task in tasks)
        trigger = Trigger(TriggerKind.QUEUE, self.name, call.location, {"task": named or info.name})
        effects = tuple(_declared(call, info)) + tuple(
            effect for base in bases for effect in _declared_by_class(program, base, info)
        )
        return Registration(info.name, info.location, trigger, (*job.runs, *harness), effects, passes)

    def _class(self, program: Program, owner: ClassInfo, run: FunctionInfo) -> Registration:
        named = [value for value in program.class_constants(owner, "name") if isinstance(value, str)]
        detail = {"task": named[0] if named else owner.name}
        trigger = Trigger(TriggerKind.QUEUE, self.name, owner.location, detail)
        runs = (Start(run, program.tables.universe.inst(owner)), *_harness(program, owner))
        own = run.owner is owner
        effects = tuple(_declared_by_class(program, owner, run))
        return Registration(
            run.name if own else owner.name, run.location if own else owner.location, trigger, runs, effects
        )


class _TaskClasses:
    """The first-party class of a decorated task: of the decorator, or of the application it was made with."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._by_site: dict[str, list[ClassInfo]] = {}
        for call in program.calls("celery.Celery"):
            site = f"{call.body.info.module.name}:{call.location.line}:{call.location.column}"
            self._by_site[site] = classes_in(call.keywords.get("task_cls", frozenset()))

    def of(self, call: LibraryCall) -> list[ClassInfo]:
        given = classes_in(call.keywords.get("base", frozenset()))
        if given:
            return given
        found: dict[ClassInfo, None] = {}
        for receiver in sorted(call.receivers, key=lambda value: value.serial):
            if isinstance(receiver, Lib):
                found.update(dict.fromkeys(self._by_site.get(receiver.site, ())))
            elif isinstance(receiver, Inst):
                cell = self._program.tables.solver.cell("field", receiver.info, "Task")
                found.update(dict.fromkeys(classes_in(cell.values)))
        return list(found)


def _harness(program: Program, owner: ClassInfo) -> Iterator[Start]:
    receiver = program.tables.universe.inst(owner)
    for name in _HARNESS:
        method = program.method(owner, name)
        if method is not None:
            yield Start(method, receiver, around=True)


def _declared(call: LibraryCall, info: FunctionInfo) -> Iterator[tuple[Effect, int, int, str]]:
    """Effects that the decorator's own arguments declare."""
    line, column = info.scope.line, info.scope.column
    if "autoretry_for" in call.keywords:
        yield Effect.ENQUEUE, line, column, "autoretry_for sends the job to the queue again when it fails"
    for name in ("time_limit", "soft_time_limit"):
        yield from _limit(name, constants(call.keywords.get(name, frozenset())), line, column)


def _declared_by_class(
    program: Program, owner: ClassInfo, info: FunctionInfo
) -> Iterator[tuple[Effect, int, int, str]]:
    """The same, declared in the class of the task."""
    line, column = info.scope.line, info.scope.column
    frame = program.frame(owner.body)
    found = frame.find_member(frame.resolution_order(owner), "autoretry_for")
    if found is not None and found.owner is not None:
        yield Effect.ENQUEUE, line, column, "autoretry_for sends the job to the queue again when it fails"
    for name in ("time_limit", "soft_time_limit"):
        yield from _limit(name, program.class_constants(owner, name), line, column)


def _limit(name: str, values: list[object], line: int, column: int) -> Iterator[tuple[Effect, int, int, str]]:
    for value in values:
        if isinstance(value, int | float) and value > LONGEST_RUN_S:
            yield Effect.UNBOUNDED, line, column, f"{name} allows {value:g} seconds"


FRAMEWORK = _CeleryTasks(
    examples=(
        Example(
            """
from celery import Celery, Task, shared_task
app = Celery("x")
@app.task
def plain(): ...
@shared_task(bind=True, name="wire.name")
def named(self): ...
class Job(Task):
    def run(self): ...
class Named(Task):
    name = "own.name"
    def run(self): ...
app.register_task(Named())
app.task(lambda: None)
""",
            {
                "app.plain": ("queue app.plain",),
                "app.named": ("queue wire.name",),
                "app.Job.run": ("queue app.Job",),
                "app.Named.run": ("queue own.name",),
                "app.<lambda:14>": ("queue app.<lambda:14>",),
            },
        ),
        Example(
            """
import functools
from celery import Celery
class Own(Celery):
    def task(self, *args, **kwargs):
        def mark(f):
            return super(Own, self).task(locked(f), *args, **kwargs)
        return mark
def locked(f):
    @functools.wraps(f)
    def inner(*args):
        return f(*args)
    return inner
app = Own("x")
quiet = functools.partial(app.task, ignore_result=True)
plain = Celery("y")
retried = functools.partial(plain.task, max_retries=3)
def once(f=None, **options):
    def mark(g):
        return plain.task(**options)(g)
    return mark(f) if f else mark
def twice(**options):
    return once(**options)
@app.task(name="of.own.class")
def a(): ...
@retried
def b(): ...
@retried(name="of.partial")
def c(): ...
@once
def d(): ...
@twice(name="nested")
def e(): ...
""",
            {
                "app.a": ("queue of.own.class",),
                "app.b": ("queue app.b",),
                "app.c": ("queue of.partial",),
                "app.d": ("queue app.d",),
                "app.e": ("queue nested",),
            },
        ),
    )
)
