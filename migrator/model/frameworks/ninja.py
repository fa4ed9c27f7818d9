"""Django Ninja: operations of APIs and routers, and of the controllers of ninja-extra."""

from __future__ import annotations

from migrator.model.registrations import Example
from migrator.model.route_rules import MountRule, RouteLibrary, RouteRule

_OWNERS = ("ninja.NinjaAPI", "ninja.Router", "ninja_extra.NinjaExtraAPI", "ninja_extra.Router")
_CONTROLLERS = ("ninja_extra.http", "ninja_extra.route")
_VERBS = ("get", "post", "put", "patch", "delete")

FRAMEWORK = RouteLibrary(
    name="ninja",
    rules=(
        *(
            RouteRule(
                (
                    *(f"{owner}.{verb}" for owner in _OWNERS),
                    f"ninja_extra.http_{verb}",
                    f"ninja_extra.route.{verb}",
                ),
                methods=(verb.upper(),),
            )
            for verb in _VERBS
        ),
        RouteRule(tuple(f"{owner}.api_operation" for owner in _OWNERS), path=(1, "path"), says_methods=(0, "methods")),
    ),
    mounts=(MountRule(tuple(f"{owner}.add_router" for owner in _OWNERS), parts=(1, "router"), prefix=(0, "prefix")),),
    examples=(
        Example(
            """
from ninja import NinjaAPI, Router
api = NinjaAPI()
router = Router()
@api.get("/a/{number}")
def a(request, number: int): ...
@router.post("/b")
def b(request): ...
@router.api_operation(["PUT", "PATCH"], "/c")
def c(request): ...
api.add_router("/inner", router)
""",
            {
                "app.a": ("http GET /a/{number}",),
                "app.b": ("http POST /inner/b",),
                "app.c": ("http PATCH,PUT /inner/c",),
            },
        ),
    ),
)
