"""An application's own registries: functions that it keeps in a container of its own and calls for an event.

`def on_paid(hook): HOOKS.append(hook); return hook` and, elsewhere, `for hook in HOOKS: hook(order)`. What counts is
the whole way: a function stores its argument in a container that a module, a class or a module's object holds, and
another function goes through that container and calls what it finds. A table from which one entry is looked up is a
dispatch, not an event, and is not reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from migrator.domain.locations import Location
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.facts.expressions import Comprehension, Constant, Element, Name, calls_in
from migrator.facts.records import Bind, ScopeKind
from migrator.model.frames import LibraryCall
from migrator.model.index import FunctionInfo
from migrator.model.registrations import Example, Program, Registration, Start
from migrator.model.solver import ALL, Body, Cell
from migrator.model.values import Cls, Fn, Inst, Method, Param, Value


@dataclass(frozen=True, slots=True)
class _OwnRegistries:
    name: str = "own registry"
    interests: tuple[str, ...] = ()
    wrappers: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        for stored, callers in _registries(program):
            for call in program.wrapped.calls_of(stored.info):
                for info, receiver in _registered(program, stored, call):
                    if any(_runs(caller, info) for caller in callers):
                        trigger = Trigger(TriggerKind.SIGNAL, self.name, _place(call, info))
                        yield Registration(info.name, info.location, trigger, (Start(info, receiver),))


def _registries(program: Program) -> Iterator[tuple[Param, list[Body]]]:
    """The parameters that functions store in lasting containers, with the bodies that call what is in there."""
    found: dict[Param, dict[Body, None]] = {}
    bodies_of: dict[FunctionInfo, list[Body]] = {}
    for body in program.tables.solver.bodies.values():
        bodies_of.setdefault(body.info, []).append(body)
    calling: dict[FunctionInfo, bool] = {}
    for contents in program.tables.solver.all_contents():
        cell = contents[ALL]
        stored = [value for value in cell.values if isinstance(value, Param) and _lasts(bodies_of, value.info)]
        if not stored:
            continue
        readers = _ordered(cell)
        for body in readers:
            if body.info not in calling:
                calling[body.info] = calls_elements(body.info)
        callers = [body for body in readers if calling[body.info]]
        for value in stored:
            others = [body for body in callers if body.info is not value.info]
            if others:
                found.setdefault(value, {}).update(dict.fromkeys(others))
    for value in sorted(found, key=lambda item: (item.info.name, item.info.scope.line, item.index)):
        yield value, list(found[value])


def _ordered(cell: Cell) -> list[Body]:
    return sorted((body for body, _ in cell.readers()), key=lambda body: (body.name, body.info.scope.line))


def _lasts(bodies_of: Mapping[FunctionInfo, list[Body]], info: FunctionInfo) -> bool:
    """Whether what a function stores outlives the call: in a module's or a class's name, or an object held by one."""
    outer = info
    while outer.owner is None and outer.enclosing is not None and outer.enclosing.scope.kind is not ScopeKind.MODULE:
        outer = outer.enclosing
    bodies = bodies_of.get(info, ())
    if any(home for body in bodies for home, _, _, how in body.told.writes if how == "change"):
        return True
    return outer.owner is not None and any(
        isinstance(body.receiver, Cls) or (isinstance(body.receiver, Inst) and bool(body.receiver.home))
        for body in bodies
    )


def calls_elements(info: FunctionInfo) -> bool:
    """Whether a function goes through something and calls each element, or a part of each."""
    elements = {step.name for step in info.scope.steps if isinstance(step, Bind) and _has(step.value, Element)}
    if not elements:
        return False
    return any(
        isinstance(call.func, Name) and call.func.id in elements
        for step in info.scope.steps
        for call in calls_in(getattr(step, "value", None))
    )


def _has(expression: object, kind: type) -> bool:
    waiting = [expression]
    while waiting:
        node = waiting.pop()
        if isinstance(node, kind):
            return True
        if isinstance(node, tuple) and not isinstance(node, Constant | Comprehension):
            waiting.extend(node)
    return False


def _registered(program: Program, stored: Param, call: LibraryCall) -> list[tuple[FunctionInfo, Value | None]]:
    """The functions that one call of a registering function hands over."""
    values: set[Value] = set(call.decorated)
    values.update(*call.arguments, *call.keywords.values())
    held = program.tables.solver.cell("argument", stored.info, stored.index).values
    held |= program.tables.solver.cell("decorated", stored.info, stored.index).values
    return program.functions(value for value in values & held if isinstance(value, Fn | Method))


def _runs(caller: Body, info: FunctionInfo) -> bool:
    return any(target.info is info for target in caller.told.edges)


def _place(call: LibraryCall, info: FunctionInfo) -> Location:
    return call.location if call.node is not None or call.decorated else info.location


FRAMEWORK = _OwnRegistries(
    examples=(
        Example(
            """
HOOKS = []
def on_paid(hook):
    HOOKS.append(hook)
    return hook
@on_paid
def one(order): ...
def two(order): ...
on_paid(two)
def paid(order):
    for hook in HOOKS:
        hook(order)
""",
            {"app.one": ("signal",), "app.two": ("signal",)},
        ),
        Example(
            """
class Signal:
    def __init__(self):
        self.receivers = []
    def connect(self, receiver):
        self.receivers.append(receiver)
        return receiver
    def send(self, *arguments):
        return [receiver(*arguments) for receiver in self.receivers]
placed = Signal()
@placed.connect
def one(order): ...
def place(order):
    placed.send(order)
""",
            {"app.one": ("signal",)},
        ),
        Example(
            """
from collections import defaultdict
HANDLERS = defaultdict(list)
FORMATS = {}
def on(event):
    def keep(handler):
        HANDLERS[event].append(handler)
        return handler
    return keep
def writes(name):
    def keep(writer):
        FORMATS[name] = writer
        return writer
    return keep
@on("paid")
def one(order): ...
@on("sent")
def two(order): ...
@writes("csv")
def not_an_event(rows): ...
def happened(event, order):
    for handler in HANDLERS[event]:
        handler(order)
def export(name, rows):
    return FORMATS[name](rows)
""",
            {"app.one": ("signal",), "app.two": ("signal",)},
        ),
    )
)
