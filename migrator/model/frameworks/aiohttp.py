"""aiohttp's server: routes of a router, route tables, lists of routes, class views."""

from __future__ import annotations

from migrator.model.registrations import Example
from migrator.model.route_rules import MountRule, RouteLibrary, RouteRule

_VERBS = ("get", "post", "put", "patch", "delete", "head", "options")
_ROUTER = "aiohttp.web.UrlDispatcher"
_TABLE = "aiohttp.web.RouteTableDef"

FRAMEWORK = RouteLibrary(
    name="aiohttp",
    rules=(
        *(
            RouteRule(
                (f"{_ROUTER}.add_{verb}", f"aiohttp.web.{verb}", f"{_TABLE}.{verb}"),
                methods=(verb.upper(),),
                view=(1, "handler"),
            )
            for verb in _VERBS
        ),
        RouteRule((f"{_ROUTER}.add_view", "aiohttp.web.view", f"{_TABLE}.view"), view=(1, "handler"), otherwise=("*",)),
        RouteRule(
            (f"{_ROUTER}.add_route", "aiohttp.web.route", f"{_TABLE}.route"),
            path=(1, "path"),
            view=(2, "handler"),
            says_methods=(0, "method"),
        ),
    ),
    mounts=(MountRule(("aiohttp.web.Application.add_subapp",), parts=(1, "subapp"), prefix=(0, "prefix")),),
    examples=(
        Example(
            """
from aiohttp import web
routes = web.RouteTableDef()
@routes.get("/a/{name}")
async def a(request): ...
async def b(request): ...
async def c(request): ...
async def d(request): ...
@routes.view("/page")
class Page(web.View):
    async def get(self): ...
    async def post(self): ...
app = web.Application()
app.router.add_post("/b", b)
app.add_routes([web.put("/c", c)])
app.add_routes(routes)
app.router.add_route("DELETE", "/d", d)
""",
            {
                "app.a": ("http GET /a/{name}",),
                "app.b": ("http POST /b",),
                "app.c": ("http PUT /c",),
                "app.d": ("http DELETE /d",),
                "app.Page.get": ("http GET /page",),
                "app.Page.post": ("http POST /page",),
            },
        ),
    ),
)
