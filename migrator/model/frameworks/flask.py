"""Flask: routes of applications and blueprints, by decorator or `add_url_rule`, and class views."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from migrator.domain.json import JsonValue
from migrator.domain.locations import Location
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.model.class_handlers import VERBS, class_handlers, class_level_wrappers
from migrator.model.class_protocols import ClassProtocols
from migrator.model.frames import LibraryCall, Values
from migrator.model.index import ClassInfo
from migrator.model.mounting import Prefixes
from migrator.model.registrations import Example, Program, Registration, Start, classes_in, texts
from migrator.model.route_paths import angled_parameters
from migrator.model.setup_states import marks_of
from migrator.model.values import Cls, Inst, Registered
from migrator.model.wrapped_calls import handed_over, made_functions

_OWNERS = ("flask.Flask", "flask.Blueprint")
_VERBS = ("get", "post", "put", "patch", "delete")
_AS_VIEW = ("flask.views.View.as_view", "flask.views.MethodView.as_view")
_MAKERS = ("flask.Blueprint", "flask.Blueprint.__init__")
_OWN_PREFIX = (5, "url_prefix")


@dataclass(frozen=True, slots=True)
class _Flask:
    name: str = "flask"
    interests: tuple[str, ...] = (
        *(f"{owner}.{verb}" for owner in _OWNERS for verb in ("route", "add_url_rule", "register_blueprint", *_VERBS)),
        *_MAKERS,
        *_AS_VIEW,
    )
    wrappers: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        prefixes = Prefixes()
        for call in program.registering_calls(*_MAKERS):
            prefixes.made(call, program.texts_of(call, *_OWN_PREFIX))
        for owner in _OWNERS:
            for call in program.registering_calls(f"{owner}.register_blueprint"):
                given = program.texts_of(call, -1, "url_prefix")
                prefixes.mounted(call.argument(0, "blueprint"), call.receivers, given, replaces=True)
        protocols = ClassProtocols(program)
        for owner in _OWNERS:
            for verb in ("route", *_VERBS):
                for call in program.registering_calls(f"{owner}.{verb}"):
                    methods = _methods(program, call) if verb == "route" else [verb.upper()]
                    for view in sorted(call.decorated, key=lambda value: value.serial):
                        yield from self._views(program, prefixes, protocols, call, frozenset((view,)), methods)
            for call in program.registering_calls(f"{owner}.add_url_rule"):
                views = call.argument(2, "view_func")
                yield from self._views(program, prefixes, protocols, call, views, _methods(program, call))

    def _views(
        self,
        program: Program,
        prefixes: Prefixes,
        protocols: ClassProtocols,
        call: LibraryCall,
        views: Values,
        methods: list[str],
    ) -> Iterator[Registration]:
        paths = _paths(program, prefixes, call)
        found = [
            *self._class_views(program, views, methods),
            *self._made_views(program, protocols, call, views, methods),
        ]
        if not found:
            found = [
                _View(info.name, info.location, methods, (Start(info, receiver),))
                for info, receiver in program.functions(handed_over(call, views))
            ]
        for path in paths:
            for view in found:
                allowed: list[JsonValue] = [*sorted(view.methods or ["GET"])]
                detail: dict[str, JsonValue] = {
                    "methods": allowed,
                    "path": path,
                    "parameters": angled_parameters(path),
                }
                trigger = Trigger(TriggerKind.HTTP, self.name, call.location, detail)
                yield Registration(view.name, view.location, trigger, view.runs)

    def _class_views(self, program: Program, views: Values, methods: list[str]) -> Iterator[_View]:
        """Views that `as_view` has made."""
        for view in sorted(views, key=lambda value: value.serial):
            if isinstance(view, Registered) and program.tables.calls[view.key].dotted in _AS_VIEW:
                for owner in classes_in(program.tables.calls[view.key].receivers):
                    yield from self._class_view(program, owner, methods)

    def _class_view(self, program: Program, owner: ClassInfo, methods: list[str]) -> Iterator[_View]:
        verbs = [verb for verb in VERBS if not methods or verb.upper() in methods]
        handlers = [(verb.upper(), verb) for verb in verbs if program.method(owner, verb) is not None]
        around = ("__init__", "dispatch_request") if handlers else ("__init__",)
        for handled in class_handlers(
            program,
            owner,
            handlers or [("", "dispatch_request")],
            around=around,
            more=class_level_wrappers(program, owner, "decorators"),
        ):
            words = [word for word in handled.words if word]
            yield _View(handled.name, handled.location, words or methods, handled.runs)

    def _made_views(
        self, program: Program, protocols: ClassProtocols, call: LibraryCall, views: Values, methods: list[str]
    ) -> Iterator[_View]:
        """Functions that a factory of the project has made of a class."""
        made = made_functions(views)
        if not made:
            return
        owners: dict[ClassInfo, None] = dict.fromkeys(program.wrapped.classes_named(call))
        if call.site is None:
            owners.update(dict.fromkeys(classes_in(views)))
        owners.update((view.outer.info, None) for view in made if call.site is None and isinstance(view.outer, Cls))
        for owner in owners:
            for handled in protocols.handlers(owner, made):
                words = [word for word in handled.words if word and (not methods or word in methods)]
                if words or not any(handled.words):
                    yield _View(handled.name, handled.location, words or methods, handled.runs)


def _paths(program: Program, prefixes: Prefixes, call: LibraryCall) -> list[str]:
    """Where a rule is served: below the prefixes of its blueprint, unless the blueprint leaves them out for it."""
    rules = program.texts_of(call, 0, "rule")
    owners = {value.info for value in call.receivers if isinstance(value, Inst)}
    marks = {mark: cut for owner in owners for mark, cut in marks_of(program, owner).items()}
    marked = {rule: rule[cut:] for rule in rules for mark, cut in marks.items() if rule.startswith(mark)}
    plain = [rule for rule in rules if rule not in marked]
    below = prefixes.paths(call.receivers, plain) if plain or not marked else []
    return sorted({*below, *marked.values()})


@dataclass(frozen=True, slots=True)
class _View:
    name: str
    location: Location
    methods: list[str]
    runs: tuple[Start, ...]


def _methods(program: Program, call: LibraryCall) -> list[str]:
    return sorted({text.upper() for text in texts(program.contents(call.keywords.get("methods", frozenset())))})


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
        Example(
            """
from flask import Blueprint, Flask
def expose(blueprint, path, **options):
    def apply(view):
        blueprint.add_url_rule(f"/v1{path}", view_func=view, **options)
        return view
    return apply
pages = Blueprint("pages", __name__, url_prefix="/pages")
@expose(pages, "/one")
def one(): ...
@expose(pages, "/two", methods=["POST"])
def two(): ...
class Short(Flask):
    def route(self, rule, **options):
        return super().route("/short" + rule, **options)
app = Short("x")
@app.route("/three")
def three(): ...
""",
            {
                "app.one": ("http GET /pages/v1/one",),
                "app.two": ("http POST /pages/v1/two",),
                "app.three": ("http GET /short/three",),
            },
        ),
        Example(
            """
from flask import Blueprint, request
class Handler:
    def run(self):
        self.check()
        return self.answer()
    def check(self): ...
    def answer(self):
        return getattr(self, "answer_" + request.method)()
class Shop(Blueprint):
    def add_url_rule(self, rule, endpoint=None, view_func=None, **options):
        if isinstance(view_func, type):
            view_func = view_of(view_func)
        super().add_url_rule(rule, endpoint, view_func, **options)
def view_of(cls):
    def view(**arguments):
        return cls().run()
    return view
class One(Handler):
    def check(self): ...
    def answer(self): ...
class Two(Handler):
    def answer_GET(self): ...
    def answer_POST(self): ...
class Three(One):
    def check(self): ...
def plain(): ...
shop = Shop("shop", __name__, url_prefix="/shop")
shop.add_url_rule("/one", "one", One)
shop.add_url_rule("/two", "two", Two, methods=("GET", "POST"))
shop.add_url_rule("/four", "four", Two, methods=("POST",))
shop.add_url_rule("/three", "three", Three)
shop.add_url_rule("/plain", "plain", plain)
""",
            {
                "app.One.answer": ("http GET /shop/one",),
                "app.Two.answer_GET": ("http GET /shop/two",),
                "app.Two.answer_POST": ("http POST /shop/four", "http POST /shop/two"),
                "app.Three": ("http GET /shop/three",),
                "app.plain": ("http GET /shop/plain",),
            },
        ),
    )
)
