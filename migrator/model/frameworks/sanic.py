"""Sanic: routes of applications and blueprints, class views, its listeners and middleware."""

from __future__ import annotations

from migrator.model.registrations import Example
from migrator.model.route_paths import trailing_parameters
from migrator.model.route_rules import MountRule, PartRule, RouteLibrary, RouteRule

_OWNERS = ("sanic.Sanic", "sanic.Blueprint")
_VERBS = ("get", "post", "put", "patch", "delete", "head", "options")

FRAMEWORK = RouteLibrary(
    name="sanic",
    rules=(
        *(
            RouteRule(tuple(f"{owner}.{verb}" for owner in _OWNERS), methods=(verb.upper(),), path=(0, "uri"))
            for verb in _VERBS
        ),
        RouteRule(
            tuple(f"{owner}.{name}" for owner in _OWNERS for name in ("route", "websocket")),
            path=(0, "uri"),
            says_methods=(1, "methods"),
        ),
        RouteRule(
            tuple(f"{owner}.{name}" for owner in _OWNERS for name in ("add_route", "add_websocket_route")),
            path=(1, "uri"),
            view=(0, "handler"),
            says_methods=(2, "methods"),
        ),
    ),
    parts=(PartRule(("sanic.Blueprint",), (1, "url_prefix")),),
    mounts=(MountRule(("sanic.Sanic.blueprint",), parts=(0, "blueprint"), prefix=(-1, "url_prefix"), replaces=True),),
    parameters=trailing_parameters,
    examples=(
        Example(
            """
from sanic import Blueprint, Sanic
from sanic.views import HTTPMethodView
app = Sanic("x")
pages = Blueprint("pages", url_prefix="/pages")
other = Blueprint("other", url_prefix="/own")
@app.get("/a/<name:str>")
async def a(request, name): ...
@pages.route("/b", methods=["POST"])
async def b(request): ...
class Page(HTTPMethodView):
    async def get(self, request): ...
app.add_route(Page.as_view(), "/page")
app.blueprint(pages)
@other.get("/c")
async def c(request): ...
app.blueprint(other, url_prefix="/given")
""",
            {
                "app.a": ("http GET /a/<name:str>",),
                "app.b": ("http POST /pages/b",),
                "app.c": ("http GET /given/c",),
                "app.Page.get": ("http GET /page",),
            },
        ),
    ),
    also=("sanic.views.HTTPMethodView.as_view",),
)
