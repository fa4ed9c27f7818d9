"""Flask: routes of applications and blueprints, by decorator or `add_url_rule`, and class views."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from migrator.domain.json import JsonValue
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.model.frames import LibraryCall, Values
from migrator.model.index import ClassInfo, FunctionInfo
from migrator.model.registrations import Example, Program, Registration, Start, classes_in, texts
from migrator.model.values import Inst, Lib, Registered, Value

_OWNERS = ("flask.Flask", "flask.Blueprint")
_VERBS = ("get", "post", "put", "patch", "delete")
_HANDLERS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
_VARIABLE = re.compile(r"<(?:(?P<converter>[A-Za-z_]\w*)(?:\((?P<arguments>[^>]*?)\))?:)?(?P<name>[A-Za-z_]\w*)>")
_AS_VIEW = ("flask.views.View.as_view", "flask.views.MethodView.as_view")
_DEEPEST = 10


@dataclass(frozen=True, slots=True)
class _Flask:
    name: str = "flask"
    interests: tuple[str, ...] = (
        *(f"{owner}.{verb}" for owner in _OWNERS for verb in ("route", "add_url_rule", "register_blueprint", *_VERBS)),
        "flask.Blueprint",
        *_AS_VIEW,
    )
    wrappers: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        prefixes = _Prefixes(program)
        for owner in _OWNERS:
            for verb in ("route", *_VERBS):
                for call in program.calls(f"{owner}.{verb}"):
                    methods = _methods(program, call) if verb == "route" else [verb.upper()]
                    for view in sorted(call.decorated, key=lambda value: value.serial):
                        yield from self._views(program, prefixes, call, frozenset((view,)), methods)
            for call in program.calls(f"{owner}.add_url_rule"):
                yield from self._views(program, prefixes, call, call.argument(2, "view_func"), _methods(program, call))

    def _views(
        self, program: Program, prefixes: _Prefixes, call: LibraryCall, views: Values, methods: list[str]
    ) -> Iterator[Registration]:
        for path in prefixes.paths(call, texts(call.argument(0, "rule"))):
            for info, receiver in program.functions(views):
                yield self._one(info.name, info, call, path, methods or ["GET"], (Start(info, receiver),))
            for view in sorted(views, key=lambda value: value.serial):
                if isinstance(view, Registered) and program.tables.calls[view.key].dotted in _AS_VIEW:
                    for owner in classes_in(program.tables.calls[view.key].receivers):
                        yield from self._class_view(program, owner, call, path, methods)

    def _class_view(
        self, program: Program, owner: ClassInfo, call: LibraryCall, path: str, methods: list[str]
    ) -> Iterator[Registration]:
        handlers = [(verb, program.method(owner, verb)) for verb in _HANDLERS]
        found = [(verb, info) for verb, info in handlers if info is not None]
        if not found:
            dispatch = program.method(owner, "dispatch_request")
            found = [("", dispatch)] if dispatch is not None else []
        own = [(verb, info) for verb, info in found if info.owner is owner]
        receiver = program.tables.universe.inst(owner)
        wrappers = _class_decorators(program, owner)
        for verb, info in found:
            allowed = [verb.upper()] if verb else methods or ["GET"]
            if methods and verb and verb.upper() not in methods:
                continue
            runs = (Start(info, receiver), *wrappers)
            if own:
                yield self._one(info.name, info, call, path, allowed, runs)
            else:
                yield self._one(owner.name, owner, call, path, allowed, runs)

    def _one(
        self,
        name: str,
        place: FunctionInfo | ClassInfo,
        call: LibraryCall,
        path: str,
        methods: list[str],
        runs: tuple[Start, ...],
    ) -> Registration:
        detail: dict[str, JsonValue] = {"methods": sorted(methods), "path": path, "parameters": parameters_of(path)}
        return Registration(name, place.location, Trigger(TriggerKind.HTTP, self.name, call.location, detail), runs)


class _Prefixes:
    """Under which prefixes each blueprint is served, nested ones included."""

    def __init__(self, program: Program) -> None:
        self._own: dict[str, list[str]] = {}
        self._parents: dict[str, list[tuple[str, str | None]]] = {}
        for call in program.calls("flask.Blueprint"):
            site = f"{call.body.info.module.name}:{call.location.line}:{call.location.column}"
            self._own[site] = texts(call.keywords.get("url_prefix", frozenset()))
        for owner in _OWNERS:
            for call in program.calls(f"{owner}.register_blueprint"):
                given = texts(call.keywords.get("url_prefix", frozenset()))
                for child in sorted(map(_identity, call.argument(0, "blueprint"))):
                    for parent in sorted({_identity(receiver) for receiver in call.receivers}):
                        prefixes: list[str | None] = [*given] or [None]
                        self._parents.setdefault(child, []).extend((parent, prefix) for prefix in prefixes)

    def paths(self, call: LibraryCall, rules: list[str]) -> list[str]:
        """Full paths of the rules of a registration; one with an unknown rule is the prefix and an ellipsis."""
        found: list[str] = []
        for receiver in sorted({_identity(item) for item in call.receivers}) or [""]:
            for prefix in self._of(receiver, 0):
                found.extend(_joined(prefix, rule) for rule in rules or ["…"])
        return sorted(set(found))

    def _of(self, identity: str, depth: int) -> list[str]:
        own = self._own.get(identity) or [""]
        parents = self._parents.get(identity, [])
        if depth > _DEEPEST or not parents:
            return own
        found: list[str] = []
        for parent, given in parents:
            for outer in self._of(parent, depth + 1):
                found.extend(_joined(outer, inner) for inner in ([given] if given is not None else own))
        return sorted(set(found))


def parameters_of(path: str) -> list[JsonValue]:
    """The variables of a rule in order, each with its converter as written (`default` where there is none)."""
    result: list[JsonValue] = []
    for found in _VARIABLE.finditer(path):
        arguments = f"({found['arguments']})" if found["arguments"] is not None else ""
        converter = f"{found['converter']}{arguments}" if found["converter"] else "default"
        result.append({"name": found["name"], "converter": converter})
    return result


def _joined(prefix: str, rule: str) -> str:
    if not prefix:
        return rule
    return f"{prefix.rstrip('/')}/{rule.lstrip('/')}" if rule else prefix


def _identity(value: Value) -> str:
    match value:
        case Lib(site=site, home=home, dotted=dotted):
            return site or home or dotted
        case Inst(home=home, info=info):
            return home or info.name
        case _:
            return ""


def _methods(program: Program, call: LibraryCall) -> list[str]:
    return sorted({text.upper() for text in texts(program.contents(call.keywords.get("methods", frozenset())))})


def _class_decorators(program: Program, owner: ClassInfo) -> tuple[Start, ...]:
    """The wrappers that `decorators = [...]` of a view class puts around every handler."""
    frame = program.frame(owner.body)
    found = frame.find_member(frame.resolution_order(owner), "decorators")
    if found is None or found.owner is None:
        return ()
    starts: list[Start] = []
    for info, receiver in program.functions(program.contents(frame.class_values(found.owner, "decorators"))):
        made = program.tables.solver.body(info, receiver).result.values
        starts.extend(Start(inner, outer) for inner, outer in program.functions(made) if inner.enclosing is info)
    return tuple(starts)


FRAMEWORK = _Flask(
    examples=(
        Example(
            """
from flask import Flask, Blueprint
app = Flask(__name__)
api = Blueprint("api", __name__, url_prefix="/api")
inner = Blueprint("inner", __name__)
@app.route("/a/<int:number>", methods=["POST", "get"])
def a(number): ...
@api.get("/b")
def b(): ...
@inner.delete("/c/<name>")
def c(name): ...
api.register_blueprint(inner, url_prefix="/inner")
app.register_blueprint(api, url_prefix="/v1")
""",
            {
                "app.a": ("http GET,POST /a/<int:number>",),
                "app.b": ("http GET /v1/b",),
                "app.c": ("http DELETE /v1/inner/c/<name>",),
            },
        ),
        Example(
            """
from flask import Flask
from flask.views import MethodView
class Base(MethodView):
    def get(self): ...
class Own(Base):
    def post(self): ...
class Bare(Base): ...
def view(): ...
def make(rules):
    app = Flask("x")
    @app.route("/made")
    def made(): ...
    app.add_url_rule("/own", view_func=Own.as_view("own"))
    app.add_url_rule("/bare", view_func=Bare.as_view("bare"))
    app.add_url_rule("/view", "view", view)
    return app
""",
            {
                "app.Base.get": ("http GET /own",),
                "app.Own.post": ("http POST /own",),
                "app.Bare": ("http GET /bare",),
                "app.view": ("http GET /view",),
                "app.make.<locals>.made": ("http GET /made",),
            },
        ),
    )
)
