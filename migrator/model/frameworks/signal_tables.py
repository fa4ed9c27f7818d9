"""Tables of subscriptions: `{signal: [receiver, {"receiver": other}]}`, handed to something that connects them.

The keys are what says that it is one: signals of blinker or of Django. A receiver stands in the table itself, in a
list, or under the name of the parameter of `connect`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from migrator.domain.locations import Location
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.facts.expressions import Attribute, Call, Constant, Dictionary, Expression, Name, Subscript
from migrator.model.index import FunctionInfo
from migrator.model.job_rules import Job, unwrapped
from migrator.model.registrations import Example, Program, Registration
from migrator.model.solver import under
from migrator.model.values import Box, Inst, Lib, Value

_SIGNALS = frozenset({"blinker.Signal", "blinker.NamedSignal", "django.dispatch.Signal"})
_RECEIVER = "receiver"


@dataclass(frozen=True, slots=True)
class _SignalTables:
    name: str = "signal tables"
    interests: tuple[str, ...] = ()
    wrappers: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        for info, table in program.dictionaries():
            place = Location(info.module.facts.path, table.line, table.line, table.column)
            for signals, job in _subscriptions(program, info, table):
                trigger = Trigger(TriggerKind.SIGNAL, self.name, place, {"signals": [*signals]})
                yield Registration(job.info.name, job.info.location, trigger, job.runs, answers=signals)


def _subscriptions(program: Program, info: FunctionInfo, table: Dictionary) -> Iterator[tuple[tuple[str, ...], Job]]:
    for key, receivers in table.pairs:
        if not isinstance(key, Name | Attribute | Call | Subscript) or isinstance(receivers, Constant):
            continue
        signals = [value for value in _values(program, info, key) if _is_signal(program, value)]
        if signals:
            names = tuple(sorted({value.home for value in signals if value.home}))
            held = set(_values(program, info, receivers))
            held |= program.contents(frozenset(held))
            held |= {item for box in held if isinstance(box, Box) for item in _named_receiver(program, box)}
            for job in unwrapped(program, program.functions(held)):
                yield names, job


def _values(program: Program, info: FunctionInfo, expression: Expression) -> frozenset[Value]:
    return program.frame(info).evaluate(expression)


def _named_receiver(program: Program, box: Box) -> frozenset[Value]:
    return program.held(box, under(_RECEIVER))


def _is_signal(program: Program, value: Value) -> bool:
    match value:
        case Lib(instance=True, dotted=dotted):
            return dotted in _SIGNALS
        case Inst(info=info):
            return not _SIGNALS.isdisjoint(program.ancestors(info))
        case _:
            return False


FRAMEWORK = _SignalTables(
    examples=(
        Example(
            """
from blinker import Namespace
signals = Namespace()
placed = signals.signal("placed")
NUMBERS = {placed: 1}
def one(sender): ...
def two(sender): ...
def three(sender): ...
def subscriptions():
    return {placed: [one, {"receiver": two, "sender": "shop"}], signals.signal("paid"): three}
""",
            {"app.one": ("signal",), "app.two": ("signal",), "app.three": ("signal",)},
        ),
    )
)
