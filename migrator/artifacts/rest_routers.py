"""Paths that a router of Django REST framework gives to one method of a view set.

In: the registration with the router, the slice with its code. Out: `RouterPath` values. What the analyzer says is the
path of the registration (a prefix) with an action's name behind it; the part that names one object, a router inside of
another one, and what an action calls itself are read here. Anything that is not literal is left open.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from migrator.artifacts.django_expressions import read_expression
from migrator.artifacts.entry_text import entry_text
from migrator.artifacts.typed_paths import PathType
from migrator.plan import PlannedSlice, Registration
from migrator.plan.looking.parsed import parsed_text

_LISTS = frozenset({"list", "create"})
_SINGLE = frozenset({"retrieve", "update", "partial_update", "destroy"})
_PLAIN = frozenset({"DefaultRouter", "SimpleRouter"})
_NESTED = frozenset({"NestedDefaultRouter", "NestedSimpleRouter"})
_ACTIONS = {"action": None, "detail_route": True, "list_route": False}
_DEEPEST = 5
# As routers of the framework write it: one part of a path, without a dot, which would begin a format.
OBJECT = PathType("[^/.]+", ("7", "sample"))
# A router of the project's own may write several parts.
OBJECTS = PathType(".+", ("7", "one/two"), many=True)
LOOKUP, LOOKUPS = "one_object", "some_object"
"""Types of the variables that a path of a router has."""


@dataclass(frozen=True, slots=True)
class RouterPath:
    """One path.

    Attributes:
        text: as Django's `path` takes it, with the slash at its beginning.
        known: whether everything in it was read off the code.
    """

    text: str
    known: bool


@dataclass(frozen=True, slots=True)
class _Router:
    """How a router was made."""

    plain: bool
    slash: str
    before: str = ""


_UNREAD = _Router(plain=False, slash="/")


def router_paths(planned: PlannedSlice, registration: Registration) -> tuple[RouterPath, ...]:
    """Each path under which the candidate answers, for one registration with a router."""
    whole = str(registration.trigger.detail.get("path", ""))
    method = planned.entry.method
    action = _action(planned, method)
    prefix = whole.rstrip("/")
    if action is not None or method not in (*_LISTS, *_SINGLE, "*"):
        prefix = prefix.removesuffix(f"/{method}")
    router = _router(planned, registration)
    if router.before:
        own = _constant(registration.arguments[0]) if registration.arguments else None
        own = own.strip("/") if own is not None else prefix.rpartition("/")[2]
        prefix = f"{prefix.removesuffix(own)}{router.before}{own}"
    lookup = f"<{LOOKUP}:pk>" if router.plain else f"<{LOOKUPS}:lookup>"
    listed = RouterPath(f"{prefix}{router.slash}", known=True)
    single = RouterPath(f"{prefix}/{lookup}{router.slash}", known=False)
    if method in _LISTS:
        return (listed,)
    if method in _SINGLE:
        return (single,)
    if method == "*":
        return (listed, single)
    if action is None:
        return (RouterPath(f"{prefix}/<path:rest>", known=False),)
    between = {True: f"/{lookup}", False: "", None: f"/<{LOOKUPS}:lookup>"}[action.detail]
    known = action.detail is False and "<" not in action.path
    return (RouterPath(f"{prefix}{between}/{action.path}{router.slash}", known=known),)


# -- actions


@dataclass(frozen=True, slots=True)
class _Action:
    """What an action says of itself; `detail` is None where that is computed."""

    path: str
    detail: bool | None


def _action(planned: PlannedSlice, method: str) -> _Action | None:
    """The action of a method, or the one that it adds an HTTP method to."""
    methods = {
        node.name: node
        for owner in parsed_text(entry_text(planned)).body
        if isinstance(owner, ast.ClassDef) and owner.name == planned.entry.name
        for node in owner.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    for _ in range(_DEEPEST):
        if method not in methods:
            return None
        for decorator in methods[method].decorator_list:
            match decorator:
                case ast.Call(func=called) if _last(called) in _ACTIONS:
                    return _described(decorator, method)
                case ast.Attribute(value=ast.Attribute(value=ast.Name(id=other), attr="mapping")):
                    method = other
                    break
                case _:
                    pass
        else:
            return None
    return None


def _described(call: ast.Call, name: str) -> _Action | None:
    words = {word.arg: word.value for word in call.keywords}
    detail = _ACTIONS[_last(call.func)]
    match words.get("detail"):
        case ast.Constant(value=bool(said)):
            detail = said
        case _:
            pass
    match words.get("url_path"):
        case None | ast.Constant(value=None):
            return _Action(name, detail)
        case ast.Constant(value=str(path)) if (read := read_expression(path)) is not None:
            return _Action(read[0].strip("/"), detail)
        case _:
            return None


# -- routers


def _router(planned: PlannedSlice, registration: Registration) -> _Router:
    text = _text_at(planned, registration.trigger.location.path)
    name = registration.function.removesuffix(".register").rpartition(".")[2]
    return _made(planned, parsed_text(text), name, 0) if text is not None else _UNREAD


def _made(planned: PlannedSlice, module: ast.Module, name: str, depth: int) -> _Router:
    if depth > _DEEPEST:
        return _UNREAD
    for call in _assigned(module, name):
        kind = _last(call.func)
        words = {word.arg: word.value for word in call.keywords}
        slash = "/"
        match words.get("trailing_slash"):
            case ast.Constant(value=False):
                slash = ""
            case _:
                pass
        if kind in _PLAIN:
            return _Router(plain=True, slash=slash)
        match call.args:
            case [ast.Name(id=parent), ast.Constant(value=str(prefix)), *_] if kind in _NESTED:
                above = _made(planned, module, parent, depth + 1)
                stated = words.get("lookup")
                given = stated.value if isinstance(stated, ast.Constant) else None
                lookup = given if isinstance(given, str) else f"nested_{depth + 1}"
                before = f"{above.before}{prefix.strip('/')}/<{LOOKUP}:{lookup}_pk>/"
                return _Router(plain=True, slash=slash, before=before)
            case _:
                pass
    # Plug-ins register with a router of another module.
    for home, original in _imported(module, name):
        text = _text_at(planned, f"{home.replace('.', '/')}.py")
        if text is not None:
            return _made(planned, parsed_text(text), original, depth + 1)
    return _UNREAD


def _imported(module: ast.Module, name: str) -> Iterator[tuple[str, str]]:
    """The module that a name is imported from, and the name there."""
    for statement in module.body:
        match statement:
            case ast.ImportFrom(module=str(home), names=names):
                yield from ((home, each.name) for each in names if (each.asname or each.name) == name)
            case _:
                pass


def _assigned(module: ast.Module, name: str) -> Iterator[ast.Call]:
    for statement in ast.walk(module):
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=bound)], value=ast.Call() as call)
                | ast.AnnAssign(target=ast.Name(id=bound), value=ast.Call() as call)
            ) if bound == name:
                yield call
            case _:
                pass


def _text_at(planned: PlannedSlice, path: str) -> str | None:
    """The text of a file of the monolith in the slice, which may keep it below another folder."""
    found = [each for each in planned.modules if f"/{path}".endswith(f"/{each}")]
    return planned.modules[max(found, key=len)] if found else None


def _constant(source: str) -> str | None:
    try:
        value = ast.literal_eval(source)
    except (ValueError, SyntaxError):
        return None
    return value if isinstance(value, str) else None


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
