"""Litestar (and Starlite before it): handler functions, and those in the bodies of controllers."""

from __future__ import annotations

from migrator.model.registrations import Example
from migrator.model.route_rules import RouteLibrary, RouteRule

_MODULES = ("litestar", "litestar.handlers", "starlite")
_VERBS = ("get", "post", "put", "patch", "delete", "head")

FRAMEWORK = RouteLibrary(
    name="litestar",
    rules=(
        *(
            RouteRule(tuple(f"{module}.{verb}" for module in _MODULES), methods=(verb.upper(),), path=(0, "path"))
            for verb in _VERBS
        ),
        RouteRule(tuple(f"{module}.route" for module in _MODULES), says_methods=(-1, "http_method")),
        RouteRule(tuple(f"{module}.websocket" for module in _MODULES)),
    ),
    examples=(
        Example(
            """
from litestar import Controller, Litestar, get, post
@get("/a")
async def a() -> None: ...
class Orders(Controller):
    path = "/orders"
    @post("/{number:int}")
    async def place(self, number: int) -> None: ...
app = Litestar([a, Orders])
""",
            {"app.a": ("http GET /a",), "app.Orders.place": ("http POST /{number:int}",)},
        ),
    ),
)
