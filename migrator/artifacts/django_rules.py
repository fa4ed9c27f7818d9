"""Routes of Django's URL configuration, read off a registration.

In: a `Registration` of `path` or `re_path`. Out: a `DjangoRoute`: what the generated URL configuration says, and the
`PathRule` that fronts and the router get. What stands before an included configuration is part of the path already.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass

from migrator.artifacts.django_expressions import fitted, named_groups, read_expression
from migrator.artifacts.every_method import EVERY_METHOD
from migrator.artifacts.paths import PathRule, Variable
from migrator.artifacts.typed_paths import DJANGO_TYPES, typed_parts
from migrator.domain.json import JsonValue
from migrator.errors import Refused
from migrator.plan import Registration

VARIABLE = re.compile(r"<(?:(?P<type>\w+):)?(?P<name>[a-zA-Z_]\w*)>", re.ASCII)
UNKNOWN = "…"
"""How the analyzer writes a part of a path that is made at run time."""
# What a view may be where it is registered: a name, or a class made a view without arguments.
_VIEW = re.compile(r"[\w.]+(\.as_view\(\))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class DjangoRoute:
    """One route.

    Attributes:
        function: `path` or `re_path`.
        prefix: path of the configurations that include it, without the first slash; `path` has it in `text`.
        text: as the function takes it.
        extra: arguments that the route adds.
        name: for `reverse`, or an empty string.
    """

    function: str
    prefix: str
    text: str
    extra: Mapping[str, JsonValue]
    name: str
    rule: PathRule


def read_route(registration: Registration) -> DjangoRoute:
    """The route of one registration.

    Raises:
        Refused: it says something that a handler cannot repeat.
    """
    trigger = registration.trigger
    place = trigger.location
    whole = trigger.detail.get("path")
    function = registration.function.rpartition(".")[2]
    if not isinstance(whole, str) or function not in ("path", "re_path", "url"):
        raise Refused(
            f"a route that {registration.function or 'something else'} makes cannot be repeated yet",
            hint="register the view with path() or re_path(), or keep it where it is for now",
            location=str(place),
        )
    _check_view(registration)
    if UNKNOWN in whole:
        raise Refused(
            "a part of its path is known only to the running application",
            hint="write it as a constant, then analyze again",
            location=str(place),
        )
    stated = trigger.detail.get("methods")
    methods = (
        tuple(sorted(str(each) for each in stated)) if isinstance(stated, list | tuple) and stated else EVERY_METHOD
    )
    name = registration.options.get("name")
    extra = _extra(registration)
    named = name if isinstance(name, str) else ""
    if function == "path":
        parts = typed_parts(whole.removesuffix("/") or "", VARIABLE, DJANGO_TYPES, place)
        branch = whole.endswith("/") and len(whole) > 1
        if whole == "/":
            parts, branch = ("/",), False
        rule = PathRule(whole, parts, methods, branch)
        return DjangoRoute("path", "", whole.removeprefix("/"), extra, named, rule)
    return _by_expression(registration, whole, methods, extra, named)


def expression_of(registration: Registration) -> str | None:
    """The regular expression of a route: empty where it is computed or wrong, None where the route has none."""
    if registration.function.rpartition(".")[2] not in ("re_path", "url"):
        return None
    text = registration.options.get("regex", registration.options.get("route", ""))
    try:
        text = ast.literal_eval(registration.arguments[0]) if registration.arguments else text
        return text if isinstance(text, str) and re.compile(text) else ""
    except (ValueError, SyntaxError, re.error):
        return ""


def _check_view(registration: Registration) -> None:
    arguments = registration.arguments
    view = arguments[1] if len(arguments) > 1 else "view"
    if _VIEW.fullmatch(view) is None:
        raise Refused(
            f"the view is wrapped where it is registered: {view}",
            hint="decorate the view itself, then extract again",
            location=str(registration.trigger.location),
        )


def _extra(registration: Registration) -> Mapping[str, JsonValue]:
    given: object = registration.options.get("kwargs", {})
    computed = "kwargs" in registration.computed
    if len(registration.arguments) > 2:
        try:
            given = ast.literal_eval(registration.arguments[2])
        except (ValueError, SyntaxError):
            computed = True
    if computed or not isinstance(given, Mapping):
        raise Refused(
            "the arguments that the route adds are not literal",
            hint="write them as a dictionary of constants",
            location=str(registration.trigger.location),
        )
    return {str(key): value for key, value in given.items()}


def _by_expression(
    registration: Registration, whole: str, methods: tuple[str, ...], extra: Mapping[str, JsonValue], name: str
) -> DjangoRoute:
    place = registration.trigger.location
    text = expression_of(registration)
    shown = read_expression(text) if text else None
    if not text or shown is None or not whole.endswith(shown[0]) or re.compile(text).groups != named_groups(text):
        raise Refused(
            f"the expression of the route {whole} cannot be repeated: it is not literal, or has groups without a name",
            hint="write it as a literal with named groups, or use path()",
            location=str(place),
        )
    template, patterns = shown
    prefix = whole[: len(whole) - len(template)]
    parts = typed_parts(whole.removesuffix("/"), VARIABLE, DJANGO_TYPES, place)
    kept = tuple(
        fitted(part, patterns[part.name]) if isinstance(part, Variable) and part.name in patterns else part
        for part in parts
    )
    rule = PathRule(whole, kept, methods, whole.endswith("/") and len(whole) > 1)
    return DjangoRoute("re_path", prefix.removeprefix("/"), text, extra, name, rule)
