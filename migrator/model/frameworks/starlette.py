"""Starlette: routes in lists, mounted ones included, routes of applications, endpoints that are classes."""

from __future__ import annotations

from migrator.model.registrations import Example
from migrator.model.route_rules import MountRule, PartRule, RouteLibrary, RouteRule

_OWNERS = ("starlette.applications.Starlette", "starlette.routing.Router")
_ROUTES = ("starlette.routing.Route", "starlette.routing.WebSocketRoute")
_MOUNTS = ("starlette.routing.Mount", "starlette.routing.Host")

FRAMEWORK = RouteLibrary(
    name="starlette",
    rules=(
        RouteRule(_ROUTES, view=(1, "endpoint"), own=True),
        RouteRule(
            tuple(f"{owner}.{name}" for owner in _OWNERS for name in ("add_route", "route")),
            view=(1, "route"),
            says_methods=(2, "methods"),
        ),
        RouteRule(
            tuple(f"{owner}.{name}" for owner in _OWNERS for name in ("add_websocket_route", "websocket_route")),
            view=(1, "route"),
        ),
    ),
    parts=(PartRule(_OWNERS, (-1, "prefix")),),
    mounts=(
        MountRule(_MOUNTS, parts=(-1, "routes"), prefix=(0, "path"), own=True),
        MountRule(_MOUNTS, parts=(1, "app"), prefix=(0, "path"), own=True),
        MountRule(_OWNERS, parts=(-1, "routes"), prefix=(-1, ""), own=True),
        MountRule(tuple(f"{owner}.mount" for owner in _OWNERS), parts=(1, "app"), prefix=(0, "path")),
    ),
    around=("__init__", "on_connect", "on_receive", "on_disconnect", "dispatch"),
    examples=(
        Example(
            """
from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.routing import Mount, Route
async def home(request): ...
async def one(request): ...
async def two(request): ...
class Page(HTTPEndpoint):
    async def get(self, request): ...
    async def post(self, request): ...
routes = [
    Route("/", home),
    Mount("/shop", routes=[Route("/one/{number:int}", endpoint=one, methods=["GET", "POST"])]),
    Route("/page", Page),
]
app = Starlette(routes=routes)
app.add_route("/two", two)
""",
            {
                "app.home": ("http GET /",),
                "app.one": ("http GET,POST /shop/one/{number:int}",),
                "app.two": ("http GET /two",),
                "app.Page.get": ("http GET /page",),
                "app.Page.post": ("http POST /page",),
            },
        ),
    ),
)
