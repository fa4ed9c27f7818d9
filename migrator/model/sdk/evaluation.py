"""What every form of expression gives.

In: an expression, its frame and the step that it stands in. Out: values. This is the whole evaluator; what each form
needs is in the classes below it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from migrator.domain.sdk_calls import PartKind, TextPart
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
from migrator.model.registrations import Program
from migrator.model.sdk.libraries import Libraries
from migrator.model.sdk.names import source
from migrator.model.sdk.scopes import last_name
from migrator.model.sdk.values import Dict, Fn, Frame, Given, Later, Plain, Seq, Unknown, Value, Values, Words
from migrator.model.sdk.words import combined, is_object, literal, plain_text, texts_of

_CONVERSION = re.compile(r"%(?:\((?P<name>[^)]*)\))?[-+ #0-9.*]*[a-zA-Z%]")


class Evaluator(Libraries):
    """Evaluates expressions for one program."""

    def __init__(self, program: Program) -> None:
        super().__init__(program)
        self._without_settings = set()

    def evaluate_one(self, expression: Expression, frame: Frame, at: int | None) -> Iterable[Value]:
        """The values of an expression, not remembered."""
        return _FORMS[type(expression)](self, expression, frame, at)

    def _attribute(self, node: Attribute, frame: Frame, at: int | None) -> Values:
        return self.attribute(self.evaluate(node.value, frame, at), node.attr, frame, at, last_name(node.value))

    def _constant(self, node: Constant, frame: Frame, at: int | None) -> Values:
        return (literal(node.value),) if isinstance(node.value, str) else (Plain(node.value),)

    def _collection(self, node: Collection, frame: Frame, at: int | None) -> Values:
        items: list[Given] = []
        whole = True
        for item in node.items:
            if isinstance(item, Starred):
                for value in self.evaluate(item.value, frame, at):
                    whole &= isinstance(value, Seq) and value.whole
                    items.extend(value.items if isinstance(value, Seq) else ())
            else:
                items.append(Later(item, frame, at))
        return (Seq(tuple(items), whole, (id(node), self._site(frame))),)

    def _dictionary(self, node: Dictionary, frame: Frame, at: int | None) -> Values:
        pairs: list[tuple[str | None, Given]] = []
        for key, value in node.pairs:
            if key is None:
                for inner in self.evaluate(value, frame, at):
                    pairs.extend(self.entries(inner, last_name(value), frame))
                continue
            texts = [plain_text(each) for each in self.evaluate(key, frame, at)]
            pairs.extend((text, Later(value, frame, at)) for text in texts or [None])
        # Of two that are equal the last one counts.
        keyed = {key: given for key, given in pairs if key is not None}
        unnamed = [(key, given) for key, given in pairs if key is None]
        return (Dict((*keyed.items(), *unnamed), (id(node), self._site(frame))),)

    @staticmethod
    def _site(frame: Frame) -> object:
        """What tells the displays of one place apart: those of a function by what it was given."""
        return None if frame.given is None or frame.info.runs_on_import else frame

    def _subscript(self, node: Subscript, frame: Frame, at: int | None) -> Values:
        return self.item(node, frame, at)

    def _function(self, node: Function, frame: Frame, at: int | None) -> Values:
        return (Fn(frame.info.module.functions[node.scope], None if frame.info.runs_on_import else frame),)

    def _comprehension(self, node: Comprehension, frame: Frame, at: int | None) -> Values:
        if len(node.elements) == 2:
            texts = [plain_text(each) for each in self.evaluate(node.elements[0], frame, at)]
            value = Later(node.elements[1], frame, at)
            return (Dict(tuple((text, value) for text in texts or [None]), (id(node), self._site(frame))),)
        return (Seq((Later(node.elements[0], frame, at),), False, (id(node), self._site(frame))),)

    def _binary(self, node: Binary, frame: Frame, at: int | None) -> Values:
        left = self.evaluate(node.left, frame, at)
        right = self.evaluate(node.right, frame, at)
        said = source(node)
        if node.operator == "Add":
            return self.add(left, right, said)
        if node.operator == "Mod":
            return tuple(each for value in left for each in self._percent(value, node.right, frame, at, said))
        if node.operator == "Div" and any(isinstance(value, Words) for value in left):
            between = (literal("/").parts,)
            return combined((self._as_texts(left, said), between, self._as_texts(right, said)), said)
        if node.operator == "BitOr":
            pairs = [pair for value in (*left, *right) if isinstance(value, Dict) for pair in value.pairs]
            if pairs:
                keyed = dict(pairs)
                return (Dict(tuple(keyed.items()), (id(node), self._site(frame))),)
        return (Unknown(said),)

    def add(self, left: Values, right: Values, said: str) -> Values:
        """Texts one after the other, or lists."""
        sequences = [value for value in (*left, *right) if isinstance(value, Seq)]
        if sequences:
            items = tuple(item for value in sequences for item in value.items)
            return (Seq(items, all(value.whole for value in sequences)),)
        if any(isinstance(value, Words) for value in (*left, *right)):
            return combined((self._as_texts(left, said), self._as_texts(right, said)), said)
        return (Unknown(said),)

    def _as_texts(self, values: Values, said: str) -> tuple[Any, ...]:
        return texts_of(values, said) or ((TextPart(PartKind.RUNTIME, said),),)

    def _percent(self, value: Value, right: Expression, frame: Frame, at: int | None, said: str) -> Values:
        template = plain_text(value)
        if template is None:
            return (Unknown(said),)
        given: list[Given] = []
        named: dict[str, Given] = {}
        for each in self.evaluate(right, frame, at):
            if isinstance(each, Seq):
                given = list(each.items)
            elif isinstance(each, Dict):
                named = {key: inner for key, inner in each.pairs if key is not None}
        if not given and not named:
            given = [Later(right, frame, at)]
        alternatives: list[Any] = []
        last = 0
        for match in _CONVERSION.finditer(template):
            alternatives.append((literal(template[last : match.start()]).parts,))
            last = match.end()
            if match.group().endswith("%"):
                alternatives.append((literal("%").parts,))
                continue
            item = named.get(match["name"]) if match["name"] else (given.pop(0) if given else None)
            inner = source(item.expression) if isinstance(item, Later) else said
            alternatives.append(self._as_texts(self.values_of(item), inner))
        alternatives.append((literal(template[last:]).parts,))
        return combined(alternatives, said)

    def _choice(self, node: Choice, frame: Frame, at: int | None) -> Values:
        if node.all_of:
            return self.evaluate(node.options[-1], frame, at)
        found: list[Value] = []
        for option in node.options:
            values = self.evaluate(option, frame, at)
            found.extend(value for value in values if node.tests or not _is_false(value))
            if not node.tests and values and all(_is_true(value) for value in values):
                break
        return tuple(found)

    def _inner(self, node: Await | Starred, frame: Frame, at: int | None) -> Values:
        return self.evaluate(node.value, frame, at)

    def _yield(self, node: Yield, frame: Frame, at: int | None) -> Values:
        return (Unknown("what is sent in"),)

    def _element(self, node: Element, frame: Frame, at: int | None) -> Values:
        return self.elements(self.evaluate(node.value, frame, at), last_name(node.value), frame)

    def _entered(self, node: Entered, frame: Frame, at: int | None) -> Values:
        return self.entered(node.value, frame, at)

    def _instance(self, node: Instance, frame: Frame, at: int | None) -> Values:
        return ()

    def _comparison(self, node: Comparison, frame: Frame, at: int | None) -> Values:
        return (Plain(True),)

    def _unary(self, node: Unary, frame: Frame, at: int | None) -> Values:
        return (Plain(True),) if node.operator == "Not" else (Unknown("…"),)

    def _opaque(self, node: Opaque, frame: Frame, at: int | None) -> Values:
        if node.kind == "str":
            return self.evaluate(node.parts[0], frame, at)
        if node.kind != "text":
            return (Unknown("…"),)
        alternatives = []
        for part in node.parts:
            if isinstance(part, Opaque) and part.kind == "format":
                value = part.parts[0]
                alternatives.append((((TextPart(PartKind.RUNTIME, source(value))),),))
            else:
                alternatives.append(self._as_texts(self.evaluate(part, frame, at), source(part)))
        return combined(alternatives, "a text")


def _is_false(value: Value) -> bool:
    return (isinstance(value, Plain) and not value.value) or plain_text(value) == ""


def _is_true(value: Value) -> bool:
    """Whether a value is surely one that `or` stops at."""
    return bool(plain_text(value)) or (isinstance(value, Plain) and bool(value.value)) or is_object(value)


_FORMS: dict[type, Callable[[Evaluator, Any, Frame, int | None], Values]] = {
    Name: Evaluator.name,
    Attribute: Evaluator._attribute,
    Call: Evaluator.call,
    Constant: Evaluator._constant,
    Collection: Evaluator._collection,
    Dictionary: Evaluator._dictionary,
    Subscript: Evaluator._subscript,
    Function: Evaluator._function,
    Comprehension: Evaluator._comprehension,
    Binary: Evaluator._binary,
    Comparison: Evaluator._comparison,
    Unary: Evaluator._unary,
    Choice: Evaluator._choice,
    Await: Evaluator._inner,
    Starred: Evaluator._inner,
    Yield: Evaluator._yield,
    Element: Evaluator._element,
    Entered: Evaluator._entered,
    Instance: Evaluator._instance,
    Opaque: Evaluator._opaque,
}
