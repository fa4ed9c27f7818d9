"""Texts that an expression of the code may spell: prefixes and rules put together of constants.

In: an expression, the function that it stands in, what is known of its parameters. Out: texts, where a part that only
the running program knows is an ellipsis. Names mean what was bound before the place that reads them. Value flow keeps
what a name may be and drops what is made of it; here the making is read.
"""

from __future__ import annotations

import re
import string
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate, pairwise, product

from migrator.facts.expressions import (
    Attribute,
    Binary,
    Call,
    Choice,
    Collection,
    Constant,
    Dictionary,
    Element,
    Expression,
    Name,
    Opaque,
    Subscript,
)
from migrator.facts.records import Bind, How, Import, ParameterKind, Region, RegionKind, ScopeKind, Store
from migrator.model.bindings import ScopeTable, table_of
from migrator.model.evaluation import Evaluation
from migrator.model.frames import Values
from migrator.model.index import ClassInfo, FunctionInfo
from migrator.model.options import line_of
from migrator.model.route_paths import UNKNOWN_PATH
from migrator.model.values import Cls, Const, Inst

_DEEPEST = 16
"""Names of names that are followed."""

_MOST_TEXTS = 24
"""Texts that an expression put together of several parts may have before it is called unknown."""

_ELSE = 3
"""Lines from the end of a branch to the body of the other one: `else:` stands between, perhaps with a comment."""

_UNKNOWN_PARTS = re.compile(f"{UNKNOWN_PATH}+")
_CHANGES = frozenset(
    {"casefold", "lower", "lstrip", "removeprefix", "removesuffix", "replace", "rstrip", "strip", "title", "upper"}
)
_PASSING_ON = frozenset({"chain", "list", "reversed", "sorted", "tuple"})
"""What gives the items of its arguments."""

_TAKES = frozenset({"get", "pop"})


class NeverMade(Exception):
    """A text is put together of None: the code that does it does not run for this caller."""


class Spelling:
    """Reads the texts of one function's expressions.

    Args:
        frames: gives the frame of a function, for what names and attributes are by value flow.
        info: the function.
        given: what its parameters, or other names of it, are known to be.
        rest: what its `**mapping` is known to hold.
        stored: the texts that an attribute of its receiver has, by the name: none where it is None, and None where
            nothing says.
    """

    def __init__(
        self,
        frames: Callable[[FunctionInfo], Evaluation],
        info: FunctionInfo,
        given: Mapping[str, Values] | None = None,
        rest: Mapping[str, Values] | None = None,
        stored: Callable[[str], list[str] | None] = lambda name: None,
    ) -> None:
        self._frames = frames
        self._frame = frames(info)
        self._info = info
        self._given = given or {}
        self._rest = rest or {}
        self._stored = stored
        self._table: ScopeTable | None = None
        self._lines: list[int] | None = None

    def texts(self, expression: Expression, line: int) -> list[str]:
        """The texts that an expression may be, sorted; none where it is no text, or nothing of it is known.

        Args:
            line: of the place that reads it.

        Raises:
            NeverMade: the code that makes the text does not run for this caller.
        """
        found = set(self._spelled(expression, self._step_at(line), 0))
        if UNKNOWN_PATH in found:
            found -= {text for text in found if text != UNKNOWN_PATH and text.strip("/") == UNKNOWN_PATH}
        return [] if found <= {UNKNOWN_PATH} else sorted(found)

    def _spelled(self, expression: Expression, at: int, depth: int) -> list[str]:
        """The texts of an expression before a step; an ellipsis where something else may be meant too."""
        if depth > _DEEPEST:
            return []
        match expression:
            case Constant(value=str(text)):
                return [text]
            case Constant():
                return []
            case Binary(operator="Add", left=left, right=right):
                if any(isinstance(part, Attribute) and self._own_attribute(part) == [] for part in (left, right)):
                    raise NeverMade
                return self._together((left, right), at, depth)
            case Opaque(kind="text", parts=parts):
                return self._together(parts, at, depth)
            case Opaque(kind="str", parts=(inner,)):
                return self._spelled(inner, at, depth + 1)
            case Choice(options=options, tests=tests, all_of=all_of):
                return self._chosen(options[-1:] if all_of else options, bool(tests), at, depth)
            case Call(func=Attribute() as method):
                return self._of_method(expression, method, at, depth)
            case Name(id=name):
                return self._named(name, expression, at, depth)
            case Attribute():
                return self._attribute(expression)
            case Element(value=value):
                return self._of_items(value, None, at, depth, expression)
            case Subscript(value=Element(value=value), key=Constant(value=int(position))):
                return self._of_items(value, position, at, depth, expression)
            case _:
                return self._flowing(expression)

    # Parts

    def _together(self, parts: Iterable[Expression], at: int, depth: int) -> list[str]:
        spelled = [self._part(part, at, depth + 1) for part in parts]
        if not any(set(found) - {UNKNOWN_PATH} for found in spelled):
            return []
        choices = product(*([*found] or [UNKNOWN_PATH] for found in spelled))
        # One part that is not known looks like two of them.
        texts = {_UNKNOWN_PARTS.sub(UNKNOWN_PATH, "".join(choice)) for choice in choices}
        return sorted(texts) if len(texts) <= _MOST_TEXTS else []

    def _part(self, expression: Expression, at: int, depth: int) -> list[str]:
        """As `_spelled`, with numbers as they stand in a text."""
        if isinstance(expression, Constant) and isinstance(expression.value, int):
            return [str(expression.value)]
        spelled = self._spelled(expression, at, depth)
        if not isinstance(expression, Name) or set(spelled) - {UNKNOWN_PATH}:
            return spelled
        if expression.id in self._given:
            numbers: list[object] = [item.value for item in self._given[expression.id] if isinstance(item, Const)]
        else:
            bound = [value for _, value, _ in self._bindings(expression.id, at)]
            numbers = [value.value for value in bound if isinstance(value, Constant)]
        plain = [str(number) for number in numbers if isinstance(number, int) and not isinstance(number, bool)]
        return sorted(plain) or spelled

    def _chosen(self, options: tuple[Expression, ...], by_test: bool, at: int, depth: int) -> list[str]:
        found: dict[str, None] = {}
        for position, option in enumerate(options):
            if isinstance(option, Constant) and not isinstance(option.value, str):
                continue
            texts = self._spelled(option, at, depth + 1) or [UNKNOWN_PATH]
            # Of `a or b`, an empty text is not taken.
            kept = texts if by_test or position == len(options) - 1 else [text for text in texts if text]
            found.update(dict.fromkeys(kept))
        return [*found]

    def _of_method(self, call: Call, method: Attribute, at: int, depth: int) -> list[str]:
        owner, name = method.value, method.attr
        if name in _TAKES and isinstance(owner, Name) and owner.id == _mapping(self._info):
            return self._taken(call, at, depth)
        if name == "format":
            return self._formatted(call, owner, at, depth)
        given = [item.value for item in call.arguments if isinstance(item, Constant) and isinstance(item.value, str)]
        if name in _CHANGES and len(given) == len(call.arguments) and not call.keywords:
            return [getattr(text, name)(*given) for text in self._spelled(owner, at, depth + 1)]
        if name == "join" and len(call.arguments) == 1 and isinstance(call.arguments[0], Collection):
            parts = call.arguments[0].items
            between = [part for item in parts for part in (owner, item)][1:]
            return self._together(between, at, depth) if between else []
        return self._flowing(call)

    def _taken(self, call: Call, at: int, depth: int) -> list[str]:
        """`options.pop("prefix", "/default")` of the function's own `**options`."""
        key = call.arguments[0].value if call.arguments and isinstance(call.arguments[0], Constant) else None
        if isinstance(key, str) and key in self._rest:
            return texts_in(self._rest[key])
        return self._spelled(call.arguments[1], at, depth + 1) if len(call.arguments) > 1 else []

    def _formatted(self, call: Call, template: Expression, at: int, depth: int) -> list[str]:
        if not isinstance(template, Constant) or not isinstance(template.value, str):
            return []
        keywords = dict(call.keywords)
        parts: list[Expression] = []
        try:
            for position, (before, field, _, _) in enumerate(string.Formatter().parse(template.value)):
                parts.append(Constant(before))
                if field is None:
                    continue
                place = int(field) if field.isdigit() else position if not field else -1
                named = call.arguments[place] if 0 <= place < len(call.arguments) else keywords.get(field)
                parts.append(named if named is not None else Opaque("other", ()))
        except ValueError:
            return []
        return self._together(parts, at, depth)

    # Names

    def _named(self, name: str, node: Name, at: int, depth: int) -> list[str]:
        if name in self._given:
            return texts_in(self._given[name])
        scope = self._info.scope
        if any(each.name == name for each in scope.parameters):
            return self._flowing(node)
        if name not in self._binding.binding:
            outer = self._of_module(self._info.module.body) if scope.kind is not ScopeKind.MODULE else None
            return outer._at_end(name, node, depth + 1) if outer is not None else self._flowing(node)
        found: dict[str, None] = {}
        for index in self._reaching(name, at):
            step = scope.steps[index]
            if isinstance(step, Import):
                outer = self._imported(step)
                found.update(dict.fromkeys(outer._at_end(step.attribute, node, depth + 1) if outer else ()))
                continue
            if not isinstance(step, Bind) or step.value is None:
                return self._flowing(node)
            if step.how is How.AUGMENT:
                texts = self._together((Name(name, step.line, step.column), step.value), index, depth + 1)
            else:
                texts = self._spelled(step.value, index, depth + 1)
            if not texts and isinstance(step.value, Constant) and step.value.value is None:
                continue
            found.update(dict.fromkeys(texts or [UNKNOWN_PATH]))
        return [*found] or self._flowing(node)

    def _at_end(self, name: str, node: Name, depth: int) -> list[str]:
        """What a name stands for at the end of this scope."""
        if depth > _DEEPEST or name not in self._binding.binding:
            return self._flowing(Name(name, node.line, node.column))
        return self._named(name, Name(name, node.line, node.column), len(self._info.scope.steps), depth)

    def _imported(self, step: Import) -> Spelling | None:
        """The module that a name is imported from, of the analyzed code."""
        module = self._info.module
        source = self._frame.index.modules.get(module.absolute(step)) if step.attribute else None
        return self._of_module(source.body) if source is not None else None

    def _of_module(self, body: FunctionInfo) -> Spelling:
        return Spelling(self._frames, body)

    def _reaching(self, name: str, at: int) -> list[int]:
        """The bindings that a use may see, the last first; none of the other branch, or above two that both bind.

        Args:
            at: the step of the use, or the number of all steps for the end of the scope.
        """
        ended = at >= len(self._info.scope.steps)
        steps = self._binding.reaching(name, None if ended else at)[0]
        use = None if ended else self._branch_of(at)
        branches = {index: self._branch_of(index) for index in steps}
        steps = [index for index in steps if not (use is not None and _is_other(branches[index], use))]
        for position, (last, before) in enumerate(pairwise(steps)):
            if (other := branches[last]) is not None and _is_other(branches[before], other):
                return steps[: position + 2]
        return steps

    def _branch_of(self, index: int) -> Region | None:
        """The innermost branch that a step stands in."""
        scope = self._info.scope
        line = line_of(scope.steps[index])
        around = [
            region
            for region in scope.regions
            if region.kind is RegionKind.BRANCH and region.body_line <= line <= region.end_line
        ]
        return max(around, key=lambda region: region.body_line, default=None)

    def _of_items(self, value: Expression, position: int | None, at: int, depth: int, whole: Expression) -> list[str]:
        """What a loop variable may be, for a loop over a display; for others what value flow says."""
        items = list(self._items(value, at, depth))
        if not items:
            return self._flowing(whole)
        found: dict[str, None] = {}
        for item in items:
            if position is None:
                part: Expression | None = item
            elif isinstance(item, Collection) and position < len(item.items):
                part = item.items[position]
            else:
                part = None
            texts = self._spelled(part, at, depth + 1) if part is not None else []
            found.update(dict.fromkeys(texts or [UNKNOWN_PATH]))
        return [*found]

    def _items(self, value: Expression, at: int, depth: int) -> Iterator[Expression]:
        """The items of a display, of the name of one, or of the pairs of a dict's."""
        if depth > _DEEPEST:
            return
        match value:
            case Collection(items=items):
                yield from items
            case Name(id=name) if name not in self._given:
                for reader, held, index in self._bindings(name, at):
                    yield from reader._items(held, index, depth + 1)
            case Subscript(value=Element(value=inner), key=Constant(value=int(position))):
                for item in self._items(inner, at, depth + 1):
                    if isinstance(item, Collection) and position < len(item.items):
                        yield from self._items(item.items[position], at, depth + 1)
            case Call(func=Attribute(value=inner, attr="items"), arguments=()):
                for pair in self._pairs(inner, at, depth + 1):
                    yield Collection("tuple", pair, 0, 0)
            case Call(func=func, arguments=arguments) if last_name(func) in _PASSING_ON:
                for argument in arguments:
                    yield from self._items(argument, at, depth + 1)
            case _:
                pass

    def _pairs(self, value: Expression, at: int, depth: int) -> Iterator[tuple[Expression, Expression]]:
        match value:
            case Dictionary(pairs=pairs):
                yield from ((key, held) for key, held in pairs if key is not None)
            case Name(id=name) if depth <= _DEEPEST:
                for reader, held, index in self._bindings(name, at):
                    yield from reader._pairs(held, index, depth + 1)
            case _:
                pass

    def _bindings(self, name: str, at: int) -> Iterator[tuple[Spelling, Expression, int]]:
        """What a name is bound to, here or where it comes from: who reads it, the expression, its step."""
        if name not in self._binding.binding:
            return
        for index in self._reaching(name, at):
            step = self._info.scope.steps[index]
            if isinstance(step, Bind) and step.value is not None:
                yield self, step.value, index
            elif isinstance(step, Import) and (outer := self._imported(step)) is not None:
                yield from outer._bindings(step.attribute, len(outer._info.scope.steps))

    # Attributes, and what value flow says

    def _attribute(self, node: Attribute) -> list[str]:
        stored = self._own_attribute(node)
        if stored is not None:
            return stored
        found = self._flowing(node)
        if found:
            return found
        owners = [value.info for value in self._frame.evaluate(node.value) if isinstance(value, Inst | Cls)]
        return sorted({text for owner in owners for text in stored_texts(owner, node.attr)})

    def _own_attribute(self, node: Attribute) -> list[str] | None:
        parameters = self._info.scope.parameters
        receiver = parameters[0].name if self._info.owner is not None and parameters else ""
        return self._stored(node.attr) if isinstance(node.value, Name) and node.value.id == receiver else None

    def _flowing(self, expression: Expression) -> list[str]:
        return texts_in(self._frame.evaluate(expression))

    @property
    def _binding(self) -> ScopeTable:
        if self._table is None:
            self._table = table_of(self._info.scope)
        return self._table

    def _step_at(self, line: int) -> int:
        """The last step that begins on a line or above it."""
        if self._lines is None:
            self._lines = [*accumulate(map(line_of, self._info.scope.steps), max)]
        return max(0, bisect_right(self._lines, line) - 1)


def stored_texts(owner: ClassInfo, attribute: str) -> list[str]:
    """The constant texts that methods of a class set an attribute to; an ellipsis for anything else but None."""
    found: dict[str, None] = {}
    for method in owner.methods.values():
        for step in stores_of(method, attribute):
            constant = step.value.value if isinstance(step.value, Constant) else UNKNOWN_PATH
            found.update({constant: None} if isinstance(constant, str) else {})
    return [*found]


def stores_of(method: FunctionInfo, attribute: str) -> list[Store]:
    """The steps of a method that set an attribute."""
    return [
        step
        for step in method.scope.steps
        if isinstance(step, Store) and isinstance(step.target, Attribute) and step.target.attr == attribute
    ]


def last_name(expression: Expression) -> str:
    """The last part of a dotted name, or an empty text."""
    if isinstance(expression, Attribute):
        return expression.attr
    return expression.id if isinstance(expression, Name) else ""


def texts_in(values: Values) -> list[str]:
    """The constant strings among values, sorted."""
    return sorted({value.value for value in values if isinstance(value, Const) and isinstance(value.value, str)})


def _is_other(branch: Region | None, other: Region) -> bool:
    """Whether the second branch is the one that is taken where the test of the first one fails."""
    if branch is None or branch.head is None or other.head is not None:
        return False
    return branch.end_line < other.body_line <= branch.end_line + _ELSE


def _mapping(info: FunctionInfo) -> str:
    return next((each.name for each in info.scope.parameters if each.kind is ParameterKind.MAPPING), "")
