"""Django REST framework: view sets of routers and of `as_view({...})`, with their actions; functions of `api_view`
and class views stand in URL patterns like any others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from migrator.domain.json import JsonValue
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.model.django_routes import PATTERNS, REGISTER, UNKNOWN_PART, Routes, parameters_of
from migrator.model.frames import LibraryCall
from migrator.model.index import ClassInfo, FunctionInfo
from migrator.model.registrations import Example, Program, Registration, Start, classes_in, texts
from migrator.model.values import Box, Cls, Registered

_AS_VIEW = "rest_framework.viewsets.ViewSetMixin.as_view"
_ACTIONS = tuple(f"rest_framework.decorators.{name}" for name in ("action", "list_route", "detail_route"))
_MAPPED = tuple(f"rest_framework.decorators.MethodMapper.{verb}" for verb in ("get", "post", "put", "patch", "delete"))
_ROUTERS = (
    "rest_framework.routers.SimpleRouter",
    "rest_framework.routers.DefaultRouter",
    "rest_framework_nested.routers.NestedSimpleRouter",
    "rest_framework_nested.routers.NestedDefaultRouter",
)
_STANDARD = {
    "list": "GET",
    "create": "POST",
    "retrieve": "GET",
    "update": "PUT",
    "partial_update": "PATCH",
    "destroy": "DELETE",
}
_VIEW_SET = "rest_framework.viewsets.ViewSetMixin"
_MOST_SUBCLASSES = 1000
_BEFORE = ("setup", "dispatch")


@dataclass(frozen=True, slots=True)
class _DjangoRest:
    name: str = "django-rest"
    interests: tuple[str, ...] = (REGISTER, _AS_VIEW, *_ACTIONS, *_MAPPED, *_ROUTERS, *PATTERNS)
    wrappers: Mapping[str, str] = field(
        default_factory=lambda: dict.fromkeys(_ACTIONS, "rest_framework.decorators.ActionFunction")
    )
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        routes = Routes(program)
        actions = _actions(program)
        registered: set[ClassInfo] = set()
        unknown: LibraryCall | None = None
        for call in program.calls(REGISTER):
            owners = classes_in(program.expanded(call.argument(1, "viewset")))
            registered.update(owners)
            unknown = unknown or (None if owners else call)
            for owner in owners:
                for path in routes.of(call):
                    yield from self._view_set(program, call, owner, path, actions)
        for call in program.calls(*PATTERNS):
            for owner, bound in _bound(program, call):
                registered.add(owner)
                for path in routes.of(call):
                    for verb, name in bound:
                        info = program.method(owner, name)
                        yield self._one(program, call, owner, info or owner, {name: [verb.upper()]}, path)
        if unknown is not None:
            for owner in _others(program, registered):
                yield from self._view_set(program, unknown, owner, f"/{UNKNOWN_PART}", actions)

    def _view_set(
        self,
        program: Program,
        call: LibraryCall,
        owner: ClassInfo,
        path: str,
        actions: Mapping[FunctionInfo, list[str]],
    ) -> Iterator[Registration]:
        own = False
        for name, info in _methods(program, owner).items():
            methods = actions.get(info)
            if methods is None and name not in _STANDARD:
                continue
            own |= info.owner is owner
            below = path if methods is None else f"{path.rstrip('/')}/{name}/"
            yield self._one(program, call, owner, info, {name: methods or [_STANDARD[name]]}, below)
        if not own:
            offered = {name: [verb] for name, verb in _STANDARD.items() if _by_library(program, owner, name)}
            yield self._one(program, call, owner, owner, offered, path)

    def _one(
        self,
        program: Program,
        call: LibraryCall,
        owner: ClassInfo,
        place: FunctionInfo | ClassInfo,
        handlers: Mapping[str, list[str]],
        path: str,
    ) -> Registration:
        universe = program.tables.universe
        made = program.dispatch(place.name, owner, place, (*_BEFORE, *handlers))
        request = universe.lib("rest_framework.request.Request", instance=True)
        methods: list[JsonValue] = [*sorted({method for found in handlers.values() for method in found})]
        detail: dict[str, JsonValue] = {"methods": methods, "path": path, "parameters": parameters_of(path)}
        trigger = Trigger(TriggerKind.HTTP, self.name, call.location, detail)
        starts = (Start(made, universe.inst(owner)),)
        return Registration(place.name, place.location, trigger, starts, passes=((made, 1, request),))


def _others(program: Program, registered: set[ClassInfo]) -> Iterator[ClassInfo]:
    """View sets that a loop may register which found them at run time: those that nothing inherits from or registers.

    `for found in scanned(modules): router.register(found.path(), found)` says nothing of the classes; that they are
    view sets does.
    """
    for owner in program.classes():
        is_last = not program.tables.index.subclasses(owner, _MOST_SUBCLASSES)
        if is_last and owner not in registered and _VIEW_SET in program.ancestors(owner):
            yield owner


def _actions(program: Program) -> dict[FunctionInfo, list[str]]:
    """Methods that are actions of their own, with their HTTP methods."""
    found: dict[FunctionInfo, list[str]] = {}
    for call in program.calls(*_ACTIONS):
        given = call.argument(0, "methods") | call.keywords.get("methods", frozenset())
        methods = sorted({text.upper() for text in texts(program.contents(given))}) or ["GET"]
        for info, _ in program.functions(call.decorated):
            found[info] = methods
    for call in program.calls(*_MAPPED):
        for info, _ in program.functions(call.decorated):
            found[info] = [call.dotted.rpartition(".")[2].upper()]
    return found


def _methods(program: Program, owner: ClassInfo) -> dict[str, FunctionInfo]:
    """First-party methods of a class, inherited ones included, in the order of lookup."""
    frame = program.frame(owner.body)
    found: dict[str, FunctionInfo] = {}
    for entry in frame.resolution_order(owner):
        if isinstance(entry, ClassInfo):
            for name, info in entry.methods.items():
                found.setdefault(name, info)
    return {name: info for name, info in found.items() if not info.is_abstract}


def _bound(program: Program, call: LibraryCall) -> Iterator[tuple[ClassInfo, list[tuple[str, str]]]]:
    """`ViewSet.as_view({"get": "list"})` in a pattern."""
    for value in program.expanded(call.argument(1, "view")):
        made = program.tables.calls[value.key] if isinstance(value, Registered) else None
        if made is None or made.dotted != _AS_VIEW:
            continue
        bound: dict[tuple[str, str], None] = {}
        for given in made.argument(0, "actions"):
            if isinstance(given, Box):
                for verb in ("get", "post", "put", "patch", "delete", "head", "options"):
                    held = program.held("item", given, ("key", verb))
                    bound.update(dict.fromkeys((verb, name) for name in texts(held)))
        for owner in classes_in(item for item in made.receivers if isinstance(item, Cls)):
            yield owner, list(bound)


def _by_library(program: Program, owner: ClassInfo, name: str) -> bool:
    frame = program.frame(owner.body)
    found = frame.find_member(frame.resolution_order(owner), name)
    entry = program.tables.knowledge.lookup(found.library) if found is not None and found.library else None
    return (found is not None and found.function is not None) or (entry is not None and not entry.wildcard)


FRAMEWORK = _DjangoRest(
    examples=(
        Example(
            {
                "shop.urls": "from django.urls import include, path\nfrom rest_framework import routers\n"
                "from rest_framework_nested.routers import NestedSimpleRouter\nfrom shop import views\n"
                "router = routers.DefaultRouter()\nrouter.register(r'orders', views.Orders)\n"
                "router.register('bare', views.Bare, basename='bare')\n"
                "inner = NestedSimpleRouter(router, 'orders')\ninner.register('lines', views.Lines)\n"
                "urlpatterns = [path('api/', include(router.urls)),\n"
                "    path('one/<int:pk>/', views.Single.as_view({'get': 'retrieve', 'post': 'act'}))]\n",
                "shop.views": "from rest_framework import viewsets\nfrom rest_framework.decorators import action\n"
                "class Base(viewsets.ModelViewSet):\n    def destroy(self, request, pk): ...\n"
                "class Orders(Base):\n    def create(self, request): ...\n"
                "    @action(detail=True, methods=['post'])\n    def pay(self, request, pk): ...\n"
                "    @pay.mapping.delete\n    def unpay(self, request, pk): ...\n    def helper(self): ...\n"
                "class Bare(viewsets.ReadOnlyModelViewSet):\n    def get_queryset(self): ...\n"
                "class Lines(viewsets.ViewSet):\n    def list(self, request): ...\n"
                "class Single(viewsets.ViewSet):\n    def retrieve(self, request, pk): ...\n"
                "    def act(self, request, pk): ...\n",
            },
            {
                "shop.views.Base.destroy": ("http DELETE /api/orders/",),
                "shop.views.Orders.create": ("http POST /api/orders/",),
                "shop.views.Orders.pay": ("http POST /api/orders/pay/",),
                "shop.views.Orders.unpay": ("http DELETE /api/orders/unpay/",),
                "shop.views.Bare": ("http GET /api/bare/",),
                "shop.views.Lines.list": ("http GET /lines/",),
                "shop.views.Single.retrieve": ("http GET /one/<int:pk>/",),
                "shop.views.Single.act": ("http POST /one/<int:pk>/",),
            },
        ),
    )
)
