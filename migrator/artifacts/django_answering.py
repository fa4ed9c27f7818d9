"""Which URL configuration of Django answers for a view: one of its routes alone, or the application's own.

In: a `PlannedSlice`. Out: an `Answering`. The choice is made here and nowhere else:

    routes   each route can be repeated as it is written, and the view's module asks for no address of another view.
             Nothing but the view is imported for them.
    own      anything else: the view is wrapped where it is registered, stands behind a router, is inherited, its path
             needs a converter of the project's own, or it asks for addresses (`reverse`, templates, redirects).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from migrator.artifacts.django_fronts import served
from migrator.artifacts.django_rules import DjangoRoute, read_route
from migrator.artifacts.entry_text import entry_text
from migrator.artifacts.paths import PathRule
from migrator.domain.plans import Dropped
from migrator.errors import Refused
from migrator.plan import PlannedSlice, Registration
from migrator.plan.looking.parsed import parsed_text

_CONFIGURATION = "ROOT_URLCONF"
# What answers with addresses of other views, by what is imported; everything of a module where no name is listed.
_ADDRESSES: Mapping[str, frozenset[str]] = {
    "django.contrib.auth.views": frozenset(),
    "django.shortcuts": frozenset({"redirect", "render", "resolve_url"}),
    "django.template": frozenset(),
    "django.urls": frozenset({"NoReverseMatch", "resolve", "reverse", "reverse_lazy"}),
    "django.views.generic": frozenset(),
    "rest_framework.generics": frozenset(),
    "rest_framework.reverse": frozenset(),
    "rest_framework.viewsets": frozenset(),
}
_VIEW_ITSELF = "django.views.generic.View"


@dataclass(frozen=True, slots=True)
class Answering:
    """How Django answers.

    Attributes:
        own: whether the application's own URL configuration does.
        because: what decided.
        routes: of a configuration of these alone; empty where `own`.
        places: text and name of each route, where `own`, for a view that cannot be told from its callback.
        sure: rules whose examples are known to be paths of the view.
    """

    own: bool
    because: str
    rules: tuple[PathRule, ...]
    sure: tuple[PathRule, ...]
    routes: tuple[DjangoRoute, ...] = ()
    places: tuple[tuple[str, str], ...] = ()
    findings: tuple[Dropped, ...] = ()


def answering(planned: PlannedSlice) -> Answering:
    """Choose.

    Raises:
        Refused: the application's own configuration has to answer, and is not known or not in the slice; or nothing of
            the view's path is known.
    """
    try:
        routes = tuple(_repeated(each, planned) for each in planned.registrations)
        because = _asks_for_addresses(planned)
    except Refused as refused:
        routes, because = (), refused.message
    if routes and not because:
        rules = tuple(route.rule for route in routes)
        return Answering(
            own=False,
            because="each of its routes can be repeated, and it asks for no address of another view",
            rules=rules,
            sure=rules,
            routes=routes,
        )
    _check_configuration(planned)
    found = served(planned)
    places = tuple(dict.fromkeys(each for each in map(_place, planned.registrations) if any(each)))
    return Answering(
        own=True, because=because, rules=found.rules, sure=found.sure, places=places, findings=found.findings
    )


def _repeated(registration: Registration, planned: PlannedSlice) -> DjangoRoute:
    if registration.trigger.framework == "django-rest":
        raise Refused("it stands behind a router, or answers to methods that its registration names")
    route = read_route(registration)
    view = registration.arguments[1] if len(registration.arguments) > 1 else ""
    if view and view.removesuffix(".as_view()").rpartition(".")[2] != planned.entry.name:
        raise Refused(f"it is registered as {view}")
    return route


def _asks_for_addresses(planned: PlannedSlice) -> str:
    """What the view's module imports for that, or an empty text."""
    for node in ast.walk(parsed_text(entry_text(planned))):
        for module, name in _imported(node):
            full = f"{module}.{name}" if name else module
            for owner, names in _ADDRESSES.items():
                inside = module == owner or module.startswith(f"{owner}.")
                if full != _VIEW_ITSELF and ((inside and (not names or name in names)) or full == owner):
                    return f"its module may ask for addresses of other views: it imports {full}"
    return ""


def _imported(node: ast.AST) -> Iterator[tuple[str, str]]:
    match node:
        case ast.ImportFrom(module=str(module), names=names, level=0):
            yield from ((module, each.name) for each in names)
        case ast.Import(names=names):
            yield from ((each.name, "") for each in names)
        case _:
            pass


def _place(registration: Registration) -> tuple[str, str]:
    """The text of the route and its name, as far as they are constants."""
    name = registration.options.get("name")
    text: object = registration.options.get("route", registration.options.get("regex"))
    if registration.arguments:
        try:
            text = ast.literal_eval(registration.arguments[0])
        except (ValueError, SyntaxError):
            text = None
    routed = registration.trigger.framework != "django-rest"
    return (text if isinstance(text, str) and routed else "", name if isinstance(name, str) else "")


def _check_configuration(planned: PlannedSlice) -> None:
    """The settings name a configuration that travels."""
    named = dict(_named(planned))
    missing = [module for module in named if not _has(planned, module)]
    if not named or missing:
        what = f"{missing[0]}, which is not in the slice" if missing else "not known"
        raise Refused(
            f"{planned.plan.candidate} needs the application's own URL configuration, and that is {what}",
            hint="write ROOT_URLCONF in the settings as a constant, with its file below the folder",
            location=next(iter(named.values()), str(planned.assessment.location)),
        )


def _named(planned: PlannedSlice) -> Iterator[tuple[str, str]]:
    """Modules that settings name as the configuration, with their places."""
    for path, text in planned.modules.items():
        if _CONFIGURATION not in text:
            continue
        for statement in ast.walk(parsed_text(text)):
            match statement:
                case (
                    ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(module)))
                    | ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str(module)))
                ) if name == _CONFIGURATION:
                    yield module, f"{path}:{statement.lineno}"
                case _:
                    pass


def _has(planned: PlannedSlice, module: str) -> bool:
    stem = module.replace(".", "/")
    return f"{stem}.py" in planned.modules or f"{stem}/__init__.py" in planned.modules
