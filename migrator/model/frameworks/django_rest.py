"""Django REST framework: view sets of routers and of `as_view({...})`, with their actions; functions of `api_view`
and class views stand in URL patterns like any others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from migrator.domain.triggers import Trigger, TriggerKind
from migrator.model.django_routes import PATTERNS, Routes, described
from migrator.model.frames import LibraryCall
from migrator.model.index import ClassInfo, FunctionInfo
from migrator.model.registrations import Example, Program, Registration, Start, classes_in, texts
from migrator.model.route_paths import UNKNOWN_PATH
from migrator.model.solver import under
from migrator.model.values import Box, Cls, Registered
from migrator.model.view_set_routes import ACTIONS, MAPPED, REGISTER, ROUTERS, ROUTES, ViewSetRoutes, methods_of

_AS_VIEW = "rest_framework.viewsets.ViewSetMixin.as_view"
_VIEW_SET = "rest_framework.viewsets.ViewSetMixin"
_MOST_SUBCLASSES = 1000
_BEFORE = ("setup", "dispatch")


@dataclass(frozen=True, slots=True)
class _DjangoRest:
    name: str = "django-rest"
    interests: tuple[str, ...] = (REGISTER, _AS_VIEW, *ACTIONS, *MAPPED, *ROUTERS, *ROUTES, *PATTERNS)
    wrappers: Mapping[str, str] = field(
        default_factory=lambda: dict.fromkeys(ACTIONS, "rest_framework.decorators.ActionFunction")
    )
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        places = Routes(program)
        routes = ViewSetRoutes(program)
        registered: set[ClassInfo] = set()
        unknown: LibraryCall | None = None
        for call in routes.calls:
            owners = classes_in(program.expanded(call.argument(1, "viewset")))
            registered.update(owners)
            unknown = unknown or (None if owners else call)
            for owner in owners:
                yield from self._view_set(program, places, routes, call, owner)
        for call in program.calls(*PATTERNS):
            for owner, bound in _bound(program, call):
                registered.add(owner)
                for path in places.of(call):
                    for verb, name in bound:
                        info = program.method(owner, name)
                        yield self._one(program, call, owner, info or owner, {name: (verb.upper(),)}, path)
        if unknown is not None:
            for owner in _others(program, registered):
                yield from self._view_set(program, places, routes, unknown, owner, (UNKNOWN_PATH,))

    def _view_set(
        self,
        program: Program,
        places: Routes,
        routes: ViewSetRoutes,
        call: LibraryCall,
        owner: ClassInfo,
        prefixes: tuple[str, ...] = (),
    ) -> Iterator[Registration]:
        methods = methods_of(program, owner)
        own = False
        standard: list[tuple[str, dict[str, tuple[str, ...]]]] = []
        actions: list[tuple[str, dict[str, tuple[str, ...]]]] = []
        for route in routes.of(call, owner, prefixes):
            paths = places.of_router(call, call.receivers, [route.path])
            for name, verbs in route.handlers.items():
                info = methods.get(name)
                if info is not None:
                    own |= info.owner is owner
                    for path in paths:
                        yield self._one(program, call, owner, info, {name: verbs}, path)
            offered = {name: verbs for name, verbs in route.handlers.items() if _has(program, owner, name)}
            (actions if route.is_action else standard).extend((path, offered) for path in paths if offered)
        if not own:
            for path, offered in standard or actions:
                yield self._one(program, call, owner, owner, offered, path)

    def _one(
        self,
        program: Program,
        call: LibraryCall,
        owner: ClassInfo,
        place: FunctionInfo | ClassInfo,
        handlers: Mapping[str, tuple[str, ...]],
        path: str,
    ) -> Registration:
        universe = program.tables.universe
        made = program.dispatch(place.name, owner, place, (*_BEFORE, *handlers))
        request = universe.lib("rest_framework.request.Request", instance=True)
        detail = described(path, sorted({method for found in handlers.values() for method in found}))
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
                    held = program.held(given, under(verb))
                    bound.update(dict.fromkeys((verb, name) for name in texts(held)))
        for owner in classes_in(item for item in made.receivers if isinstance(item, Cls)):
            yield owner, list(bound)


def _has(program: Program, owner: ClassInfo, name: str) -> bool:
    """Whether a view set has a method, of its own or of the library's."""
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
                "shop.views.Base.destroy": ("http DELETE /api/orders/<pk>/",),
                "shop.views.Orders.create": ("http POST /api/orders/",),
                "shop.views.Orders.pay": ("http POST /api/orders/<pk>/pay/",),
                "shop.views.Orders.unpay": ("http DELETE /api/orders/<pk>/pay/",),
                "shop.views.Bare": ("http GET /api/bare/", "http GET /api/bare/<pk>/"),
                "shop.views.Lines.list": ("http GET /orders/<nested_1_pk>/lines/",),
                "shop.views.Single.retrieve": ("http GET /one/<int:pk>/",),
                "shop.views.Single.act": ("http POST /one/<int:pk>/",),
            },
        ),
    )
)
