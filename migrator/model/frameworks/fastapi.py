"""FastAPI: routes of applications and routers, the dependencies that run with them, and application events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from migrator.domain.triggers import TriggerKind
from migrator.facts.expressions import Call, Constant, Expression, Name, calls_in
from migrator.facts.records import Bind
from migrator.model.frames import LibraryCall
from migrator.model.index import FunctionInfo
from migrator.model.job_rules import JobLibrary, JobRule
from migrator.model.registrations import Example, Program, Registration, Start
from migrator.model.route_rules import MountRule, PartRule, RouteLibrary, RouteRule
from migrator.model.values import Cls, Value

_OWNERS = ("fastapi.FastAPI", "fastapi.APIRouter")
_VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
_DEPENDS = ("fastapi.Depends", "fastapi.Security")
_DEEPEST = 20
"""Dependencies of dependencies that are followed."""

_ROUTES = RouteLibrary(
    name="fastapi",
    rules=(
        *(RouteRule(tuple(f"{owner}.{verb}" for owner in _OWNERS), methods=(verb.upper(),)) for verb in _VERBS),
        RouteRule(tuple(f"{owner}.api_route" for owner in _OWNERS)),
        RouteRule(tuple(f"{owner}.add_api_route" for owner in _OWNERS), view=(1, "endpoint")),
        RouteRule(tuple(f"{owner}.{name}" for owner in _OWNERS for name in ("websocket", "websocket_route"))),
        RouteRule(tuple(f"{owner}.add_api_websocket_route" for owner in _OWNERS), view=(1, "endpoint")),
    ),
    parts=(PartRule(("fastapi.APIRouter",), (-1, "prefix")),),
    mounts=(
        MountRule(tuple(f"{owner}.include_router" for owner in _OWNERS), parts=(0, "router"), prefix=(-1, "prefix")),
        MountRule(tuple(f"{owner}.mount" for owner in _OWNERS), parts=(1, "app"), prefix=(0, "path")),
    ),
)
_EVENTS = JobLibrary(
    name="fastapi",
    rules=(
        JobRule(
            ("starlette.applications.Starlette.on_event", "starlette.routing.Router.on_event"),
            TriggerKind.SIGNAL,
            key="event",
            says=((0, "event_type"),),
        ),
        JobRule(
            (
                "starlette.applications.Starlette.add_event_handler",
                "starlette.routing.Router.add_event_handler",
            ),
            TriggerKind.SIGNAL,
            functions=((1, "func"),),
            key="event",
            says=((0, "event_type"),),
        ),
        JobRule(
            ("starlette.applications.Starlette.middleware",),
            TriggerKind.SIGNAL,
            key="event",
            says=((0, "middleware_type"),),
        ),
        JobRule(
            ("starlette.applications.Starlette.exception_handler",),
            TriggerKind.SIGNAL,
            key="event",
            says=((0, "exc_class_or_status_code"),),
        ),
        JobRule(
            ("starlette.applications.Starlette.add_exception_handler",),
            TriggerKind.SIGNAL,
            functions=((1, "handler"),),
            key="event",
            says=((0, "exc_class_or_status_code"),),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class _FastApi:
    name: str = "fastapi"
    interests: tuple[str, ...] = (*_ROUTES.interests, *_EVENTS.interests, *_DEPENDS)
    wrappers: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        prefixes = _ROUTES.prefixes(program)
        dependencies = _Dependencies(program)
        for rule in _ROUTES.rules:
            for call in program.registering_calls(*rule.names):
                around = dependencies.of_call(call)
                for view in _ROUTES.views(program, rule, call):
                    starts = [*view.runs, *around]
                    passes = dependencies.follow(starts)
                    for found in _ROUTES.registered(program, prefixes, rule, call, view):
                        yield Registration(
                            found.name, found.location, found.trigger, tuple(starts), passes=tuple(passes)
                        )
        yield from _EVENTS.find(program)


class _Dependencies:
    """What `Depends(...)` in parameters, decorators and routers has the framework call."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._calls = {
            (call.location.path, call.location.line, call.location.column): call for call in program.calls(*_DEPENDS)
        }

    def of_call(self, call: LibraryCall) -> list[Start]:
        """Dependencies that a route's own registration names: `dependencies=[Depends(check)]`."""
        node = call.node
        if node is None:
            return []
        named = [value for name, value in node.keywords if name == "dependencies"]
        return [start for value in named for start in self._in(value, call.body.info)]

    def follow(self, starts: list[Start]) -> list[tuple[FunctionInfo, int, Value]]:
        """Add what the parameters of the starts depend on, and so on; says what is passed for them."""
        passes: list[tuple[FunctionInfo, int, Value]] = []
        position = 0
        while position < len(starts) and position < _DEEPEST:
            info = starts[position].info
            position += 1
            for index, parameter in enumerate(info.scope.parameters):
                for expression in (parameter.default, parameter.annotation):
                    for start in self._in(expression, info):
                        passes.extend((info, index, value) for value in self._results(start))
                        if start not in starts:
                            starts.append(start)
        return passes

    def _results(self, start: Start) -> list[Value]:
        body = self._program.tables.solver.body(start.info, start.receiver)
        values = body.yielded.values if start.info.scope.is_generator else body.result.values
        if start.info.scope.name.endswith(".__init__") and start.receiver is not None:
            return [start.receiver]
        return sorted((value for value in values if value.serial), key=lambda value: value.serial)

    def _in(self, expression: Expression | None, info: FunctionInfo) -> Iterator[Start]:
        """The functions of the `Depends` calls in an expression, and in the alias of a type that it names."""
        for node, home in self._dependency_calls(expression, info):
            call = self._calls.get((home.module.facts.path, node.line, node.column))
            if call is None:
                continue
            values = call.argument(0, "dependency")
            for found, receiver in self._program.functions(values):
                yield Start(found, receiver)
            for value in sorted(values, key=lambda item: item.serial):
                if isinstance(value, Cls):
                    constructor = self._program.method(value.info, "__init__")
                    if constructor is not None:
                        yield Start(constructor, self._program.tables.universe.inst(value.info))

    def _dependency_calls(
        self, expression: Expression | None, info: FunctionInfo
    ) -> Iterator[tuple[Call, FunctionInfo]]:
        waiting: list[object] = [expression]
        while waiting:
            node = waiting.pop()
            if isinstance(node, Call):
                yield node, info
            elif isinstance(node, Name) and node is expression:
                yield from self._alias(node, info)
            if isinstance(node, tuple) and not isinstance(node, Constant):
                waiting.extend(node)

    def _alias(self, node: Name, info: FunctionInfo) -> Iterator[tuple[Call, FunctionInfo]]:
        """`Session = Annotated[..., Depends(...)]` at the top of a module."""
        index = self._program.tables.index
        home, simple = info.module, node.id
        step = home.imports.get(simple)
        if step is not None and step.attribute:
            source = index.modules.get(home.absolute(step))
            if source is None:
                return
            home, simple = source, step.attribute
        for bound in home.facts.scopes[0].steps:
            if isinstance(bound, Bind) and bound.name == simple and bound.value is not None:
                yield from ((call, home.body) for call in calls_in(bound.value))


FRAMEWORK = _FastApi(
    examples=(
        Example(
            """
from fastapi import APIRouter, FastAPI
app = FastAPI()
orders = APIRouter(prefix="/orders")
inner = APIRouter()
@app.get("/")
async def home(): ...
@orders.post("/{number}")
def change(number: int): ...
@inner.api_route("/x", methods=["PUT", "DELETE"])
def both(): ...
@app.websocket("/talk")
async def talk(socket): ...
def plain(): ...
orders.include_router(inner, prefix="/inner")
app.include_router(orders, prefix="/v1")
app.add_api_route("/plain", plain, methods=["GET"])
""",
            {
                "app.home": ("http GET /",),
                "app.change": ("http POST /v1/orders/{number}",),
                "app.both": ("http DELETE,PUT /v1/orders/inner/x",),
                "app.talk": ("http GET /talk",),
                "app.plain": ("http GET /plain",),
            },
        ),
        Example(
            """
from fastapi import FastAPI
app = FastAPI()
@app.on_event("startup")
async def begin(): ...
@app.middleware("http")
async def around(request, call_next): ...
@app.exception_handler(ValueError)
def broken(request, error): ...
""",
            {
                "app.begin": ("signal startup",),
                "app.around": ("signal http",),
                "app.broken": ("signal ValueError",),
            },
        ),
    )
)
