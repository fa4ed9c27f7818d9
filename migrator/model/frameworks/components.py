"""Component systems: methods of classes that declare an interface, called by whoever goes through all implementers.

The declarations are those of Trac, PyUtilib, zope.interface and of what projects make after their pattern:
`implements(IFoo)` in the body of a class, `@implementer(IFoo)` above it, or, for a class of plug-ins, inheritance.
What makes an event of it is the other side, the extension point: `for plugin in implementations(IFoo): plugin.bar()`.
An interface that nothing goes through is a contract and no event. Interfaces of one project's own base class stand
for each other: where some of them are gone through, the others are too, in ways that need not be in sight.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from migrator.domain.triggers import Trigger, TriggerKind
from migrator.facts.expressions import Attribute, Call, Expression, Name, calls_in
from migrator.facts.records import Evaluate
from migrator.model.index import ClassInfo, FunctionInfo
from migrator.model.registrations import Example, Program, Registration, Start, classes_in
from migrator.model.values import Cls, Fn, Method

_DECLARE = frozenset({"implements", "implementer", "implementer_only", "implementsOnly"})


@dataclass(frozen=True, slots=True)
class _Components:
    name: str = "components"
    interests: tuple[str, ...] = ()
    wrappers: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        declared = {owner: found for owner in program.classes() if (found := _declared(program, owner))}
        points = _Points(program, declared)
        if not points.called:
            return
        for owner in program.classes():
            handlers: dict[FunctionInfo, ClassInfo] = {}
            for interface, names in points.of(program, owner, declared):
                for name in names:
                    info = program.method(owner, name)
                    if info is not None and info.owner is not None and info.owner not in points.interfaces:
                        handlers.setdefault(info, interface)
            for info, interface in handlers.items():
                detail = {"interface": interface.name}
                trigger = Trigger(TriggerKind.SIGNAL, self.name, owner.location, detail)
                start = Start(info, program.tables.universe.inst(owner))
                yield Registration(info.name, info.location, trigger, (start,))


class _Points:
    """The interfaces that are gone through.

    Attributes:
        called: each interface that is, with the methods that are called on its implementers where they are in sight.
        interfaces: these, and all that anything declares: their own methods are no handlers.
    """

    def __init__(self, program: Program, declared: Mapping[ClassInfo, list[ClassInfo]]) -> None:
        self.called: dict[ClassInfo, set[str]] = {}
        self._inherited: set[ClassInfo] = set()
        for info, call, variable in program.gone_through():
            own = _is_own(program, info, call)
            for interface in _given(program, info, call):
                self.called.setdefault(interface, set()).update(_methods_called(info, variable))
                if own:
                    self._inherited.add(interface)
        families = {base for interface in self.called for base in _bases(program, interface)}
        every = {interface for found in declared.values() for interface in found}
        self._declared = {
            item for item in every if item in self.called or not families.isdisjoint(_bases(program, item))
        }
        self.interfaces = {*every, *self.called}

    def of(
        self, program: Program, owner: ClassInfo, declared: Mapping[ClassInfo, list[ClassInfo]]
    ) -> Iterator[tuple[ClassInfo, list[str]]]:
        """The interfaces of a class, each with the names of its methods that are events."""
        for entry in _own_order(program, owner):
            for interface in declared.get(entry, ()):
                if interface in self._declared:
                    yield interface, _public_methods(program, interface)
            if entry in self._inherited and entry is not owner:
                called = self.called[entry]
                yield entry, [name for name in _public_methods(program, entry) if name in called]


def _declared(program: Program, owner: ClassInfo) -> list[ClassInfo]:
    """The interfaces that a class itself declares."""
    calls = [
        (owner.body, step.value)
        for step in owner.scope.steps
        if isinstance(step, Evaluate) and isinstance(step.value, Call) and _last(step.value.func) in _DECLARE
    ]
    calls += [
        (owner.module.body, item)
        for item in owner.scope.decorators
        if isinstance(item, Call) and _last(item.func) in _DECLARE
    ]
    return list(dict.fromkeys(found for info, call in calls for found in _given(program, info, call)))


def _given(program: Program, info: FunctionInfo, call: Call) -> list[ClassInfo]:
    """The classes of the project that a call is given by name."""
    found: dict[ClassInfo, None] = {}
    for argument in (*call.arguments, *(value for _, value in call.keywords)):
        if program.tables.index.classes_called(_last(argument)):
            found.update(dict.fromkeys(classes_in(program.frame(info).evaluate(argument))))
    return list(found)


def _is_own(program: Program, info: FunctionInfo, call: Call) -> bool:
    """Whether the project's own code finds the implementers: a library's query of a table is given a class as well."""
    return any(isinstance(value, Fn | Method | Cls) for value in program.frame(info).evaluate_receiver(call.func))


def _methods_called(info: FunctionInfo, variable: str) -> Iterator[str]:
    for step in info.scope.steps:
        for call in calls_in(getattr(step, "value", None)):
            if (
                isinstance(call.func, Attribute)
                and isinstance(call.func.value, Name)
                and call.func.value.id == variable
            ):
                yield call.func.attr


def _public_methods(program: Program, interface: ClassInfo) -> list[str]:
    names = dict.fromkeys(name for entry in _own_order(program, interface) for name in entry.methods)
    return [name for name in names if not name.startswith("_")]


def _bases(program: Program, interface: ClassInfo) -> set[ClassInfo]:
    return set(_own_order(program, interface)[1:])


def _own_order(program: Program, owner: ClassInfo) -> list[ClassInfo]:
    return [entry for entry in program.frame(owner.body).resolution_order(owner) if isinstance(entry, ClassInfo)]


def _last(expression: Expression) -> str:
    if isinstance(expression, Attribute):
        return expression.attr
    return expression.id if isinstance(expression, Name) else ""


FRAMEWORK = _Components(
    examples=(
        Example(
            """
class Interface: ...
class Plugin: ...
class IStart(Interface):
    def started(self, config): ...
class ISave(Interface):
    def saved(self, row): ...
class IShown(Interface):
    def shown(self): ...
class Implementations:
    def __init__(self, interface): ...
    def __iter__(self): ...
def implements(interface, inherit=False): ...
class Base:
    def saved(self, row): ...
class Search(Base, Plugin):
    implements(IStart)
    implements(ISave, inherit=True)
    implements(IShown)
    def started(self, config): ...
    def shown(self): ...
    def other(self): ...
def start(config):
    for plugin in Implementations(IStart):
        plugin.started(config)
def save(row):
    observers = Implementations(ISave)
    for observer in observers:
        observer.saved(row)
""",
            {
                "app.Search.started": ("signal",),
                "app.Search.shown": ("signal",),
                "app.Base.saved": ("signal",),
            },
        ),
        Example(
            """
from zope.interface import Interface, implementer
class IGone(Interface):
    def went(): ...
class IContract(Interface):
    def agreed(): ...
@implementer(IGone, IContract)
class Both:
    def went(self): ...
    def agreed(self): ...
def go(registry):
    for name, utility in registry.getUtilitiesFor(IGone):
        utility.went()
""",
            {"app.Both.went": ("signal",)},
        ),
        Example(
            """
class Handler:
    def on_event(self, event): ...
    def helper(self): ...
class Sound(Handler):
    def on_event(self, event): ...
    def helper(self): ...
class Plugins:
    def of(self, kind):
        return [plugin for plugin in self.plugins if isinstance(plugin, kind)]
plugins = Plugins()
def fire(event):
    for plugin in plugins.of(Handler):
        plugin.on_event(event)
""",
            {"app.Sound.on_event": ("signal",)},
        ),
    )
)
