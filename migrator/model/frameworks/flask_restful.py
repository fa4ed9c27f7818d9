"""flask-restful and flask-restx: resources, added by call or by decorator, on APIs and namespaces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from migrator.domain.json import JsonValue
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.model.class_handlers import VERBS, class_handlers, class_level_wrappers
from migrator.model.frames import LibraryCall, Values
from migrator.model.mounting import Prefixes
from migrator.model.registrations import Example, Program, Registration, classes_in
from migrator.model.route_paths import angled_parameters
from migrator.model.wrapped_calls import handed_over

_APIS = ("flask_restful.Api", "flask_restx.Api")
_NAMESPACE = "flask_restx.Namespace"
_ADD = (*(f"{api}.add_resource" for api in _APIS), f"{_NAMESPACE}.add_resource")
_DECORATORS = ("flask_restful.Api.resource", "flask_restx.Api.route", f"{_NAMESPACE}.route")
_MAKERS = (*_APIS, *(f"{api}.__init__" for api in _APIS))
_ADD_NAMESPACE = "flask_restx.Api.add_namespace"
_REGISTER = ("flask.Flask.register_blueprint", "flask.Blueprint.register_blueprint")


@dataclass(frozen=True, slots=True)
class _FlaskRestful:
    name: str = "flask-restful"
    interests: tuple[str, ...] = (
        *_ADD,
        *_DECORATORS,
        *_MAKERS,
        _NAMESPACE,
        f"{_APIS[1]}.namespace",
        _ADD_NAMESPACE,
        "flask.Blueprint",
        *_REGISTER,
    )
    wrappers: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        prefixes = _prefixes(program)
        for call in program.registering_calls(*_ADD):
            rules = [text for at in range(1, len(call.arguments)) for text in program.texts_of(call, at)]
            yield from self._resources(program, prefixes, call, handed_over(call, call.argument(0, "resource")), rules)
        for call in program.registering_calls(*_DECORATORS):
            rules = [text for at in range(len(call.arguments)) for text in program.texts_of(call, at)]
            yield from self._resources(program, prefixes, call, frozenset(call.decorated), rules)

    def _resources(
        self, program: Program, prefixes: Prefixes, call: LibraryCall, resources: Values, rules: list[str]
    ) -> Iterator[Registration]:
        paths = prefixes.paths(call.receivers, rules)
        for owner in classes_in(resources):
            wrappers = class_level_wrappers(program, owner, "method_decorators")
            names = [(verb.upper(), verb) for verb in VERBS]
            for handled in class_handlers(
                program, owner, names, around=("__init__", "dispatch_request"), more=wrappers
            ):
                methods: list[JsonValue] = [*sorted(handled.words)]
                for path in paths:
                    detail: dict[str, JsonValue] = {
                        "methods": methods,
                        "path": path,
                        "parameters": angled_parameters(path),
                    }
                    trigger = Trigger(TriggerKind.HTTP, self.name, call.location, detail)
                    yield Registration(handled.name, handled.location, trigger, handled.runs)


def _prefixes(program: Program) -> Prefixes:
    """An API stands under its own prefix in the blueprint that it is made for; a namespace under its path."""
    prefixes = Prefixes()
    for call in program.registering_calls("flask.Blueprint", "flask.Blueprint.__init__"):
        prefixes.made(call, program.texts_of(call, 5, "url_prefix"))
    for call in program.registering_calls(*_MAKERS):
        parts = prefixes.made(call, program.texts_of(call, -1, "prefix"))
        prefixes.mounted(parts, call.argument(0, "app"), ())
    for call in program.registering_calls(*_REGISTER):
        given = program.texts_of(call, -1, "url_prefix")
        prefixes.mounted(call.argument(0, "blueprint"), call.receivers, given, replaces=True)
    for call in program.registering_calls(_NAMESPACE, f"{_APIS[1]}.namespace"):
        own = program.texts_of(call, -1, "path") or [f"/{name}" for name in program.texts_of(call, 0, "name")]
        parts = prefixes.made(call, own)
        if call.dotted != _NAMESPACE:
            prefixes.mounted(parts, call.receivers, ())
    for call in program.registering_calls(_ADD_NAMESPACE):
        namespaces, path = call.argument(0, "ns"), program.texts_of(call, 1, "path")
        if path:
            prefixes.given(namespaces, path)
        prefixes.mounted(namespaces, call.receivers, ())
    return prefixes


FRAMEWORK = _FlaskRestful(
    examples=(
        Example(
            """
from flask import Blueprint, Flask
from flask_restful import Api, Resource
app = Flask("x")
pages = Blueprint("pages", __name__, url_prefix="/pages")
api = Api(pages, prefix="/v1")
class Order(Resource):
    def get(self, number): ...
    def put(self, number): ...
api.add_resource(Order, "/orders/<int:number>", endpoint="order")
app.register_blueprint(pages)
""",
            {
                "app.Order.get": ("http GET /pages/v1/orders/<int:number>",),
                "app.Order.put": ("http PUT /pages/v1/orders/<int:number>",),
            },
        ),
        Example(
            """
from flask_restx import Api, Namespace, Resource
api = Api()
orders = Namespace("orders", path="/orders")
things = api.namespace("things")
@orders.route("/", "/all")
class Orders(Resource):
    def post(self): ...
@things.route("/<name>")
class Thing(Resource):
    def get(self, name): ...
api.add_namespace(orders)
""",
            {
                "app.Orders.post": ("http POST /orders/", "http POST /orders/all"),
                "app.Thing.get": ("http GET /things/<name>",),
            },
        ),
    )
)
