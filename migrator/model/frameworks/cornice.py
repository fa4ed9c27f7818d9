"""Cornice, REST services on Pyramid: functions of a service's methods, and classes of resources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from migrator.domain.json import JsonValue
from migrator.domain.locations import Location
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.model.class_handlers import VERBS, class_handlers
from migrator.model.frames import LibraryCall
from migrator.model.registrations import Example, Program, Registration, Start, classes_in, texts
from migrator.model.route_paths import UNKNOWN_PATH, braced_parameters
from migrator.model.route_rules import PartRule, RouteLibrary, RouteRule
from migrator.model.values import Cls

_SERVICES = ("cornice.Service", "cornice.service.Service")
_RESOURCES = ("cornice.resource.resource", "cornice.resource.add_resource")
_COLLECTION = "collection_"

_ROUTES = RouteLibrary(
    name="cornice",
    rules=tuple(
        RouteRule(tuple(f"{service}.{verb}" for service in _SERVICES), methods=(verb.upper(),), path=(-1, ""))
        for verb in VERBS
    ),
    parts=(PartRule(_SERVICES, (1, "path")),),
)
_ADD_VIEW = tuple(f"{service}.add_view" for service in _SERVICES)


@dataclass(frozen=True, slots=True)
class _Cornice:
    name: str = "cornice"
    interests: tuple[str, ...] = (*_ROUTES.interests, *_ADD_VIEW, *_RESOURCES)
    wrappers: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        prefixes = _ROUTES.prefixes(program)
        for rule in _ROUTES.rules:
            for call in program.registering_calls(*rule.names):
                for path in prefixes.paths(call.receivers, [""]):
                    for view in _ROUTES.views(program, rule, call):
                        yield self._one(call, path or UNKNOWN_PATH, view.name, view.location, view.methods, view.runs)
        for call in program.calls(*_ADD_VIEW):
            yield from self._named(program, call)
        for call in program.calls(*_RESOURCES):
            yield from self._resources(program, call)

    def _named(self, program: Program, call: LibraryCall) -> Iterator[Registration]:
        """`service.add_view("GET", "get_order", klass=Orders)`."""
        verbs = tuple(text.upper() for text in texts(call.argument(0, "method"))) or ("*",)
        for owner in classes_in(call.argument(-1, "klass")):
            for name in texts(call.argument(1, "view")):
                for handled in class_handlers(program, owner, [("", name)], around=("__init__",)):
                    yield self._one(call, UNKNOWN_PATH, handled.name, handled.location, verbs, handled.runs)

    def _resources(self, program: Program, call: LibraryCall) -> Iterator[Registration]:
        owners = [value.info for value in call.decorated if isinstance(value, Cls)]
        owners += classes_in(call.argument(0, "klass"))
        for owner in sorted(owners, key=lambda info: info.name):
            for keyword, begin in (("path", ""), ("collection_path", _COLLECTION)):
                names = [(verb.upper(), f"{begin}{verb}") for verb in VERBS]
                for path in texts(call.argument(-1, keyword)):
                    for handled in class_handlers(program, owner, names, around=("__init__",)):
                        yield self._one(call, path, handled.name, handled.location, handled.words, handled.runs)

    def _one(
        self,
        call: LibraryCall,
        path: str,
        name: str,
        location: Location,
        methods: tuple[str, ...],
        runs: tuple[Start, ...],
    ) -> Registration:
        listed: list[JsonValue] = [*sorted(methods)]
        detail: dict[str, JsonValue] = {"methods": listed, "path": path, "parameters": braced_parameters(path)}
        return Registration(name, location, Trigger(TriggerKind.HTTP, self.name, call.location, detail), runs)


FRAMEWORK = _Cornice(
    examples=(
        Example(
            """
from cornice import Service
from cornice.resource import resource
orders = Service(name="orders", path="/orders/{number}")
@orders.get(permission="read")
def show(request): ...
@orders.post()
def place(request): ...
class Own(Service): ...
status = Own(name="status", path="/status")
@status.get()
def shown(request): ...
@resource(collection_path="/users", path="/users/{id}")
class User:
    def __init__(self, request, context=None): ...
    def collection_get(self): ...
    def get(self): ...
""",
            {
                "app.show": ("http GET /orders/{number}",),
                "app.place": ("http POST /orders/{number}",),
                "app.shown": ("http GET …",),
                "app.User.get": ("http GET /users/{id}",),
                "app.User.collection_get": ("http GET /users",),
            },
        ),
    )
)
