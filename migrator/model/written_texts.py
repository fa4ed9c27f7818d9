"""The texts that calls are given: rules, prefixes.

In: a call of a library that a plug-in has asked for, and which argument. Out: the texts that it may be, by value flow
where it is a constant, else as the expression spells them; an ellipsis where only the running program knows. A call in
a loop over a table is taken apart into one for each row, so that what stands in one row stays together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from migrator.facts.expressions import Constant, Element, Expression, Name, Starred, Subscript
from migrator.facts.records import Bind, ParameterKind, Region, RegionKind, Scope
from migrator.model.evaluation import Evaluation
from migrator.model.frames import LibraryCall, Tables, Values
from migrator.model.index import FunctionInfo
from migrator.model.route_paths import UNKNOWN_PATH
from migrator.model.solver import ANYWHERE, under
from migrator.model.spelling import NeverMade, Spelling, texts_in
from migrator.model.values import NOTHING, Box, Const, Lib, Param, Unknown, Value

_MOST_ROWS = 1000


class WrittenTexts:
    """Reads the arguments of calls."""

    def __init__(self, tables: Tables, frame: Callable[[FunctionInfo], Evaluation]) -> None:
        self._tables = tables
        self._frame = frame
        self._spellings: dict[FunctionInfo, Spelling] = {}

    def of(self, call: LibraryCall, position: int, keyword: str = "") -> list[str]:
        """The texts of an argument, sorted; none where it is not given, or None."""
        values = call.argument(position, keyword)
        expression = self._written(call, position, keyword)
        if expression is None:
            values |= self._of_mappings(call, keyword)
        elif not isinstance(expression, Constant):
            spelling = self._spelling(call.body.info)
            try:
                spelled = spelling.texts(expression, call.location.line)
            except NeverMade:
                spelled = []
            if spelled:
                return spelled
        found = texts_in(values)
        if found or (expression is None and not values):
            return found
        none = isinstance(expression, Constant) or any(
            isinstance(item, Const) and item.value is None for item in values
        )
        return [] if none else [UNKNOWN_PATH]

    def taken_apart(self, call: LibraryCall) -> list[LibraryCall]:
        """A call with the texts that its arguments spell, one for each row of a table that a loop goes through."""
        node = call.node
        if node is None or call.site is not None or len(node.arguments) != len(call.arguments):
            return [call]
        return self.rows(call) or [self._row(call, {})]

    def rows(self, call: LibraryCall) -> list[LibraryCall]:
        """One call for each row of a table that a loop around it goes through; none where there is no such loop."""
        node = call.node
        if node is None or call.site is not None:
            return []
        written = [*node.arguments, *(value for _, value in node.keywords)]
        if any(isinstance(item, Starred) for item in written) or len(node.arguments) != len(call.arguments):
            return []
        for table, names in self._loops_around(call):
            used = {each.id for each in written if isinstance(each, Name)} & names.keys()
            if used:
                rows = [*self._rows(call.body.info, table, names)]
                return [self._row(call, row) for row in rows] if 0 < len(rows) <= _MOST_ROWS else []
        return []

    def _loops_around(self, call: LibraryCall) -> Iterator[tuple[Expression, dict[str, int | None]]]:
        """What the loops around a call go through, the innermost first, and the places of their variables in a row."""
        scope, line = call.body.info.scope, call.location.line
        loops = [
            each for each in scope.regions if each.kind is RegionKind.LOOP and each.body_line <= line <= each.end_line
        ]
        for loop in sorted(loops, key=lambda region: -region.line):
            tables: dict[Expression, dict[str, int | None]] = {}
            for step in scope.steps:
                if isinstance(step, Bind) and step.line == loop.line:
                    match step.value:
                        case Element(value=table):
                            tables.setdefault(table, {})[step.name] = None
                        case Subscript(value=Element(value=table), key=Constant(value=int(place))):
                            tables.setdefault(table, {})[step.name] = place
                        case _:
                            pass
            for table, names in tables.items():
                yield (
                    table,
                    {name: place for name, place in names.items() if not self._bound_again(name, loop, line, scope)},
                )

    @staticmethod
    def _bound_again(name: str, loop: Region, line: int, scope: Scope) -> bool:
        return any(
            isinstance(step, Bind)
            and step.name == name
            and loop.body_line <= step.line <= line
            and step.line != loop.line
            for step in scope.steps
        )

    def _rows(self, info: FunctionInfo, table: Expression, names: dict[str, int | None]) -> Iterator[dict[str, Values]]:
        frame = self._frame(info)
        items = frame.evaluate(Element(table, 0, 0))
        single = next((name for name, place in names.items() if place is None), None)
        for value in self._expanded(items):
            if single is not None and not isinstance(value, Const | Unknown) and not _is_text(value):
                yield {single: frozenset((value,))}
            elif isinstance(value, Box) and value.kind in ("tuple", "list"):
                yield {name: self._held(value, place) for name, place in names.items() if place is not None}

    def _row(self, call: LibraryCall, row: dict[str, Values]) -> LibraryCall:
        """The call with what a row has in the place of the loop's variables."""
        node = call.node
        assert node is not None
        spelling = Spelling(self._frame, call.body.info, row)

        def given(expression: Expression, values: Values) -> Values:
            if isinstance(expression, Name) and expression.id in row and not _is_any_text(row[expression.id]):
                return row[expression.id]
            if isinstance(expression, Constant) or not all(map(_is_text, values)):
                return values
            texts = spelling.texts(expression, call.location.line)
            if not texts or any(UNKNOWN_PATH in text for text in texts):
                texts = self._spelling(call.body.info).texts(expression, call.location.line) or texts
            return frozenset(self._tables.universe.const(text) for text in texts) or values

        return replace(
            call,
            arguments=[given(each, values) for each, values in zip(node.arguments, call.arguments, strict=True)],
            keywords={
                **call.keywords,
                **{name: given(each, call.keywords.get(name, NOTHING)) for name, each in node.keywords if name},
            },
            site=call,
        )

    def _written(self, call: LibraryCall, position: int, keyword: str) -> Expression | None:
        """The expression of an argument, where the call is as it is written."""
        if call.node is None or call.site is not None:
            return None
        for name, expression in call.node.keywords:
            if keyword and name == keyword:
                return expression
        if not 0 <= position < len(call.arguments) or len(call.node.arguments) != len(call.arguments):
            return None
        expression = call.node.arguments[position]
        return None if isinstance(expression, Starred) else expression

    def _of_mappings(self, call: LibraryCall, keyword: str) -> Values:
        """What `**options` of a call gives for a keyword."""
        if call.node is None or not keyword or keyword in call.keywords:
            return NOTHING
        found: set[Value] = set()
        own = {each.name for each in call.body.info.scope.parameters if each.kind is ParameterKind.MAPPING}
        for name, expression in call.node.keywords:
            if name is None and not (isinstance(expression, Name) and expression.id in own):
                for value in self._frame(call.body.info).evaluate(expression):
                    if isinstance(value, Box) and value.kind == "dict":
                        found |= self._held(value, keyword)
        return frozenset(found)

    def _held(self, box: Box, place: int | str) -> Values:
        held = self._tables.solver.contents(box)
        return NOTHING.union(*(each[key].values for each in held for key in (under(place), ANYWHERE)))

    def _expanded(self, values: Iterable[Value]) -> list[Value]:
        """The values in a fixed order, those of a parameter in its place."""
        found: dict[Value, None] = {}
        waiting = sorted(values, key=lambda value: value.serial)
        seen: set[Value] = set()
        while waiting:
            value = waiting.pop(0)
            if isinstance(value, Param) and value not in seen:
                seen.add(value)
                passed = self._tables.solver.cell("argument", value.info, value.index).values
                waiting.extend(sorted(passed, key=lambda item: item.serial))
            elif not isinstance(value, Param):
                found[value] = None
        return [*found]

    def _spelling(self, info: FunctionInfo) -> Spelling:
        found = self._spellings.get(info)
        if found is None:
            found = self._spellings[info] = Spelling(self._frame, info)
        return found


def _is_any_text(values: Values) -> bool:
    """Whether no more is known than that it is a text."""
    return bool(values) and all(isinstance(value, Lib) and _is_text(value) for value in values)


def _is_text(value: Value) -> bool:
    """Whether a value is a text, or may be one."""
    if isinstance(value, Const):
        return isinstance(value.value, str)
    return isinstance(value, Unknown) or (isinstance(value, Lib) and value.instance and value.dotted == "builtins.str")
