"""Takes units, imports and registrations out of one file, and proves that the rest is as it was.

In: the bytes of a file, its units, those that go, the registrations in it. Out: the new bytes. Edits go by the offsets
of libcst's nodes in the person's text; nothing is written anew.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet

import libcst as cst

from migrator.artifacts.removal.spans import Cut, alias_cuts, emptied, part_cut, statement_cut, with_blank_lines
from migrator.artifacts.seam.reading import Parsed
from migrator.artifacts.seam.sites import nodes
from migrator.plan.looking.parsed import parsed_text
from migrator.plan.removal.values import Registered, Shape
from migrator.plan.slicing.nodes import branches, unit_nodes
from migrator.plan.slicing.syntax import ModuleSyntax, Unit, UnitKind


class Uncut(Exception):
    """Something cannot be taken out of a file without touching something else; the message says what."""


def cuts_of(
    parsed: Parsed, syntax: ModuleSyntax, going: AbstractSet[Unit], registered: Iterable[Registered]
) -> tuple[Cut, ...]:
    """The text that goes.

    Raises:
        Uncut: the file's statements cannot be told apart, or one shares its line.
    """
    found = tuple(unit_nodes(parsed.module.body))
    if len(found) != len(syntax.units):
        raise Uncut("its statements cannot be told apart")
    cut = _Cutter(parsed, {id(found[unit.index]): unit for unit in going})
    cuts = list(cut.block(parsed.module.body, of_module=True))
    cuts += [_registration(parsed, each) for each in registered if not _inside(syntax, going, each)]
    return with_blank_lines(parsed, cuts)


def _inside(syntax: ModuleSyntax, going: AbstractSet[Unit], each: Registered) -> bool:
    return any(
        unit.location.line <= each.location.line and each.location.end_line <= unit.location.end_line
        for unit in going
        if unit.kind is not UnitKind.IMPORT and unit.location.path == syntax.file.path
    )


class _Cutter:
    def __init__(self, parsed: Parsed, going: dict[int, Unit]) -> None:
        self._parsed, self._going = parsed, going

    def block(self, body: Sequence[cst.CSTNode], *, of_module: bool = False) -> Iterator[Cut]:
        """The cuts in a body that keeps something, or gets a `pass`."""
        whole = [statement for statement in body if self._goes(statement)]
        last = whole[-1] if len(whole) == len(body) and not of_module else None
        for statement in body:
            if statement is last:
                yield emptied(self._parsed, statement)
            elif any(statement is each for each in whole):
                yield self._statement(statement)
            else:
                yield from self._within(statement)

    def _goes(self, statement: cst.CSTNode) -> bool:
        match statement:
            case cst.SimpleStatementLine(body=[cst.Import() | cst.ImportFrom() as only]):
                names = [only.names] if isinstance(only.names, cst.ImportStar) else only.names
                return all(id(name) in self._going for name in names)
            case cst.If() if id(statement) not in self._going:
                found = list(branches(statement))
                return (
                    all(isinstance(branch.body, cst.IndentedBlock) for branch in found)
                    and all(self._goes(inner) for branch in found for inner in branch.body.body)
                    and not any(isinstance(branch, cst.If) and _acts(branch.test) for branch in found)
                )
            case _:
                return id(statement) in self._going

    def _statement(self, statement: cst.CSTNode) -> Cut:
        unit = self._going.get(id(statement))
        commented = unit is not None and unit.kind in (UnitKind.FUNCTION, UnitKind.CLASS)
        if unit is not None and unit.kind is UnitKind.ASSIGNMENT:
            # A comment above several assignments is about them all.
            behind = self._parsed.next_line(self._parsed.span(statement)[1])
            commented = behind is None or not self._parsed.line_text(behind).strip()
        return statement_cut(self._parsed, statement, commented=commented)

    def _within(self, statement: cst.CSTNode) -> Iterator[Cut]:
        match statement:
            case cst.SimpleStatementLine(body=[cst.Import() | cst.ImportFrom() as only]):
                if not isinstance(only.names, cst.ImportStar):
                    yield from alias_cuts(
                        self._parsed, only.names, [name for name in only.names if id(name) in self._going]
                    )
            case cst.If() if id(statement) not in self._going:
                for branch in branches(statement):
                    if isinstance(branch.body, cst.IndentedBlock):
                        yield from self.block(branch.body.body)


def _acts(test: cst.BaseExpression) -> bool:
    waiting: list[cst.CSTNode] = [test]
    while waiting:
        node = waiting.pop()
        if isinstance(node, cst.Call):
            return True
        waiting.extend(node.children)
    return False


def _registration(parsed: Parsed, each: Registered) -> Cut:
    start = parsed.offset(each.location.line, each.location.column)
    end = parsed.offset(each.location.end_line, each.end_column)
    if each.shape is not Shape.STATEMENT:
        _keep_tuple(parsed, start, end)
        return part_cut(parsed, start, end)
    for block in nodes(parsed.module, cst.IndentedBlock):
        for statement in block.body:
            if parsed.span(statement)[0] == start:
                alone = len(block.body) == 1
                return emptied(parsed, statement) if alone else statement_cut(parsed, statement, commented=False)
    raise Uncut(f"the registration in line {each.location.line} cannot be told apart")


def _keep_tuple(parsed: Parsed, start: int, end: int) -> None:
    """Refuse to make `(a)` of `(a, b)`."""
    for node in nodes(parsed.module, cst.Tuple):
        inside = parsed.span(node)[0] <= start and end <= parsed.span(node)[1]
        if inside and len(node.elements) == 2 and any(parsed.span(each.value)[0] == start for each in node.elements):
            raise Uncut(f"line {parsed.line(start)} would leave a tuple of one")


def prove(after: str, syntax: ModuleSyntax, going: AbstractSet[Unit], edited: AbstractSet[Unit]) -> None:
    """Check that a file has lost what goes and nothing else.

    Args:
        edited: units in which something else is meant to differ.

    Raises:
        Uncut: it has.
    """
    module = parsed_text(after)
    if not module.body and after.strip(" \t\r\n\f"):
        _require_comments(after)
    kept: defaultdict[str, int] = defaultdict(int)
    for unit in syntax.units:
        if unit not in going and unit not in edited and unit.kind is not UnitKind.IMPORT:
            for node in unit.nodes:
                kept[ast.dump(node)] += 1
    for node in ast.walk(module):
        if isinstance(node, ast.stmt):
            told = ast.dump(node)
            if kept.get(told):
                kept[told] -= 1
    if any(kept.values()):
        raise Uncut("something else would be lost from it")


def _require_comments(text: str) -> None:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError) as error:
        raise Uncut(f"what is left of it would not be Python: {error}") from error
