"""Falcon: resources, their responders by HTTP method, and sinks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from migrator.domain.json import JsonValue
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.model.class_handlers import VERBS, class_handlers
from migrator.model.index import ClassInfo
from migrator.model.registrations import Example, Program, Registration, Start, texts
from migrator.model.route_paths import UNKNOWN_PATH, braced_parameters
from migrator.model.values import Cls, Inst, Value

_OWNERS = ("falcon.App", "falcon.API", "falcon.asgi.App")
_ADD_ROUTE = tuple(f"{owner}.add_route" for owner in _OWNERS)
_ADD_SINK = tuple(f"{owner}.add_sink" for owner in _OWNERS)
_WEBSOCKET = "websocket"


@dataclass(frozen=True, slots=True)
class _Falcon:
    name: str = "falcon"
    interests: tuple[str, ...] = (*_ADD_ROUTE, *_ADD_SINK)
    wrappers: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        for call in program.registering_calls(*_ADD_ROUTE):
            suffixes = texts(call.argument(-1, "suffix")) or [""]
            paths = texts(call.argument(0, "uri_template")) or [UNKNOWN_PATH]
            for owner in _resources(call.argument(1, "resource")):
                responders = [
                    (verb.upper(), f"on_{verb}_{suffix}" if suffix else f"on_{verb}")
                    for verb in (*VERBS, _WEBSOCKET)
                    for suffix in suffixes
                ]
                for handled in class_handlers(program, owner, responders, around=("__init__",)):
                    methods: list[JsonValue] = [
                        *sorted({"GET" if word == "WEBSOCKET" else word for word in handled.words})
                    ]
                    for path in paths:
                        detail: dict[str, JsonValue] = {
                            "methods": methods,
                            "path": path,
                            "parameters": braced_parameters(path),
                        }
                        trigger = Trigger(TriggerKind.HTTP, self.name, call.location, detail)
                        yield Registration(handled.name, handled.location, trigger, handled.runs)
        for call in program.registering_calls(*_ADD_SINK):
            path = next(iter(texts(call.argument(1, "prefix"))), "/")
            for info, receiver in program.functions(call.argument(0, "sink")):
                detail = {"methods": ["*"], "path": path, "parameters": []}
                trigger = Trigger(TriggerKind.HTTP, self.name, call.location, detail)
                yield Registration(info.name, info.location, trigger, (Start(info, receiver),))


def _resources(values: Iterable[Value]) -> list[ClassInfo]:
    found = {value.info for value in values if isinstance(value, Inst | Cls)}
    return sorted(found, key=lambda info: info.name)


FRAMEWORK = _Falcon(
    examples=(
        Example(
            """
import falcon
class Base:
    def on_get(self, req, resp): ...
class Orders(Base):
    def on_post(self, req, resp): ...
    def on_get_one(self, req, resp, number): ...
class Bare(Base): ...
def rest(req, resp): ...
app = falcon.App()
orders = Orders()
app.add_route("/orders", orders)
app.add_route("/orders/{number:int}", orders, suffix="one")
app.add_route("/bare", Bare())
app.add_sink(rest, "/rest")
""",
            {
                "app.Base.on_get": ("http GET /orders",),
                "app.Orders.on_post": ("http POST /orders",),
                "app.Orders.on_get_one": ("http GET /orders/{number:int}",),
                "app.Bare": ("http GET /bare",),
                "app.rest": ("http * /rest",),
            },
        ),
    )
)
