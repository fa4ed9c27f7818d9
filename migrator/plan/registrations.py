"""How a framework was told of the candidate: the decorators and calls, and what they say.

In: the candidate's triggers and the syntax of the modules that they stand in. Out: a `Registration` for
each trigger, and the view classes named. What a framework's options mean is left to
`migrator.artifacts.triggers`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import libcst as cst

from migrator.domain.json import JsonValue
from migrator.domain.triggers import Trigger
from migrator.errors import Refused
from migrator.plan.slices import Registration
from migrator.plan.slicing.syntax import ModuleSyntax
from migrator.source import SourceTree


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
        found = _at(syntax, trigger.location.line) if syntax is not None else None
        call = found.decorator if isinstance(found, cst.Decorator) else found
        options: dict[str, JsonValue] = {}
        computed: list[str] = []
        function, arguments = "", []
        if isinstance(call, cst.Call) and syntax is not None:
            function = syntax.module.code_for_node(call.func)
            positional = [each.value for each in call.args if each.keyword is None and not each.star]
            arguments = [syntax.module.code_for_node(value) for value in positional]
            for name, value in _keywords(call):
                known, literal = _literal(syntax.module.code_for_node(value))
                if known:
                    options[name] = literal
                else:
                    computed.append(name)
            views.update(_views(call, trigger))
        line = trigger.location.line
        # Python applies decorators from the last to the first; that is the order of registration.
        order = (0, -line) if isinstance(found, cst.Decorator) else (1, line)
        ordered.append((order, Registration(trigger, options, tuple(computed), function, tuple(arguments))))
    registrations = tuple(registration for _, registration in sorted(ordered, key=lambda pair: pair[0]))
    return Registered(registrations, frozenset(views))


def _at(syntax: ModuleSyntax, line: int) -> cst.Decorator | cst.Call | None:
    """The decorator, else the outermost call, that stands on a line."""
    finder = _Finder(syntax.ranges, line)
    syntax.module.visit(finder)
    return finder.decorator or finder.call


class _Finder(cst.CSTVisitor):
    def __init__(self, ranges: Mapping[cst.CSTNode, object], line: int) -> None:
        self._ranges = ranges
        self._line = line
        self.decorator: cst.Decorator | None = None
        self.call: cst.Call | None = None

    def _covers(self, node: cst.CSTNode) -> bool:
        where = self._ranges.get(node)
        if where is None:
            return False
        return bool(where.start.line <= self._line <= where.end.line)  # type: ignore[attr-defined]

    def visit_Decorator(self, node: cst.Decorator) -> None:
        if self._covers(node):
            self.decorator = node

    def visit_Call(self, node: cst.Call) -> None:
        if self.call is None and self._covers(node):
            self.call = node


def _keywords(call: cst.Call) -> Iterator[tuple[str, cst.BaseExpression]]:
    for argument in call.args:
        if argument.keyword is not None:
            yield argument.keyword.value, argument.value
        elif argument.star == "**":
            yield "**", argument.value


def _literal(code: str) -> tuple[bool, JsonValue]:
    try:
        value = ast.literal_eval(code)
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


def _views(call: cst.Call, trigger: Trigger) -> Iterator[str]:
    """The classes that a registration makes views of, as in `view_func=Label.as_view("label")`."""
    for argument in call.args:
        match argument.value:
            case cst.Call(func=cst.Attribute(value=cst.Name(value=name), attr=cst.Name("as_view")), args=args):
                if len(args) > 1:
                    raise Refused(
                        f"the view class {name} is made with arguments, which a handler cannot repeat",
                        hint="give the class what it needs as attributes, then extract again",
                        location=str(trigger.location),
                    )
                yield name
