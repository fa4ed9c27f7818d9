"""Signals of libraries that nobody has described: `identity_loaded.connect(function)`, as a call or a decorator.

What connects to a database or a server is given no function; what is given one calls it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from migrator.domain.locations import Location
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.facts.expressions import Attribute, Call, Expression
from migrator.model.evaluation import Evaluation
from migrator.model.index import FunctionInfo
from migrator.model.job_rules import Job, unwrapped
from migrator.model.registrations import Example, Program, Registration
from migrator.model.values import Fn, Lib, Method, Unknown, Value

_CONNECT = "connect"
_VIA = "connect_via"


@dataclass(frozen=True, slots=True)
class _UndescribedSignals:
    name: str = "undescribed signals"
    interests: tuple[str, ...] = ()
    wrappers: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        for place, job in (*_by_call(program), *_by_decorator(program)):
            trigger = Trigger(TriggerKind.SIGNAL, self.name, place)
            yield Registration(job.info.name, job.info.location, trigger, job.runs)


def _by_call(program: Program) -> Iterator[tuple[Location, Job]]:
    for holder, call in program.calls_written(_CONNECT):
        frame = program.frame(holder)
        if call.arguments and isinstance(call.func, Attribute) and _is_undescribed(frame, call.func):
            given: list[Value] = [
                value for value in frame.evaluate(call.arguments[0]) if isinstance(value, Fn | Method)
            ]
            place = Location(holder.module.facts.path, call.line, call.line, call.column)
            for job in unwrapped(program, program.functions(given)):
                yield place, job


def _by_decorator(program: Program) -> Iterator[tuple[Location, Job]]:
    for info in program.tables.index.all_functions():
        for decorator in info.scope.decorators:
            if _connects(decorator) and _is_undescribed(_around(program, info), decorator):
                receiver = program.default_receiver(info) if info.owner is not None else None
                for job in unwrapped(program, [(info, receiver)]):
                    yield info.location, job


def _connects(decorator: Expression) -> bool:
    if isinstance(decorator, Call):
        return isinstance(decorator.func, Attribute) and decorator.func.attr in (_CONNECT, _VIA)
    return isinstance(decorator, Attribute) and decorator.attr == _CONNECT


def _around(program: Program, info: FunctionInfo) -> Evaluation:
    return program.frame(info.enclosing or info.module.body)


def _is_undescribed(frame: Evaluation, connect: Expression) -> bool:
    """Whether what is connected to is a library's, and no plug-in has asked for its method."""
    attribute = connect.func if isinstance(connect, Call) else connect
    if not isinstance(attribute, Attribute):
        return False
    found = [value for value in frame.evaluate_receiver(attribute.value) if not isinstance(value, Unknown)]
    return bool(found) and all(
        isinstance(value, Lib)
        and frame.described(f"{value.dotted}.{attribute.attr}")[0] is None
        and not frame.described(f"{value.dotted}.{attribute.attr}")[2]
        for value in found
    )


FRAMEWORK = _UndescribedSignals(
    examples=(
        Example(
            """
import paho
from flask_principal import identity_loaded
from somewhere import signals
@identity_loaded.connect
def loaded(sender, identity): ...
@identity_loaded.connect_via("x")
def via(sender, identity): ...
def kept(sender): ...
signals.saved.connect(kept)
paho.Client().connect("localhost", kept)
""",
            {"app.loaded": ("signal",), "app.via": ("signal",), "app.kept": ("signal",)},
        ),
    )
)
