"""Bottle: routes of the default application and of others."""

from __future__ import annotations

from migrator.model.registrations import Example
from migrator.model.route_paths import trailing_parameters
from migrator.model.route_rules import MountRule, RouteLibrary, RouteRule

_VERBS = ("get", "post", "put", "patch", "delete")

FRAMEWORK = RouteLibrary(
    name="bottle",
    rules=(
        RouteRule(("bottle.route", "bottle.Bottle.route"), view=(2, "callback"), says_methods=(1, "method")),
        *(RouteRule((f"bottle.{verb}", f"bottle.Bottle.{verb}"), methods=(verb.upper(),)) for verb in _VERBS),
    ),
    mounts=(MountRule(("bottle.Bottle.mount",), parts=(1, "app"), prefix=(0, "prefix")),),
    parameters=trailing_parameters,
    examples=(
        Example(
            """
from bottle import Bottle, get, route
api = Bottle()
@route("/a/<name>", method=["GET", "POST"])
def a(name): ...
@get("/b")
def b(): ...
@api.delete("/c/<number:int>")
def c(number): ...
def d(): ...
api.route("/d", "PUT", d)
""",
            {
                "app.a": ("http GET,POST /a/<name>",),
                "app.b": ("http GET /b",),
                "app.c": ("http DELETE /c/<number:int>",),
                "app.d": ("http PUT /d",),
            },
        ),
    ),
)
