"""arq: the functions and cron jobs of a worker's settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from migrator.domain.triggers import Trigger, TriggerKind
from migrator.model.job_rules import registered_by, unwrapped, written_argument
from migrator.model.registrations import Example, Program, Registration
from migrator.model.values import Registered, Value

_FUNC = ("arq.worker.func", "arq.func")
_CRON = ("arq.cron.cron", "arq.cron")


@dataclass(frozen=True, slots=True)
class _Arq:
    name: str = "arq"
    interests: tuple[str, ...] = (*_FUNC, *_CRON, "arq.worker.Worker", "arq.Worker")
    wrappers: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        for owner in program.classes():
            frame = program.frame(owner.body)
            if {"functions", "cron_jobs"} & frame.local_names(owner.body) and _uses_arq(program, owner.module.name):
                yield from self._functions(program, program.contents(frame.class_values(owner, "functions")))
        for call in program.calls("arq.worker.Worker", "arq.Worker"):
            yield from self._functions(program, program.contents(call.argument(0, "functions")))
        for call in program.calls(*_CRON):
            expression = ", ".join(
                f"{name}={written_argument(call, ((-1, name),))}"
                for name in ("month", "day", "weekday", "hour", "minute", "second")
                if name in call.keywords
            )
            for job in registered_by(program, call, ((0, "coroutine"),)):
                trigger = Trigger(TriggerKind.SCHEDULE, self.name, call.location, {"expression": expression})
                yield Registration(job.info.name, job.info.location, trigger, job.runs)

    def _functions(self, program: Program, held: frozenset[Value]) -> Iterator[Registration]:
        targets = dict.fromkeys(program.functions(held))
        for value in held:
            if isinstance(value, Registered):
                made = program.tables.calls[value.key]
                if made.dotted in _FUNC:
                    targets.update(dict.fromkeys(program.functions(made.argument(0, "coroutine"))))
        for job in unwrapped(program, targets):
            trigger = Trigger(TriggerKind.QUEUE, self.name, job.info.location, {"task": job.info.name})
            yield Registration(job.info.name, job.info.location, trigger, job.runs)


def _uses_arq(program: Program, module: str) -> bool:
    imports = program.tables.index.modules[module].imports.values()
    return any(step.module.partition(".")[0] == "arq" and not step.level for step in imports)


FRAMEWORK = _Arq(
    examples=(
        Example(
            """
from arq import cron, func
from arq.connections import RedisSettings
async def plain(ctx): ...
async def named(ctx): ...
async def nightly(ctx): ...
class WorkerSettings:
    functions = [plain, func(named, name="own")]
    cron_jobs = [cron(nightly, hour=3, minute=30)]
    redis_settings = RedisSettings()
""",
            {
                "app.plain": ("queue app.plain",),
                "app.named": ("queue app.named",),
                "app.nightly": ("schedule hour=3, minute=30",),
            },
        ),
    )
)
