"""How a framework was told of the candidate: the decorators and calls, and what they say.

In: the candidate's triggers and the syntax of the modules that they stand in. Out: a `Registration` for
each trigger, and the view classes named. What a framework's options mean is left to
`migrator.artifacts.triggers`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from migrator.domain.json import JsonValue
from migrator.domain.locations import Location
from migrator.domain.triggers import Trigger
from migrator.errors import Refused
from migrator.plan.slices import Registration
from migrator.plan.slicing.syntax import ModuleSyntax
from migrator.source import SourceTree

LOOKED_UP = frozenset({"django-rest", "django-urls"})
"""Frameworks whose handlers look up in the application's own routes which classes answer by the candidate."""


@dataclass(frozen=True, slots=True)
class Registered:
    """What was found of a candidate's registrations.

    Attributes:
        registrations: in the order in which the framework is told of them.
        views: names of the view classes that the registrations make views of.
    """

    registrations: tuple[Registration, ...]
    views: frozenset[str]


def read_registrations(
    tree: SourceTree, triggers: Iterable[Trigger], read: Callable[[str], ModuleSyntax]
) -> Registered:
    """Find the registering decorator or call of each trigger and read its literal options."""
    ordered: list[tuple[tuple[int, int], Registration]] = []
    views: set[str] = set()
    for trigger in triggers:
        file = tree.by_path.get(trigger.location.path)
        syntax = read(file.name) if file is not None else None
        found = _at(syntax, trigger.location) if syntax is not None else None
        call = found.node if found is not None else None
        options: dict[str, JsonValue] = {}
        computed: list[str] = []
        function, arguments = "", []
        if isinstance(call, ast.Call):
            function = ast.unparse(call.func)
            arguments = [ast.unparse(each) for each in call.args if not isinstance(each, ast.Starred)]
            for word in call.keywords:
                name = word.arg or "**"
                known, literal = _literal(word.value)
                if known:
                    options[name] = literal
                else:
                    computed.append(name)
            if trigger.framework not in LOOKED_UP:
                views.update(_views(call, trigger))
        line = trigger.location.line
        # Python applies decorators from the last to the first; that is the order of registration.
        order = (0, -line) if found is not None and found.decorates else (1, line)
        ordered.append((order, Registration(trigger, options, tuple(computed), function, tuple(arguments))))
    registrations = tuple(registration for _, registration in sorted(ordered, key=lambda pair: pair[0]))
    return Registered(registrations, frozenset(views))


@dataclass(frozen=True, slots=True)
class _Told:
    """The expression that tells a framework of a function."""

    node: ast.expr
    decorates: bool


def _at(syntax: ModuleSyntax, place: Location) -> _Told | None:
    """The decorator on a line; else the call that begins at a place, or the outermost one on its line."""
    decorator: ast.expr | None = None
    calls: list[ast.Call] = []
    for node in ast.walk(syntax.module):
        for each in getattr(node, "decorator_list", ()):
            if _covers(each, place.line):
                decorator = each
        if isinstance(node, ast.Call) and _covers(node, place.line):
            calls.append(node)
    if decorator is not None:
        return _Told(decorator, decorates=True)
    # Routes are listed inside of other calls: `path("shop/", include([path("cart/", view)]))`.
    here = [call for call in calls if (call.lineno, call.col_offset + 1) == (place.line, place.column)]
    found = min(here or calls, key=lambda each: (each.lineno, each.col_offset, -_end(each)), default=None)
    return _Told(found, decorates=False) if found is not None else None


def _end(node: ast.expr) -> int:
    """Where a node ends, for telling which of two with one beginning is the outer one."""
    return (node.end_lineno or 0) * 10_000 + (node.end_col_offset or 0)


def _covers(node: ast.expr, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def _literal(node: ast.expr) -> tuple[bool, JsonValue]:
    try:
        value = ast.literal_eval(node)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return False, None
    plain = _plain(value)
    return plain is not _NOT_JSON, None if plain is _NOT_JSON else plain  # type: ignore[return-value]


_NOT_JSON = object()


def _plain(value: object) -> object:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case list() | tuple() | set() | frozenset():
            items = [_plain(item) for item in (sorted(value, key=repr) if isinstance(value, set) else value)]
            return _NOT_JSON if _NOT_JSON in items else items
        case dict():
            pairs = {key: _plain(item) for key, item in value.items()}
            return _NOT_JSON if _NOT_JSON in pairs.values() or not all(isinstance(k, str) for k in pairs) else pairs
        case _:
            return _NOT_JSON


def _views(call: ast.Call, trigger: Trigger) -> Iterator[str]:
    """The classes that a registration makes views of, as in `view_func=Label.as_view("label")`."""
    for value in (*call.args, *(word.value for word in call.keywords)):
        match value:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="as_view"), args=args, keywords=words):
                if len(args) + len(words) > 1:
                    raise Refused(
                        f"the view class {name} is made with arguments, which a handler cannot repeat",
                        hint="give the class what it needs as attributes, then extract again",
                        location=str(trigger.location),
                    )
                yield name
