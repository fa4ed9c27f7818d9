"""Expressions: what evaluating each form gives and does.

In: an expression of the facts. Out: its values; notes of calls that could not be followed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from migrator.facts.expressions import (
    Attribute,
    Await,
    Binary,
    Call,
    Choice,
    Collection,
    Comparison,
    Comprehension,
    Constant,
    Dictionary,
    Element,
    Entered,
    Expression,
    Function,
    Instance,
    Name,
    Opaque,
    Starred,
    Subscript,
    Unary,
    Yield,
)
from migrator.facts.records import Step
from migrator.knowledge import Asked
from migrator.model.frames import Arguments, Place, Values
from migrator.model.language_calls import LanguageCallsFrame
from migrator.model.narrowing import Said, is_bound_between, said_of_options
from migrator.model.options import what_runs
from migrator.model.protocols import place_of
from migrator.model.values import NOTHING, UNKNOWN, Inst, Lib, Value

DATA_METHODS = frozenset(
    [
        "append",
        "capitalize",
        "casefold",
        "count",
        "decode",
        "encode",
        "endswith",
        "extend",
        "format",
        "hexdigest",
        "isalnum",
        "isalpha",
        "isascii",
        "isdigit",
        "isdecimal",
        "isidentifier",
        "islower",
        "isnumeric",
        "isoformat",
        "isspace",
        "isupper",
        "items",
        "join",
        "keys",
        "ljust",
        "lower",
        "lstrip",
        "partition",
        "removeprefix",
        "removesuffix",
        "rfind",
        "rjust",
        "rpartition",
        "rsplit",
        "rstrip",
        "setdefault",
        "sort",
        "split",
        "splitlines",
        "startswith",
        "strftime",
        "strip",
        "swapcase",
        "title",
        "total_seconds",
        "translate",
        "upper",
        "utcoffset",
        "values",
        "weekday",
        "isoweekday",
        "zfill",
    ]
)
"""Methods that only plain data has (text, lists, dicts, dates): a call of one on a value that is not followed is
taken for harmless, and said so. Names that clients and sessions share (`get`, `update`, `send`) are not here."""

_DATA_RULE = "the method is one that only plain data has"


class ExpressionsFrame(LanguageCallsFrame):
    """Evaluates expressions.

    Attributes:
        said: tests around what is evaluated, within its own expression, that speak of a name's type.
    """

    said: Sequence[Said] = ()

    def evaluate(self, expression: Expression) -> Values:
        """The values of an expression, with everything that evaluating it does."""
        return _EXPRESSIONS[type(expression)](self, expression)

    def evaluate_receiver(self, expression: Expression) -> Values:
        """The values of an expression that is only called, or changed in place."""
        if type(expression) is Name:
            values = self.load_name(expression.id, expression.line, expression.column, receiver=True)
            if self.narrowed or self.said:
                values = self._narrow(values, expression)
            return self.read_objects(values, expression)
        if type(expression) is Attribute:
            place = Place(expression.line, expression.column, expression.attr)
            return self.load(self.evaluate_receiver(expression.value), expression.attr, place, receiver=True)
        return self.evaluate(expression)

    def _narrow(self, values: Values, name: Name) -> Values:
        """The values of a name that fit what a test has said of it."""
        for narrowing in self.narrowed.get(name.id, ()):
            if name.line in narrowing.lines:
                values = self.fitting_types(values, self._types(narrowing.type))
        for said in self.said:
            if said.name.id == name.id and not is_bound_between(self.info, said, name, self._read_now()):
                values = self.fitting_types(values, self._types(said.type))
        return values

    def _read_now(self) -> Step | None:
        number = self.step.bit_length() - 2  # step 0 are the parameters
        return self.info.scope.steps[number] if 0 <= number < len(self.info.scope.steps) else None

    def _types(self, expression: Expression) -> Values:
        if isinstance(expression, Collection):
            return frozenset(value for item in expression.items for value in self._types(item))
        if isinstance(expression, Name | Attribute):
            return self.evaluate_receiver(expression)
        return frozenset((UNKNOWN,))

    def _name(self, node: Name) -> Values:
        values = self.evaluate_receiver(node)
        self.note_reads_of(values, node.line, node.column)
        return values

    def _attribute(self, node: Attribute) -> Values:
        values = self.load(self.evaluate_receiver(node.value), node.attr, Place(node.line, node.column, node.attr))
        self.note_reads_of(values, node.line, node.column)
        return values

    def _call(self, node: Call) -> Values:
        arguments = Arguments(node=node)
        for argument in node.arguments:
            if type(argument) is Starred:
                spread = self.evaluate(argument.value)
                self.elements(frozenset(value for value in spread if type(value) is Inst), place_of(argument.value))
                arguments.spread |= spread
            else:
                arguments.positional.append(self.evaluate(argument))
        for name, argument in node.keywords:
            if name is None:
                spread = self.evaluate(argument)
                for methods in _MAPPING:
                    self.answers(spread, methods, NOTHING, argument)
                arguments.spread |= spread
            else:
                arguments.keywords[name] = self.evaluate(argument)
        place = Place(node.line, node.column, node.func)
        callee = self.evaluate_receiver(node.func)
        self.node = node
        result = self.call(callee, arguments, place)
        self.node = None
        return result

    def unfollowed(self, place: Place, reason: str) -> None:
        _, dot, method = place.text.rpartition(".")
        self.note_unresolved(place, reason, _DATA_RULE if dot and method in DATA_METHODS else "")

    def _constant(self, node: Constant) -> Values:
        return frozenset((self.universe.const(node.value),))

    def _display(self, node: Collection | Dictionary) -> Values:
        return self.make_box(node)

    def _subscript(self, node: Subscript) -> Values:
        return self.subscript(self.evaluate_receiver(node.value), node)

    def subscript(self, values: Values, node: Subscript) -> Values:
        """What `values[key]` gives."""
        place = Place(node.line, node.column, node.value)
        if type(node.key) is Opaque and node.key.kind == "slice":
            return self.sliced(values, node.key, place)
        return self.item(values, self.evaluate(node.key), place)

    def _function(self, node: Function) -> Values:
        return frozenset((self.function_value(self.module.functions[node.scope]),))

    def _comprehension(self, node: Comprehension) -> Values:
        items = NOTHING.union(*[self.evaluate(element) for element in node.elements])
        kind = "list" if node.kind == "generator" else node.kind
        box = self.box_at(f"{self.module.name}:{node.line}:{node.column}{self.copy}:{kind}{self.inheritor}", kind)
        self.put(box, None, self.universe.generalized(items))
        return frozenset((box,))

    def _binary(self, node: Binary) -> Values:
        left, right = self.evaluate(node.left), self.evaluate(node.right)
        return self.arithmetic(node.operator, left, right, Place(node.line, node.column, node))

    def _comparison(self, node: Comparison) -> Values:
        place = Place(node.line, node.column, node)
        return self._truth_value() | self.compared(node.operators, [self.evaluate(part) for part in node.parts], place)

    def _unary(self, node: Unary) -> Values:
        values = self.evaluate(node.value)
        if node.operator != "Not":
            return self.unary(node.operator, values, node.value)
        self.ask(values, Asked.TRUTH, node.value)
        return self._truth_value()

    def _truth_value(self) -> Values:
        return frozenset((self.universe.lib("builtins.bool", instance=True),))

    def _choice(self, node: Choice) -> Values:
        if self.info.constants:
            node = what_runs(node, self.info)
        for test in node.tests:
            self.ask(self.evaluate(test), Asked.TRUTH, test)
        result: set[Value] = set()
        last = len(node.options) - 1
        outer, known = self.said, said_of_options(node)
        for position, option in enumerate(node.options):
            if known is not None:
                self.said = [*outer, *known[position]]
            values = self.evaluate(option)
            self.said = outer
            if position < last and not node.tests:
                self.ask(values, Asked.TRUTH, option)
            result |= values
        return frozenset(result)

    def _await(self, node: Await) -> Values:
        values = self.evaluate(node.value)
        result: set[Value] = set()
        for value in values:
            entry = self.described(f"{value.dotted}.__await__")[0] if type(value) is Lib and value.instance else None
            if entry is not None and "@" in entry.returns:
                result |= self.typed_result(entry, value, Arguments(), entry.name, Place(1, 1, node.value))
            else:
                result.add(value)
        return frozenset(result) | self.answers(values, ("__await__",), None, node.value)

    def _starred(self, node: Starred) -> Values:
        return self.evaluate(node.value)

    def _yield(self, node: Yield) -> Values:
        if node.value is not None:
            values = self.evaluate(node.value)
            if node.whole:
                values = self.elements(values, Place(node.line, node.column, "yield from"))
            self.solver.join(self.body.yielded, self.universe.all_unspecific(values))
        return frozenset((UNKNOWN,))

    def _element(self, node: Element) -> Values:
        values = self.evaluate_receiver(node.value)
        return self.elements(values, Place(node.line, node.column, node.value))

    def _entered(self, node: Entered) -> Values:
        values = self.evaluate_receiver(node.value)
        return self.entered(values, Place(node.line, node.column, node.value))

    def _instance(self, node: Instance) -> Values:
        if isinstance(node.type, Collection):
            result: set[Value] = set()
            for item in node.type.items:
                result |= self.from_annotation(item)
            return frozenset(result)
        return self.from_annotation(node.type)

    def _opaque(self, node: Opaque) -> Values:
        parts = [self.evaluate(part) for part in node.parts]
        if node.kind == "text":
            for part, values in zip(node.parts, parts, strict=True):
                self.ask(values, Asked.FORMAT, part)
            origins = {self.origin_of(value) for value in parts[0]} if parts else {""}
            return frozenset(self.universe.text(origin) for origin in origins)
        if node.kind == "str":
            self.ask(parts[0], Asked.TEXT, node.parts[0])
            return frozenset(self.universe.text(self.origin_of(value)) for value in parts[0])
        if node.kind == "repr":
            self.ask(parts[0], Asked.REPRESENTATION, node.parts[0])
            return frozenset((self.universe.text(),))
        if node.kind == "format":
            self.answers(parts[0], ("__format__",), parts[1], node.parts[0])
            return frozenset((self.universe.text(),))
        return frozenset((UNKNOWN,)) if node.kind in ("other", "deep") else NOTHING


_UNKNOWN: Values = frozenset((UNKNOWN,))
_MAPPING = (("keys",), ("__getitem__",))
"""What `**mapping` asks an object for."""

_EXPRESSIONS: dict[type, Callable[[ExpressionsFrame, Any], Values]] = {
    Name: ExpressionsFrame._name,
    Attribute: ExpressionsFrame._attribute,
    Call: ExpressionsFrame._call,
    Constant: ExpressionsFrame._constant,
    Collection: ExpressionsFrame._display,
    Dictionary: ExpressionsFrame._display,
    Subscript: ExpressionsFrame._subscript,
    Function: ExpressionsFrame._function,
    Comprehension: ExpressionsFrame._comprehension,
    Binary: ExpressionsFrame._binary,
    Comparison: ExpressionsFrame._comparison,
    Unary: ExpressionsFrame._unary,
    Choice: ExpressionsFrame._choice,
    Await: ExpressionsFrame._await,
    Starred: ExpressionsFrame._starred,
    Yield: ExpressionsFrame._yield,
    Element: ExpressionsFrame._element,
    Entered: ExpressionsFrame._entered,
    Instance: ExpressionsFrame._instance,
    Opaque: ExpressionsFrame._opaque,
}
