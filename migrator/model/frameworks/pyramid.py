"""Pyramid: views by decorator on functions, methods and classes, or added to the configuration; subscribers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from migrator.domain.json import JsonValue
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.model.class_handlers import class_handlers
from migrator.model.frames import LibraryCall
from migrator.model.index import ClassInfo
from migrator.model.job_rules import JobLibrary, JobRule
from migrator.model.registrations import Example, Program, Registration, Start, texts
from migrator.model.route_paths import UNKNOWN_PATH, braced_parameters
from migrator.model.route_rules import stated_methods
from migrator.model.values import Cls, Fn, Value
from migrator.model.wrapped_calls import handed_over

_ADD_ROUTE = "pyramid.config.Configurator.add_route"
_ADD_VIEW = (
    "pyramid.config.Configurator.add_view",
    "pyramid.config.Configurator.add_forbidden_view",
    "pyramid.config.Configurator.add_notfound_view",
    "pyramid.config.Configurator.add_exception_view",
)
_VIEW = (
    "pyramid.view.view_config",
    "pyramid.view.forbidden_view_config",
    "pyramid.view.notfound_view_config",
    "pyramid.view.exception_view_config",
)
_DEFAULTS = "pyramid.view.view_defaults"
_METHOD = "request_method"
_EVENTS = JobLibrary(
    name="pyramid",
    rules=(
        JobRule(("pyramid.events.subscriber",), TriggerKind.SIGNAL, key="event", says=((0, ""),)),
        JobRule(
            ("pyramid.config.Configurator.add_subscriber",),
            TriggerKind.SIGNAL,
            functions=((0, "subscriber"),),
            key="event",
            says=((1, "iface"),),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class _Pyramid:
    name: str = "pyramid"
    interests: tuple[str, ...] = (_ADD_ROUTE, *_ADD_VIEW, *_VIEW, _DEFAULTS, *_EVENTS.interests)
    wrappers: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        routes = _Routes(program)
        for call in program.registering_calls(*_VIEW):
            for value in sorted(call.decorated, key=lambda item: item.serial):
                yield from self._view(program, routes, call, value)
        for call in program.registering_calls(*_ADD_VIEW):
            views = handed_over(call, call.argument(0, "view"))
            for value in sorted(views, key=lambda item: item.serial):
                yield from self._view(program, routes, call, value)
        yield from _EVENTS.find(program)

    def _view(self, program: Program, routes: _Routes, call: LibraryCall, value: Value) -> Iterator[Registration]:
        attributes = texts(call.argument(-1, "attr"))
        if isinstance(value, Cls):
            for handled in class_handlers(
                program, value.info, [("", name) for name in attributes or ["__call__"]], around=("__init__",)
            ):
                for trigger in self._triggers(program, routes, call, value.info):
                    yield Registration(handled.name, handled.location, trigger, handled.runs)
            return
        for info, receiver in program.functions((value,)):
            owner = info.owner if isinstance(value, Fn) else None
            runs = [Start(info, program.default_receiver(info) if owner is not None else receiver)]
            constructor = program.method(owner, "__init__") if owner is not None else None
            if owner is not None and constructor is not None:
                runs.append(Start(constructor, program.tables.universe.inst(owner), around=True))
            for trigger in self._triggers(program, routes, call, owner):
                yield Registration(info.name, info.location, trigger, tuple(runs))

    def _triggers(
        self, program: Program, routes: _Routes, call: LibraryCall, owner: ClassInfo | None
    ) -> Iterator[Trigger]:
        defaults = routes.defaults_of(owner)
        methods: list[JsonValue] = [*stated_methods(program, call, (-1, _METHOD))]
        if not methods and defaults is not None:
            methods = [*stated_methods(program, defaults, (-1, _METHOD))]
        names = texts(call.argument(-1, "route_name"))
        if not names and defaults is not None:
            names = texts(defaults.argument(-1, "route_name"))
        patterns = sorted({pattern for name in names for pattern in routes.patterns.get(name, ())})
        for path in patterns or [UNKNOWN_PATH]:
            detail: dict[str, JsonValue] = {
                "methods": methods or ["*"],
                "path": path,
                "parameters": braced_parameters(path),
            }
            yield Trigger(TriggerKind.HTTP, self.name, call.location, detail)


class _Routes:
    """The patterns of routes by name, and what `view_defaults` says of classes."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self.patterns: dict[str, set[str]] = {}
        for call in program.registering_calls(_ADD_ROUTE):
            for name in texts(call.argument(0, "name")):
                self.patterns.setdefault(name, set()).update(texts(call.argument(1, "pattern")))
        self._defaults: dict[ClassInfo, LibraryCall] = {}
        for call in program.calls(_DEFAULTS):
            self._defaults.update((value.info, call) for value in call.decorated if isinstance(value, Cls))

    def defaults_of(self, owner: ClassInfo | None) -> LibraryCall | None:
        """The defaults of a class or of the nearest base that has some."""
        if owner is None:
            return None
        order = self._program.frame(owner.body).resolution_order(owner)
        return next(
            (self._defaults[entry] for entry in order if isinstance(entry, ClassInfo) and entry in self._defaults), None
        )


FRAMEWORK = _Pyramid(
    examples=(
        Example(
            """
from pyramid.config import Configurator
from pyramid.view import view_config, view_defaults
@view_config(route_name="home", renderer="home.pt")
def home(request): ...
@view_defaults(route_name="order")
class Order:
    def __init__(self, request): ...
    @view_config(request_method="GET")
    def show(self): ...
    @view_config(request_method="POST")
    def change(self): ...
class Page:
    def __call__(self): ...
    def other(self): ...
def added(context, request): ...
def main(settings):
    config = Configurator(settings=settings)
    config.add_route("home", "/")
    config.add_route("order", "/orders/{number}")
    config.add_route("added", "/added")
    config.add_view(added, route_name="added")
    config.add_view(Page, route_name="home", attr="other")
    config.scan()
""",
            {
                "app.home": ("http * /",),
                "app.Order.show": ("http GET /orders/{number}",),
                "app.Order.change": ("http POST /orders/{number}",),
                "app.added": ("http * /added",),
                "app.Page.other": ("http * /",),
            },
        ),
        Example(
            """
from pyramid.events import NewRequest, subscriber
@subscriber(NewRequest)
def began(event): ...
""",
            {"app.began": ("signal NewRequest",)},
        ),
    )
)
