"""Django: the functions and class views that URL patterns name, wherever the lists of patterns stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from migrator.domain.effects import Effect
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.facts.expressions import Attribute, Call, Expression, Name
from migrator.facts.records import Bind, Store
from migrator.model.django_routes import INCLUDE, PATTERNS, Routes, described
from migrator.model.frames import LibraryCall, Values
from migrator.model.index import ClassInfo, FunctionInfo
from migrator.model.registrations import Example, Program, Registration, Start, classes_in
from migrator.model.values import Cls, Fn, Inst, Lib, Method, Partial, Registered, Value

_AS_VIEW = "django.views.generic.base.View.as_view"
_REST = "rest_framework.views.APIView"
_VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
_BEFORE = ("setup", "dispatch")
_METHOD_DECORATOR = "django.utils.decorators.method_decorator"

_Note = tuple[Effect, int, int, str]


@dataclass(frozen=True, slots=True)
class _View:
    """What a pattern names: a class, or a function with its receiver; and what stands around it."""

    target: ClassInfo | tuple[FunctionInfo, Value | None]
    around: tuple[Start, ...] = ()
    effects: tuple[tuple[Effect, str], ...] = ()

    def within(self, around: tuple[Start, ...], effects: tuple[tuple[Effect, str], ...]) -> _View:
        return _View(self.target, (*self.around, *around), (*self.effects, *effects))


@dataclass(frozen=True, slots=True)
class _DjangoUrls:
    name: str = "django-urls"
    interests: tuple[str, ...] = (*PATTERNS, INCLUDE, _AS_VIEW)
    wrappers: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        routes = Routes(program)
        for call in program.calls(*PATTERNS):
            views = _named(program, call)
            if not views:
                yield from self._handed_on(program, routes, call)
                continue
            paths = routes.of(call)
            for view in views:
                for path in paths:
                    yield from self._registrations(program, call, view, path)

    def _handed_on(self, program: Program, routes: Routes, call: LibraryCall) -> Iterator[Registration]:
        """Patterns that a function of the project makes of whatever it is given: `return path(*args, **kwargs)`."""
        for seen in program.registering_calls_of(call):
            if seen.site is not None:
                paths = routes.of(call, seen)
                for view in _given(program, seen.site):
                    for path in paths:
                        yield from self._registrations(program, seen, view, path)

    def _registrations(self, program: Program, call: LibraryCall, view: _View, path: str) -> Iterator[Registration]:
        if isinstance(view.target, ClassInfo):
            yield from self._class_view(program, call, view, view.target, path)
            return
        info, receiver = view.target
        first = 1 if info.owner is not None and not info.is_static else 0
        request = program.tables.universe.lib("django.http.HttpRequest", instance=True)
        passes = ((info, first, request),) if len(info.scope.parameters) > first else ()
        yield self._one(info, call, path, [], view, Start(info, receiver), passes)

    def _class_view(
        self, program: Program, call: LibraryCall, view: _View, owner: ClassInfo, path: str
    ) -> Iterator[Registration]:
        handlers = [(verb, info) for verb in _VERBS if (info := program.method(owner, verb)) is not None]
        if any(info.owner is owner for _, info in handlers):
            for verb, info in handlers:
                yield self._dispatched(program, call, view, owner, info, [verb], path)
            return
        for verb, info in handlers:
            yield self._dispatched(program, call, view, owner, info, [verb], path)
        verbs = [verb for verb, _ in handlers] + [verb for verb in _VERBS if _by_library(program, owner, verb)]
        asked = () if verbs else _public_methods(program, owner)
        yield self._dispatched(program, call, view, owner, owner, list(dict.fromkeys(verbs)), path, asked)

    def _dispatched(
        self,
        program: Program,
        call: LibraryCall,
        view: _View,
        owner: ClassInfo,
        place: FunctionInfo | ClassInfo,
        verbs: list[str],
        path: str,
        asked: tuple[str, ...] = (),
    ) -> Registration:
        universe = program.tables.universe
        request = "rest_framework.request.Request" if _REST in program.ancestors(owner) else "django.http.HttpRequest"
        made = program.dispatch(place.name, owner, place, (*_BEFORE, *verbs, *asked))
        passes = () if asked else ((made, 1, universe.lib(request, instance=True)),)
        around, effects = _class_decorators(program, owner)
        start = Start(made, universe.inst(owner))
        return self._one(place, call, path, verbs, view.within(around, effects), start, passes)

    def _one(
        self,
        place: FunctionInfo | ClassInfo,
        call: LibraryCall,
        path: str,
        verbs: list[str],
        view: _View,
        start: Start,
        passes: tuple[tuple[FunctionInfo, int, Value], ...],
    ) -> Registration:
        detail = described(path, [verb.upper() for verb in sorted(verbs)])
        trigger = Trigger(TriggerKind.HTTP, self.name, call.location, detail)
        line, column = place.scope.line, place.scope.column
        effects = tuple((effect, line, column, reason) for effect, reason in view.effects)
        return Registration(place.name, place.location, trigger, (start, *view.around), effects, passes)


def _named(program: Program, call: LibraryCall) -> list[_View]:
    """The views that a pattern names: by the expression where it is written out, else by its values."""
    expression = _argument(call)
    values = call.argument(1, "view")
    if isinstance(expression, Call):
        found = _written(program, call, expression)
        if found:
            return found
    return _of_values(program, values)


def _given(program: Program, site: LibraryCall) -> list[_View]:
    """The views among the arguments of a call."""
    if site.node is None:
        return []
    frame = program.frame(site.body.info)
    found: list[_View] = []
    for part in (*site.node.arguments, *(value for _, value in site.node.keywords)):
        written = _written(program, site, part) if isinstance(part, Call) else []
        found.extend(written or _of_values(program, frame.evaluate(part)))
    return found


def _argument(call: LibraryCall) -> Expression | None:
    if call.node is None:
        return None
    for name, value in call.node.keywords:
        if name == "view":
            return value
    return call.node.arguments[1] if len(call.node.arguments) > 1 else None


def _written(program: Program, call: LibraryCall, expression: Call) -> list[_View]:
    """The views in `wrapper(view)`, however deep, with what the wrappers add."""
    frame = program.frame(call.body.info)
    callee = frame.evaluate_receiver(expression.func)
    own = any(isinstance(value, Fn | Method | Cls | Inst | Partial) for value in callee)
    decorators = [
        entry
        for value in callee
        if isinstance(value, Lib) and (entry := program.tables.knowledge.lookup(value.dotted)) is not None
        if entry.decorates
    ]
    if any(isinstance(value, Lib) and value.dotted.endswith(".as_view") for value in callee):
        views = frame.evaluate(expression)
        if any(isinstance(value, Registered) for value in views):
            return _of_values(program, views)
    classes = [
        value.receiver.info
        for value in callee
        if isinstance(value, Method) and value.info.name.endswith(".as_view") and isinstance(value.receiver, Cls)
    ]
    if not classes and isinstance(expression.func, Attribute) and expression.func.attr == "as_view":
        # A class of a library that nobody has described: its views are made like any others.
        owners = classes_in(frame.evaluate_receiver(expression.func.value)) or _loaded(program, call, expression.func)
        return [_View(owner) for owner in owners]
    if classes:
        # `as_view` overridden, as mixins do that wrap what the library's gives, or called by `cls.patterns()`.
        made = program.functions(frame.evaluate(expression))
        owners = _last_of(program, call, [*classes, *_made_for(call)])
        return [_View(owner, tuple(Start(info, receiver) for info, receiver in made)) for owner in owners]
    if not own and not decorators and not any(isinstance(value, Registered) for value in callee):
        return []
    inner: list[_View] = []
    for part in (*expression.arguments, *(value for _, value in expression.keywords)):
        if isinstance(part, Call):
            inner.extend(_written(program, call, part))
        else:
            inner.extend(_of_values(program, frame.evaluate(part)))
    if not inner:
        return []
    targets = [view.target for view in inner]
    made = program.functions(frame.evaluate(expression)) if own else []
    around = tuple(Start(info, receiver) for info, receiver in made if (info, receiver) not in targets)
    effects = tuple(
        (effect, f"{entry.name} {entry.reason}") for entry in decorators for effect in entry.decorated_effects
    )
    return [view.within(around, effects) for view in inner]


def _made_for(call: LibraryCall) -> list[ClassInfo]:
    """The classes for which an `as_view` of the project has made the functions that a pattern gets."""
    outers = (value.outer for value in call.argument(1, "view") if isinstance(value, Fn))
    return classes_in(outer for outer in outers if isinstance(outer, Cls))


def _last_of(program: Program, call: LibraryCall, owners: list[ClassInfo]) -> list[ClassInfo]:
    """The classes without repetition; of those for which a class method runs, the ones that others only inherit from
    are left out: it is read for its own class too."""
    found = list(dict.fromkeys(owners))
    if not call.body.info.is_class_method:
        return found
    bases = {name for owner in found for name in program.ancestors(owner) - {owner.name}}
    return [owner for owner in found if owner.name not in bases]


def _loaded(program: Program, call: LibraryCall, as_view: Attribute) -> list[ClassInfo]:
    """The classes that a loader was asked for by name: `view = get_class("basket.views", "BasketView")`."""
    holder, info = as_view.value, call.body.info
    scopes = [info.scope, info.module.body.scope]
    name = holder.attr if isinstance(holder, Attribute) else holder.id if isinstance(holder, Name) else ""
    if isinstance(holder, Attribute) and info.owner is not None:
        order = program.frame(info).resolution_order(info.owner)
        owners = [entry for entry in order if isinstance(entry, ClassInfo)]
        scopes = [found.scope for owner in owners for found in (owner.body, *owner.methods.values())]
    for scope in scopes:
        for step in scope.steps:
            if isinstance(step, Bind):
                target = step.name
            elif isinstance(step, Store) and isinstance(step.target, Attribute):
                target = step.target.attr
            else:
                continue
            if target == name and isinstance(step.value, Call):
                return program.classes_loaded(step.value)
    return []


def _of_values(program: Program, values: Values) -> list[_View]:
    found: list[_View] = []
    functions: list[Value] = []
    for value in program.expanded(values):
        if isinstance(value, Registered):
            call = program.tables.calls[value.key]
            if call.dotted == _AS_VIEW:
                owners = sorted((item.info for item in call.receivers if isinstance(item, Cls)), key=lambda o: o.name)
                found.extend(_View(owner) for owner in owners)
        elif isinstance(value, Inst) and program.method(value.info, "__call__") is None:
            found.append(_View(value.info))  # a feed, say: the library's class answers, with the methods of this one
        elif isinstance(value, Fn | Method | Inst):
            functions.append(value)
    return [*found, *(_View(target) for target in program.functions(functions))]


def _public_methods(program: Program, owner: ClassInfo) -> tuple[str, ...]:
    """What a library's base may ask of a class that answers to no HTTP method itself."""
    order = [entry for entry in program.frame(owner.body).resolution_order(owner) if isinstance(entry, ClassInfo)]
    names = dict.fromkeys(name for entry in order for name in entry.methods)
    return tuple(name for name in names if not name.startswith("_"))


def _by_library(program: Program, owner: ClassInfo, verb: str) -> bool:
    frame = program.frame(owner.body)
    found = frame.find_member(frame.resolution_order(owner), verb)
    entry = program.tables.knowledge.lookup(found.library) if found is not None and found.library else None
    return entry is not None and not entry.wildcard


def _class_decorators(program: Program, owner: ClassInfo) -> tuple[tuple[Start, ...], tuple[tuple[Effect, str], ...]]:
    """What `@method_decorator(decorator, name="dispatch")` adds to each request, on the class or a base."""
    frame = program.frame(owner.body)
    starts: list[Start] = []
    effects: list[tuple[Effect, str]] = []
    for entry in frame.resolution_order(owner):
        if isinstance(entry, str):
            continue
        for expression in entry.scope.decorators:
            if not isinstance(expression, Call) or not expression.arguments:
                continue
            if program.tables.index.dotted(entry.module, expression.func) != _METHOD_DECORATOR:
                continue
            given = program.frame(entry.module.body).evaluate(expression.arguments[0])
            for value in sorted(given | program.contents(given), key=lambda item: item.serial):
                known = program.tables.knowledge.lookup(value.dotted) if isinstance(value, Lib) else None
                if known is not None:
                    effects.extend((effect, f"{known.name} {known.reason}") for effect in known.decorated_effects)
            for info, receiver in program.functions(given):
                made = program.tables.solver.body(info, receiver).result.values
                starts.extend(
                    Start(inner, outer) for inner, outer in program.functions(made) if inner.enclosing is info
                )
    return tuple(starts), tuple(effects)


FRAMEWORK = _DjangoUrls(
    examples=(
        Example(
            {
                "shop.urls": "from django.urls import include, path, re_path\n"
                "from shop import views\nfrom shop.more import extra\n"
                "urlpatterns = [path('a/<int:number>/', views.plain), re_path(r'^b/(?P<code>[^/]+)/$', views.kept),\n"
                "    path('api/', include('shop.api')), path('v/', views.Own.as_view())] + extra\n",
                "shop.more": "from django.conf.urls import url\nfrom shop import views\n"
                "extra = [url('^bare/', views.Bare.as_view())]\n",
                "shop.api": "from django.urls import path\nfrom shop import views\n"
                "urlpatterns = []\nurlpatterns += [path('one', views.one)]\n",
                "shop.views": "from django.views import View\nfrom django.views.generic import TemplateView\n"
                "from django.views.decorators.csrf import csrf_exempt\n"
                "def plain(request, number): ...\n@csrf_exempt\ndef kept(request, code): ...\ndef one(request): ...\n"
                "class Base(View):\n    def get(self, request): ...\n"
                "class Own(Base):\n    def post(self, request): ...\n"
                "class Bare(TemplateView):\n    template_name = 'x'\n",
            },
            {
                "shop.views.plain": ("http  /a/<int:number>/",),
                "shop.views.kept": ("http  /b/<code>/",),
                "shop.views.one": ("http  /api/one",),
                "shop.views.Base.get": ("http GET /v/",),
                "shop.views.Own.post": ("http POST /v/",),
                "shop.views.Bare": ("http GET,HEAD,OPTIONS /bare/",),
            },
        ),
        Example(
            """
from functools import wraps
from django.contrib.auth.decorators import login_required
from django.urls import path
from django.views import View
def own(view):
    @wraps(view)
    def inner(request):
        return view(request)
    return inner
def route(regex, view, **kwargs):
    return path(regex, own(view), **kwargs)
def a(request): ...
def b(request): ...
def c(request): ...
class D(View):
    def get(self, request): ...
class Mixin:
    @classmethod
    def as_view(cls, **initkwargs):
        return own(super().as_view(**initkwargs))
class E(Mixin, View):
    def post(self, request): ...
plugin_patterns = [path("e", E.as_view()), path("a", own(a)), path("b", login_required(own(b))), route("c", c)]
for name in ("x", "y"):
    plugin_patterns.append(path(name, login_required(D.as_view())))
""",
            {
                "app.a": ("http  /a",),
                "app.b": ("http  /b",),
                "app.c": ("http  /…",),
                "app.D.get": ("http GET /x", "http GET /y"),
                "app.E.post": ("http POST /e",),
            },
        ),
    )
)
