"""Tornado: request handlers in the lists of rules of an application."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from migrator.domain.json import JsonValue
from migrator.domain.locations import Location
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.model.class_handlers import VERBS, class_handlers
from migrator.model.frames import Values
from migrator.model.index import ClassInfo
from migrator.model.registrations import Example, Program, Registration, classes_in, texts
from migrator.model.route_paths import UNKNOWN_PATH, grouped_parameters
from migrator.model.values import Box

_APPLICATIONS = ("tornado.web.Application", "tornado.web.Application.__init__")
_ADD_HANDLERS = "tornado.web.Application.add_handlers"
_RULES = ("tornado.web.URLSpec", "tornado.web.url", "tornado.routing.URLSpec", "tornado.routing.Rule")
_AROUND = (
    "__init__",
    "initialize",
    "prepare",
    "get_current_user",
    "set_default_headers",
    "on_finish",
    "write_error",
    "on_message",
    "on_close",
    "check_origin",
)
_OPENED = "open"


@dataclass(frozen=True, slots=True)
class _Tornado:
    name: str = "tornado"
    interests: tuple[str, ...] = (*_APPLICATIONS, _ADD_HANDLERS, *_RULES)
    wrappers: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        for call in program.registering_calls(*_RULES):
            yield from self._rule(program, call.location, call.argument(0, "pattern"), call.argument(1, "handler"))
        for call in program.registering_calls(*_APPLICATIONS):
            yield from self._rules(program, call.location, call.argument(0, "handlers"))
        for call in program.registering_calls(_ADD_HANDLERS):
            yield from self._rules(program, call.location, call.argument(1, "host_handlers"))

    def _rules(self, program: Program, location: Location, rules: Values) -> Iterator[Registration]:
        """The tuples of path and handler in a list."""
        boxes = [value for value in program.contents(rules) if isinstance(value, Box) and value.kind == "tuple"]
        for box in sorted(boxes, key=lambda value: value.site):
            yield from self._rule(program, location, program.item(box, 0), program.item(box, 1))

    def _rule(self, program: Program, location: Location, patterns: Values, handlers: Values) -> Iterator[Registration]:
        for path in texts(patterns) or [UNKNOWN_PATH]:
            for owner in classes_in(handlers):
                yield from self._handler(program, owner, location, path)

    def _handler(self, program: Program, owner: ClassInfo, location: Location, path: str) -> Iterator[Registration]:
        names = [(verb.upper(), verb) for verb in VERBS]
        if not any(program.method(owner, name) for _, name in names):
            names = [("GET", _OPENED)]  # a WebSocket
        for handled in class_handlers(program, owner, names, around=_AROUND):
            methods: list[JsonValue] = [*sorted(handled.words)]
            detail: dict[str, JsonValue] = {
                "methods": methods,
                "path": path,
                "parameters": grouped_parameters(path),
            }
            trigger = Trigger(TriggerKind.HTTP, self.name, location, detail)
            yield Registration(handled.name, handled.location, trigger, handled.runs)


FRAMEWORK = _Tornado(
    examples=(
        Example(
            """
from tornado.web import Application, RequestHandler, url
from tornado.websocket import WebSocketHandler
class Base(RequestHandler):
    def prepare(self): ...
class Home(Base):
    def get(self): ...
    async def post(self): ...
class Talk(WebSocketHandler):
    def open(self): ...
class Order(Base):
    def get(self, number): ...
rules = [(r"/", Home), (r"/talk", Talk, {"a": 1})]
def make():
    return Application(rules + [url(r"/orders/(?P<number>[0-9]+)", Order)])
""",
            {
                "app.Home.get": ("http GET /",),
                "app.Home.post": ("http POST /",),
                "app.Talk.open": ("http GET /talk",),
                "app.Order.get": ("http GET /orders/(?P<number>[0-9]+)",),
            },
        ),
    )
)
