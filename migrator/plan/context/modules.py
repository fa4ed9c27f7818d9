"""Modules of the tree as libcst has them, with the offset of each node and what its names stand for.

In: a `SourceTree`. Out: `Module` by path, `Definition` by function, the absolute name that an expression stands for. A
module that libcst cannot give back as it is, is not read: `Unread` says why. What is looked for is `reads` and `calls`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import libcst as cst
from libcst.metadata import (
    CodeRange,
    ExpressionContext,
    ExpressionContextProvider,
    ImportAssignment,
    MetadataWrapper,
    PositionProvider,
    QualifiedName,
    QualifiedNameSource,
    Scope,
    ScopeProvider,
)

from migrator.domain.locations import Location
from migrator.plan.looking.imported_names import absolute_names
from migrator.plan.looking.parsed import parsed
from migrator.source import SourceFile, SourceTree

_LINE_END = re.compile(r"\r\n?|\n")


class Unread(Exception):
    """The module cannot be read so that it could be edited; the message says why."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A function in its module.

    Attributes:
        owner: name of the class around it, empty for none.
        nested: whether it stands inside another function.
    """

    module: Module
    node: cst.FunctionDef
    owner: str
    nested: bool

    @property
    def first(self) -> str:
        """The name of the first parameter, empty for none: the object, in a method."""
        params = self.node.params
        return next((each.name.value for each in (*params.posonly_params, *params.params)), "")


class Module:
    """One module.

    Raises:
        Unread: libcst cannot parse it, or its places would not be those of the text.
    """

    def __init__(self, file: SourceFile) -> None:
        self.file = file
        self.text = file.text
        if "\f" in file.text:
            raise Unread("has a form feed, behind which places cannot be told")
        try:
            self._wrapper = MetadataWrapper(cst.parse_module(file.text), unsafe_skip_copy=True)
            self.tree = self._wrapper.module
            self._positions: Mapping[cst.CSTNode, CodeRange] = self._wrapper.resolve(PositionProvider)
        except cst.ParserSyntaxError as error:
            raise Unread(f"cannot be parsed: {error.message.splitlines()[0]}, line {error.editor_line}") from error
        except (RecursionError, ValueError, UnicodeError) as error:
            raise Unread(f"cannot be parsed: {type(error).__name__}") from error
        if self.tree.code != file.text:
            raise Unread("cannot be written back as it is")
        self._parents: dict[cst.CSTNode, cst.CSTNode] = {}
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(file.text))]
        self.line_end = found[0] if (found := _LINE_END.search(file.text)) else "\n"

    def parent(self, node: cst.CSTNode) -> cst.CSTNode:
        """The parent of a node in a function that was looked up."""
        return self._parents[node]

    def _know_parents(self, function: cst.FunctionDef) -> None:
        waiting: list[cst.CSTNode] = [function]
        while waiting:
            node = waiting.pop()
            for child in node.children:
                self._parents[child] = node
                waiting.append(child)

    @cached_property
    def _contexts(self) -> Mapping[cst.CSTNode, ExpressionContext | None]:
        return self._wrapper.resolve(ExpressionContextProvider)

    @cached_property
    def _scopes(self) -> Mapping[cst.CSTNode, Scope | None]:
        return self._wrapper.resolve(ScopeProvider)

    @cached_property
    def functions(self) -> tuple[Definition, ...]:
        """Every `def`, in the order of the text."""
        return tuple(self._functions(self.tree, "", False))

    def _functions(self, node: cst.CSTNode, owner: str, nested: bool) -> Iterator[Definition]:
        for child in node.children:
            match child:
                case cst.BaseExpression() | cst.SimpleStatementLine():
                    continue
                case cst.FunctionDef():
                    yield Definition(self, child, owner, nested)
                    yield from self._functions(child, "", True)
                case cst.ClassDef():
                    yield from self._functions(child, child.name.value, nested)
                case _:
                    yield from self._functions(child, owner, nested)

    def defined_at(self, name: str, line: int) -> Definition | None:
        """The function of a name whose `def` stands in a line."""
        for found in self.functions:
            if found.node.name.value == name and self._positions[found.node.name].start.line == line:
                if found.node.name not in self._parents:
                    self._know_parents(found.node)
                return found
        return None

    def span(self, node: cst.CSTNode) -> tuple[int, int]:
        """Offsets of a node, without parentheses around it."""
        where = self._positions[node]
        return self._offset(where.start.line, where.start.column), self._offset(where.end.line, where.end.column)

    def code(self, node: cst.CSTNode) -> str:
        """The text of a node."""
        start, end = self.span(node)
        return self.text[start:end]

    def location(self, node: cst.CSTNode) -> Location:
        """Where a node stands."""
        where = self._positions[node]
        return Location(self.file.path, where.start.line, where.end.line, where.start.column + 1)

    def offset(self, location: Location) -> int:
        """The offset of the beginning of a location; -1 where the text has no such line."""
        return self._offset(location.line, location.column - 1) if location.line <= len(self._starts) else -1

    def line_start(self, offset: int) -> int:
        """The offset at which the line of an offset begins."""
        return self._starts[bisect_right(self._starts, offset) - 1]

    def line_after(self, offset: int) -> int:
        """The offset at which the line behind that of an offset begins, or the end of the text."""
        number = bisect_right(self._starts, offset)
        return self._starts[number] if number < len(self._starts) else len(self.text)

    def _offset(self, line: int, column: int) -> int:
        return self._starts[line - 1] + column

    def is_written(self, node: cst.CSTNode) -> bool:
        """Whether an expression is assigned to or deleted."""
        return self._contexts.get(node) in (ExpressionContext.STORE, ExpressionContext.DEL)

    def absolute(self, node: cst.CSTNode) -> str:
        """The absolute dotted name that a name or an attribute can only stand for; empty where that is not sure."""
        scope = self.scope(node)
        names = scope.get_qualified_names_for(node) if scope is not None else ()
        found = {self._absolute(each) for each in names}
        return found.pop() if len(found) == 1 else ""

    def _absolute(self, qualified: QualifiedName) -> str:
        if qualified.source is QualifiedNameSource.LOCAL:
            return f"{self.file.name}.{qualified.name}"
        if qualified.source is QualifiedNameSource.BUILTIN:
            return qualified.name
        rest = qualified.name.lstrip(".")
        level = len(qualified.name) - len(rest)
        if not level:
            return rest
        parts = self.file.name.split(".")
        kept = parts[: max(len(parts) - level + self.file.is_package, 0)]
        return ".".join((*kept, *([rest] if rest else [])))

    def scope(self, node: cst.CSTNode) -> Scope | None:
        """The scope that a node's names are looked up in."""
        while node not in self._scopes and node in self._parents:
            node = self._parents[node]
        return self._scopes.get(node)

    def import_of(self, name: cst.Name) -> cst.ImportAlias | None:
        """The only `from x import name` that binds a name; None where it is bound otherwise, or more than once."""
        scope = self.scope(name)
        if scope is None:
            return None
        bound = list(scope[name.value])
        if len(bound) != 1 or not isinstance(bound[0], ImportAssignment):
            return None
        statement = bound[0].node
        if not isinstance(statement, cst.ImportFrom) or isinstance(statement.names, cst.ImportStar):
            return None
        return next(
            (each for each in statement.names if (each.evaluated_alias or each.evaluated_name) == name.value), None
        )


class Modules:
    """The modules of a tree, each read once."""

    def __init__(self, tree: SourceTree) -> None:
        self.tree = tree
        self._known: dict[str, Module | Unread] = {}
        self._bound: dict[str, Mapping[str, str]] = {}

    def module(self, path: str) -> Module:
        """The module of a path.

        Raises:
            Unread: see `Module`; or there is none.
        """
        if path not in self._known:
            try:
                self._known[path] = Module(self.tree.by_path[path])
            except KeyError:
                self._known[path] = Unread("is not in the tree")
            except Unread as error:
                self._known[path] = error
        found = self._known[path]
        if isinstance(found, Unread):
            raise found
        return found

    def defining(self, dotted: str) -> str:
        """The name by which the defining module knows what other modules hand on under a dotted name."""
        seen: set[str] = set()
        while dotted not in seen:
            seen.add(dotted)
            owner, _, rest = self._split(dotted)
            first, dot, more = rest.partition(".")
            if not owner or not first or not (source := self._imports(owner).get(first)):
                return dotted
            dotted = f"{source}{dot}{more}"
        return dotted

    def _split(self, dotted: str) -> tuple[str, str, str]:
        owner = dotted
        while owner and owner not in self.tree.modules:
            owner = owner.rpartition(".")[0]
        return owner, ".", dotted[len(owner) + 1 :] if owner else ""

    def _imports(self, module: str) -> Mapping[str, str]:
        if module not in self._bound:
            file = self.tree.modules[module]
            self._bound[module] = absolute_names(parsed(file), file) if "import" in file.text else {}
        return self._bound[module]
