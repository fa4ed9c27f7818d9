"""Template methods: library methods that call back into the first-party class that they run for.

In: the expressions of an entry's `runs`, the receiver and the arguments. Out: their values, with edges to each
method that they reach. What has no such method is passed over in silence: the library's own is then described, or
there is nothing to call.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from functools import cache

from migrator.knowledge import Entry
from migrator.model.annotations import AnnotationsFrame
from migrator.model.frames import Arguments, Place, Values
from migrator.model.index import ClassInfo
from migrator.model.solver import ALL
from migrator.model.values import NOTHING, UNKNOWN, Box, Cls, Const, Gen, Inst, Lib, Mod, Super, Unknown, Value

_DEEPEST = 12
"""Template methods of a library that call one another within one call; descriptions that call in a circle end here."""

_KEYWORD = "keyword_"
"""Begins the name of an argument that is passed by name."""

_BEGINNING = re.compile(
    rf"{_KEYWORD}(?P<keyword>\w+)[.(\[]|kept\(\"(?P<kept>\w+)\"\)|\w+\(argument(?P<position>\d+)\)$"
)

_DATA = frozenset({"__class__", "__dict__", "__name__"})
"""Special names that are no methods."""


@cache
def _begins_with(text: str) -> tuple[str, str, int]:
    """The keyword, the name of something kept, or the position of the one argument that an expression begins with.

    Without it there is nothing to do. The position is -1 for none.
    """
    found = _BEGINNING.match(text)
    return (found["keyword"] or "", found["kept"] or "", int(found["position"] or -1)) if found else ("", "", -1)


@cache
def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


class TemplatesFrame(AnnotationsFrame):
    """Walks the expressions of template methods."""

    template_depth = 0

    def run_templates(self, entry: Entry, receiver: Value | None, arguments: Arguments, place: Place) -> None:
        """Run what a library method calls on its receiver."""
        for text in entry.runs:
            self.template(text, receiver, arguments, place)

    def template(self, text: str, receiver: Value | None, arguments: Arguments, place: Place) -> Values:
        """The values of one expression."""
        if self.template_depth > _DEEPEST:
            return NOTHING
        keyword, kept, position = _begins_with(text)
        if (keyword and keyword not in arguments.keywords) or position >= len(arguments.positional):
            return NOTHING  # nothing is asked of an argument that is not there
        if kept and not self.read(self.solver.cell("kept", kept)):
            return NOTHING
        self.template_depth += 1
        names: dict[str, Values] = {
            "self": frozenset((receiver,)) if receiver is not None else NOTHING,
            "item": _items(receiver),
            "arguments": NOTHING.union(*arguments.positional, *arguments.keywords.values()),
        }
        for position, values in enumerate(arguments.positional):
            names[f"argument{position}"] = values
        for keyword, values in arguments.keywords.items():
            names[f"{_KEYWORD}{keyword}"] = values
        node, self.node = self.node, None
        found = self._walk(_parsed(text), names, place)
        self.node = node
        self.template_depth -= 1
        return found

    def _walk(self, node: ast.expr, names: dict[str, Values], place: Place) -> Values:
        if isinstance(node, ast.Name):
            if node.id in names or node.id.startswith(("argument", _KEYWORD)):
                return names.get(node.id, NOTHING)
            return frozenset((self.universe.lib(node.id),))
        if isinstance(node, ast.Constant):
            return frozenset((self.universe.const(node.value),)) if isinstance(node.value, str) else NOTHING
        if isinstance(node, ast.Attribute):
            return self._members(self._walk(node.value, names, place), node.attr, place)
        if isinstance(node, ast.BoolOp):
            return frozenset(value for option in node.values for value in self._walk(option, names, place))
        if isinstance(node, ast.Subscript):
            return self.item(self._walk(node.value, names, place), self._walk(node.slice, names, place), place)
        if isinstance(node, ast.BinOp):
            left, right = self._walk(node.left, names, place), self._walk(node.right, names, place)
            return self.arithmetic(type(node.op).__name__, left, right, place)
        if isinstance(node, ast.Compare):
            parts = [self._walk(part, names, place) for part in (node.left, *node.comparators)]
            return self.compared([type(operator).__name__ for operator in node.ops], parts, place)
        if isinstance(node, ast.UnaryOp):
            return self.unary(type(node.op).__name__, self._walk(node.operand, names, place), place)
        if not isinstance(node, ast.Call):
            return NOTHING
        given = [self._walk(argument, names, place) for argument in node.args]
        word = _WORDS.get(node.func.id) if isinstance(node.func, ast.Name) else None
        if word is not None:
            return word(self, given, place)
        return self._called(self._walk(node.func, names, place), Arguments(given), place)

    def _members(self, values: Values, attr: str, place: Place) -> Values:
        known = frozenset(value for value in values if not isinstance(value, Unknown))
        if attr.startswith("__") and attr not in _DATA:  # asked of the class, so that no `__getattr__` answers for it
            known = frozenset(
                value
                for value in known
                if not isinstance(value, Inst) or attr in self.resolution_order(value.info).methods
            )
        return self.load(known, attr, place, receiver=True) - {UNKNOWN}

    def _called(self, values: Values, given: Arguments, place: Place) -> Values:
        known = frozenset(
            value
            for value in values
            if not isinstance(value, Const | Unknown | Box | Gen | Mod | Super) and self._is_described(value)
        )
        return self.call(known, given, place) if known else NOTHING

    def _is_described(self, value: Value) -> bool:
        if isinstance(value, Lib):
            return not value.instance and self.described(value.dotted)[0] is not None
        if isinstance(value, Inst):
            return self.find_member(self.resolution_order(value.info), "__call__") is not None
        return True

    # The words of the expressions, each with its arguments

    def _instance_of(self, given: list[Values], place: Place) -> Values:
        """Instances of classes, without their constructors."""
        result: set[Value] = set()
        for value in given[0]:
            if isinstance(value, Cls):
                result.add(self.universe.inst(value.info))
            elif isinstance(value, Lib) and not value.instance and self.knowledge.is_class(value.dotted):
                result.add(self.universe.lib(value.dotted, instance=True))
        return frozenset(result)

    def _each(self, given: list[Values], place: Place) -> Values:
        """The methods whose names begin so."""
        prefix = next((str(value.value) for value in given[1] if isinstance(value, Const)), "")
        found: set[Value] = set()
        for value in given[0]:
            if isinstance(value, Inst):
                names = {
                    name
                    for entry in self.resolution_order(value.info)
                    if isinstance(entry, ClassInfo)
                    for name in entry.methods
                    if name.startswith(prefix)
                }
                for name in sorted(names):
                    found |= self.load(frozenset((value,)), name, place, receiver=True)
        return frozenset(found)

    def _at(self, given: list[Values], place: Place) -> Values:
        """Items of dicts and lists."""
        boxes = frozenset(value for value in given[0] if isinstance(value, Box))
        return self.item(boxes, given[1], place) - {UNKNOWN}

    def _items_of(self, given: list[Values], place: Place) -> Values:
        """What lists among the values hold, and the other values themselves."""
        found = {value for value in given[0] if not isinstance(value, Box | Const)}
        for value in given[0]:
            if isinstance(value, Box):
                found |= self.held(value, ALL)
        return frozenset(found)

    def _named_by(self, given: list[Values], place: Place) -> Values:
        """What dotted names in texts stand for; other values themselves."""
        found: set[Value] = set()
        for value in given[0]:
            if not isinstance(value, Const):
                found.add(value)
            elif isinstance(value.value, str) and "." in value.value:
                module, _, attr = self.index.full_name(value.value).rpartition(".")
                if self.index.is_module(module):
                    found |= self.load_module(module, attr) - {UNKNOWN}
                else:
                    found.add(self.universe.lib(self.knowledge.canonical(value.value)))
        return frozenset(found)

    def _attribute_named(self, given: list[Values], place: Place) -> Values:
        """What values have under dotted names in texts."""
        found: set[Value] = set()
        for name in given[1]:
            if isinstance(name, Const) and isinstance(name.value, str):
                values = given[0]
                for attr in name.value.split("."):
                    values = self.load(values, attr, place, receiver=True)
                found |= values
        return frozenset(found)

    def _entered_by(self, given: list[Values], place: Place) -> Values:
        """What `with value as ...` binds; what the block runs at its ends is run."""
        return self.entered(given[0], place)

    def _all_within(self, given: list[Values], place: Place) -> Values:
        """The values, and what the containers among them hold at any depth."""
        found: set[Value] = set()
        waiting = list(given[0])
        while waiting:
            value = waiting.pop()
            if value not in found:
                found.add(value)
                if isinstance(value, Box):
                    waiting.extend(self.contents(value))
        return frozenset(value for value in found if not isinstance(value, Box | Const | Unknown))

    def _kept_under(self, given: list[Values], place: Place) -> Values:
        """What calls have kept under a name, wherever they stand."""
        cells = [self.solver.cell("kept", name.value) for name in given[0] if isinstance(name, Const)]
        return self.expand(NOTHING.union(*map(self.read, cells)))

    def _setting(self, given: list[Values], place: Place) -> Values:
        """What any module of the tree binds to a name, as settings modules do."""
        found: set[Value] = set()
        for name in (value.value for value in given[0] if isinstance(value, Const)):
            for module in self.index.modules_binding(str(name)):
                outer = self.solver.body(module.body, None)
                found |= self.read(outer.local(str(name)))
        return frozenset(found)

    def _model(self, given: list[Values], place: Place) -> Values:
        """Instances of the models that classes are or texts name."""
        return self.models_named(given[0])

    def _declared(self, given: list[Values], place: Place) -> Values:
        """First-party objects in the class-level names: form fields, nested serializers."""
        found: set[Value] = set()
        for value in given[0]:
            if isinstance(value, Inst):
                for entry in self.resolution_order(value.info):
                    if isinstance(entry, ClassInfo):
                        for name in sorted(self.local_names(entry.body)):
                            if name not in entry.methods:
                                found |= {held for held in self.class_values(entry, name) if isinstance(held, Inst)}
        return frozenset(self.universe.inst(held.info) for held in found if isinstance(held, Inst))


def _items(receiver: Value | None) -> Values:
    return receiver.items if isinstance(receiver, Lib | Inst) else NOTHING


_WORDS: dict[str, Callable[[TemplatesFrame, list[Values], Place], Values]] = {
    "instance": TemplatesFrame._instance_of,
    "each": TemplatesFrame._each,
    "declared": TemplatesFrame._declared,
    "items": TemplatesFrame._items_of,
    "at": TemplatesFrame._at,
    "named": TemplatesFrame._named_by,
    "setting": TemplatesFrame._setting,
    "model": TemplatesFrame._model,
    "attribute": TemplatesFrame._attribute_named,
    "entered": TemplatesFrame._entered_by,
    "within": TemplatesFrame._all_within,
    "kept": TemplatesFrame._kept_under,
}
