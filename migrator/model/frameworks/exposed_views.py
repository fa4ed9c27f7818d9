"""Flask-AppBuilder and Flask-Admin: methods of view classes that are exposed under a path of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from migrator.domain.json import JsonValue
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.model.index import ClassInfo
from migrator.model.registrations import Example, Program, Registration, Start, texts
from migrator.model.route_paths import UNKNOWN_PATH, angled_parameters, joined
from migrator.model.route_rules import stated_methods

_EXPOSE = (
    "flask_appbuilder.expose",
    "flask_appbuilder.api.expose",
    "flask_appbuilder.baseviews.expose",
    "flask_appbuilder.views.expose",
    "flask_admin.expose",
    "flask_admin.base.expose",
)
_API = "/api/v1"
"""Where Flask-AppBuilder serves the resources of APIs that do not say another version."""


@dataclass(frozen=True, slots=True)
class _ExposedViews:
    name: str = "exposed views"
    interests: tuple[str, ...] = _EXPOSE
    wrappers: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        for call in program.calls(*_EXPOSE):
            methods: list[JsonValue] = [*(stated_methods(program, call, (1, "methods")) or ("GET",))]
            rules = texts(call.argument(0, "url")) or [UNKNOWN_PATH]
            for info, receiver in program.functions(call.decorated):
                start = Start(info, receiver or program.default_receiver(info))
                prefix = _prefix(program, info.owner) if info.owner is not None else ""
                for path in sorted({joined(prefix, rule) for rule in rules}):
                    detail: dict[str, JsonValue] = {
                        "methods": methods,
                        "path": path,
                        "parameters": angled_parameters(path),
                    }
                    trigger = Trigger(TriggerKind.HTTP, self.name, call.location, detail)
                    yield Registration(info.name, info.location, trigger, (start,))


def _prefix(program: Program, owner: ClassInfo) -> str:
    """The path under which a view class is served, as far as it says one."""
    for attribute, before in (("route_base", ""), ("resource_name", f"{_API}/")):
        said = [text for text in program.class_constants(owner, attribute) if isinstance(text, str)]
        if said:
            return before + said[0]
    return UNKNOWN_PATH


FRAMEWORK = _ExposedViews(
    examples=(
        Example(
            """
from flask_appbuilder import BaseView, expose
from flask_appbuilder.api import BaseApi, expose as exposed
class Orders(BaseApi):
    resource_name = "orders"
    @exposed("/<int:number>", methods=["DELETE"])
    def drop(self, number): ...
    @exposed("/")
    def listed(self): ...
    def helper(self): ...
class Page(BaseView):
    route_base = "/page"
    @expose("/show/", methods=("GET", "POST"))
    def show(self): ...
class Bare(BaseView):
    @expose("/x")
    def shown(self): ...
""",
            {
                "app.Orders.drop": ("http DELETE /api/v1/orders/<int:number>",),
                "app.Orders.listed": ("http GET /api/v1/orders/",),
                "app.Page.show": ("http GET,POST /page/show/",),
                "app.Bare.shown": ("http GET …/x",),
            },
        ),
        Example(
            """
from flask_admin import BaseView, expose
class Report(BaseView):
    @expose("/")
    def index(self): ...
""",
            {"app.Report.index": ("http GET …/",)},
        ),
    )
)
