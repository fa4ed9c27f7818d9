"""Who asks for a route by its name or by its path.

In: the candidate's triggers, those of the others, the program. Out: callers inside the monolith that build its URL by
name, and which of the requests that a test makes reach it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from migrator.domain.assessments import Assessment
from migrator.domain.locations import Location
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.plan.looking.imported_names import dotted_name
from migrator.plan.removal.beside import Beside
from migrator.plan.removal.program import Program
from migrator.plan.slicing.syntax import ModuleSyntax, Unit

# What is in the names of functions and tags that make a URL of a route's name: `url_for`, `reverse`, `eventurl`.
_BY_NAME = ("redirect", "reverse", "uri", "url")
_IN_TEMPLATE = re.compile(r"""["']([\w.:\-]+)["']""")
_REQUESTS = frozenset(
    {"delete", "get", "head", "open", "options", "patch", "post", "put", "simulate_get", "simulate_post"}
)
_VARIABLE = re.compile(r"<[^<>]*>|\{[^{}]*\}|\(\?P<\w+>[^()]*\)")
_ANY = "\0"


@dataclass(frozen=True, slots=True)
class Requests:
    """What a piece of code asks for by path."""

    of_candidate: tuple[Location, ...]
    of_others: tuple[Location, ...]


@dataclass(frozen=True, slots=True)
class Routes:
    """The routes of a program, the candidate's told from the rest.

    Attributes:
        words: the names that the candidate's routes may go by.
        group: of the blueprint that they belong to, or an empty string where that is not known.
    """

    own: tuple[Trigger, ...]
    others: tuple[Trigger, ...]
    words: frozenset[str] = frozenset()
    group: str = ""

    def means(self, name: str) -> bool:
        """Whether a name of a route is the candidate's."""
        if not self.own:
            return False
        # A dot is a part of a name of Django, and parts blueprint and view of Flask.
        by_colon = any(trigger.framework.startswith("django") for trigger in self.own)
        outer, _, last = name.rpartition(":") if by_colon else re.sub(":", ".", name).rpartition(".")
        return last in self.words and (not self.group or outer.rpartition(".")[2] in ("", self.group))

    def requests(self, syntax: ModuleSyntax, unit: Unit) -> Requests:
        """The requests that a unit makes with a path that it writes."""
        own: list[Location] = []
        others: list[Location] = []
        for node in (each for top in unit.nodes for each in ast.walk(top)) if self.own else ():
            match node:
                case ast.Call(func=ast.Attribute(attr=method), args=[path, *_]) if method in _REQUESTS:
                    written = _written(path)
                    if written.startswith("/"):
                        (own if self._reaches_own(written, method) else others).append(syntax.location(node))
                case ast.Call(func=func, args=args) if _makes_url(func) and (names := _texts(args)):
                    (own if any(map(self.means, names)) else others).append(syntax.location(node))
        return Requests(tuple(own), tuple(others))

    def _reaches_own(self, written: str, method: str) -> bool:
        """Whether a request can reach nothing but the candidate."""
        for fits in (_fits, _may_fit):
            ours = any(fits(written, method, each) for each in self.own)
            theirs = any(fits(written, method, each) for each in self.others)
            if ours or theirs:
                return ours and not theirs
        return False


def routes_of(
    assessment: Assessment, others: Sequence[Assessment], words: frozenset[str] = frozenset(), group: str = ""
) -> Routes:
    """The routes by candidates; the names as `names_of` gives them."""

    def http(each: Assessment) -> Iterator[Trigger]:
        return (trigger for trigger in each.triggers if trigger.kind is TriggerKind.HTTP)

    rest = [trigger for each in others if each.name != assessment.name for trigger in http(each)]
    return Routes(tuple(http(assessment)), tuple(rest), words, group)


def callers_by_name(program: Program, beside: Beside, routes: Routes) -> Iterator[Location]:
    """Where code that is no test, or a template, makes a URL of the route's name."""
    for module, syntax in program.syntax.items():
        if module in program.tests or not routes.own:
            continue
        for node in ast.walk(syntax.module):
            match node:
                case ast.Call(func=func, args=args) if _makes_url(func) and any(map(routes.means, _texts(args))):
                    yield syntax.location(node)
    for path, text in beside.texts.items():
        for number, line in enumerate(text.splitlines(), 1):
            if "url" in line.lower() and any(routes.means(name) for name in _IN_TEMPLATE.findall(line)):
                yield Location(path, number)


def names_of(unit: Unit, syntax: ModuleSyntax, registrations: Iterable[ast.AST]) -> tuple[frozenset[str], str]:
    """The names that a route may go by, and the group that its blueprint gives it."""
    words = set(unit.binds)
    group = ""
    for node in registrations:
        for call in ast.walk(node):
            if not isinstance(call, ast.Call):
                continue
            words.update(
                str(word.value.value)
                for word in call.keywords
                if word.arg in ("endpoint", "name") and isinstance(word.value, ast.Constant)
            )
            words.update(
                str(first.value)
                for first in call.args[:1]
                if isinstance(first, ast.Constant)
                and isinstance(call.func, ast.Attribute)
                and call.func.attr == "as_view"
            )
            if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
                group = group or _group(syntax, call.func.value.id)
    return frozenset(words), group


def _group(syntax: ModuleSyntax, name: str) -> str:
    for unit in syntax.binders.get(name, ()):
        match unit.node:
            case ast.Assign(value=ast.Call(func=func, args=[ast.Constant(value=str(group)), *_])):
                if dotted_name(func).rpartition(".")[2] == "Blueprint":
                    return group
    return ""


def _makes_url(func: ast.expr) -> bool:
    last = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
    return any(word in last.lower() for word in _BY_NAME)


def _texts(nodes: Iterable[ast.expr]) -> tuple[str, ...]:
    return tuple(each.value for each in nodes if isinstance(each, ast.Constant) and isinstance(each.value, str))


def _written(node: ast.expr) -> str:
    """A path as it is written, with one character for what is only known when it runs; empty for no path at all."""
    match node:
        case ast.Constant(value=str(text)):
            return text.split("?", 1)[0]
        case ast.JoinedStr(values=parts):
            return "".join(str(each.value) if isinstance(each, ast.Constant) else _ANY for each in parts).split("?", 1)[
                0
            ]
        case ast.BinOp(left=left, op=ast.Add()):
            return f"{_written(left)}{_ANY}" if _written(left) else ""
        case _:
            return ""


def _fits(written: str, method: str, trigger: Trigger) -> bool:
    """Whether a path is one of a route's."""
    return _takes(method, trigger) and bool(re.fullmatch(_pattern(trigger), written.rstrip("/")))


def _may_fit(written: str, method: str, trigger: Trigger) -> bool:
    """Whether a path of which the end is only known when it runs begins as a route's do."""
    head, path = written.split(_ANY, 1)[0], str(trigger.detail.get("path", ""))
    return (
        _ANY in written
        and bool(head.strip("/"))
        and _takes(method, trigger)
        and (path.startswith(head) or bool(re.match(_pattern(trigger), head)))
    )


def _takes(method: str, trigger: Trigger) -> bool:
    methods = trigger.detail.get("methods")
    listed = methods if isinstance(methods, list | tuple) else ()
    return not listed or method.upper() not in _METHODS or method.upper() in listed


def _pattern(trigger: Trigger) -> str:
    path = str(trigger.detail.get("path", ""))
    pieces = [re.escape(piece) for piece in _VARIABLE.split(path)]
    kinds = [".+" if "path" in each or each.startswith("(?P") else "[^/]+" for each in _VARIABLE.findall(path)]
    return "".join(piece + kind for piece, kind in zip(pieces, [*kinds, ""], strict=True)).rstrip("/")


_METHODS = frozenset({"DELETE", "GET", "PATCH", "POST", "PUT"})
