"""Rules by which web frameworks register routes: what is called, which arguments are the path and the view.

In: the solved program and the rows of a plug-in's table. Out: registrations. A plug-in for a framework whose routes
are made by decorators or calls is a table of `RouteRule` and its examples; what needs more has code of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from migrator.domain.json import JsonValue
from migrator.domain.locations import Location
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.model.class_handlers import VERBS, class_handlers
from migrator.model.frames import LibraryCall, Values
from migrator.model.index import ClassInfo
from migrator.model.mounting import Prefixes, place_of
from migrator.model.registrations import Example, Program, Registration, Start, classes_in, texts
from migrator.model.route_paths import braced_parameters
from migrator.model.values import Cls, Inst, Registered, Value
from migrator.model.wrapped_calls import handed_over

Slot = tuple[int, str]
"""Position and keyword of an argument; -1 for one that is only passed by keyword."""


@dataclass(frozen=True, slots=True)
class RouteRule:
    """One way to register routes.

    Attributes:
        names: canonical names of the decorators, functions or classes.
        methods: HTTP methods of every such route; where empty, the argument `says_methods` says them.
        path: the argument that is the path, or several of them.
        view: the argument that is the view; None where what is decorated is.
        says_methods: the argument that lists the HTTP methods, or is a single one.
        otherwise: the methods where nothing says any.
        own: the object made by the call is the part that gets mounted (a `Route(...)` in a list), rather than the
            object that the method is called on.
    """

    names: tuple[str, ...]
    methods: tuple[str, ...] = ()
    path: Slot = (0, "path")
    view: Slot | None = None
    says_methods: Slot = (-1, "methods")
    otherwise: tuple[str, ...] = ("GET",)
    own: bool = False


@dataclass(frozen=True, slots=True)
class PartRule:
    """Classes of parts of the application, with a prefix of their own; those of the project that inherit from them too."""

    classes: tuple[str, ...]
    prefix: Slot

    @property
    def names(self) -> tuple[str, ...]:
        """What is called where a part is made."""
        return tuple(f"{name}{call}" for name in self.classes for call in ("", ".__init__"))


@dataclass(frozen=True, slots=True)
class MountRule:
    """Calls that mount parts in the object that the method is called on, or that the call makes (`own`).

    `replaces`: the prefix that is given there stands in the place of the part's own one.
    """

    names: tuple[str, ...]
    parts: Slot
    prefix: Slot
    own: bool = False
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """A view and what runs with it."""

    name: str
    location: Location
    methods: tuple[str, ...]
    runs: tuple[Start, ...]


@dataclass(frozen=True, slots=True)
class RouteLibrary:
    """A plug-in that is a table of rules; see `Framework` for the rest.

    Attributes:
        handlers: names of the handler methods of a class view for an HTTP method, `{}` standing for it.
        around: methods of a class view that run with each handler.
        parameters: reads the variables of a path.
        also: further names whose calls the plug-in wants to see.
    """

    name: str
    rules: tuple[RouteRule, ...]
    parts: tuple[PartRule, ...] = ()
    mounts: tuple[MountRule, ...] = ()
    handlers: str = "{}"
    around: tuple[str, ...] = ("__init__",)
    parameters: Callable[[str], list[JsonValue]] = braced_parameters
    also: tuple[str, ...] = ()
    wrappers: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    @property
    def interests(self) -> tuple[str, ...]:
        rows: list[RouteRule | PartRule | MountRule] = [*self.rules, *self.parts, *self.mounts]
        return tuple(dict.fromkeys([*(name for row in rows for name in row.names), *self.also]))

    def find(self, program: Program) -> Iterable[Registration]:
        prefixes = self.prefixes(program)
        for rule in self.rules:
            for call in program.registering_calls(*rule.names):
                for view in self.views(program, rule, call):
                    yield from self.registered(program, prefixes, rule, call, view)

    def prefixes(self, program: Program) -> Prefixes:
        """Under which prefixes the parts of the application are served."""
        prefixes = Prefixes()
        for part in self.parts:
            for call in program.registering_calls(*part.names):
                prefixes.made(call, program.texts_of(call, *part.prefix))
        for mount in self.mounts:
            for call in program.registering_calls(*mount.names):
                given = program.texts_of(call, *mount.prefix)
                values = call.argument(*mount.parts)
                mounted = values | program.contents(values)
                parents = [place_of(call)] if mount.own else call.receivers
                prefixes.mounted(mounted, parents, given, replaces=mount.replaces)
        return prefixes

    def registered(
        self, program: Program, prefixes: Prefixes, rule: RouteRule, call: LibraryCall, view: View
    ) -> Iterator[Registration]:
        """The registrations of a view, one for each path."""
        owners = [place_of(call)] if rule.own else call.receivers
        for path in prefixes.paths(owners, program.texts_of(call, *rule.path)):
            detail: dict[str, JsonValue] = {
                "methods": [*view.methods],
                "path": path,
                "parameters": self.parameters(path),
            }
            yield Registration(
                view.name, view.location, Trigger(TriggerKind.HTTP, self.name, call.location, detail), view.runs
            )

    def views(self, program: Program, rule: RouteRule, call: LibraryCall) -> Iterator[View]:
        """The views that a call registers: functions, handler methods of classes."""
        methods = rule.methods or stated_methods(program, call, rule.says_methods)
        views: Values = frozenset(call.decorated)
        if rule.view is not None:
            views |= handed_over(call, call.argument(*rule.view))
        for value in sorted(views, key=lambda item: item.serial):
            for owner in _viewed_classes(program, value):
                yield from self.class_views(program, owner, methods)
            for info, receiver in program.functions((value,)):
                yield View(info.name, info.location, methods or rule.otherwise, (Start(info, receiver),))

    def class_views(self, program: Program, owner: ClassInfo, methods: tuple[str, ...]) -> Iterator[View]:
        """The handler methods of a class view."""
        handlers = [
            (verb.upper(), self.handlers.format(verb)) for verb in VERBS if not methods or verb.upper() in methods
        ]
        for handled in class_handlers(program, owner, handlers, around=self.around):
            yield View(handled.name, handled.location, tuple(sorted(handled.words)), handled.runs)


def stated_methods(program: Program, call: LibraryCall, slot: Slot) -> tuple[str, ...]:
    """The HTTP methods that an argument lists, upper case, sorted."""
    values = call.argument(*slot)
    return tuple(sorted({text.upper() for text in texts(values | program.contents(values))}))


def _viewed_classes(program: Program, value: Value) -> list[ClassInfo]:
    """The classes whose methods answer: the view itself, that of an instance which cannot be called, or of `as_view`."""
    match value:
        case Cls(info=info):
            return [info]
        case Inst(info=info) if program.method(info, "__call__") is None:
            return [info]
        case Registered(key=key) if key[3].endswith(".as_view"):
            return classes_in(program.tables.calls[key].receivers)
        case _:
            return []
