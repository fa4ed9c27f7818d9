"""Protocols: the methods that the language calls by itself, where an operator, a test or a text asks for them.

In: operands. Out: the values of the operation; edges to the special methods of first-party classes that it runs. What an
object of a library does there is the library's: only what is described of it counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from migrator.facts.expressions import Expression, Name, parts_of
from migrator.knowledge import Asked
from migrator.model.containers import ContainersFrame
from migrator.model.frames import Arguments, Order, Place, Values
from migrator.model.index import ClassInfo
from migrator.model.solver import ASKS
from migrator.model.values import NOTHING, Box, Const, Inst, Lib, Unknown, Value

_REDUCED = ("__reduce_ex__", "__reduce__", "__getstate__")
_METHODS: dict[Asked, tuple[tuple[str, ...], ...]] = {
    Asked.ABSOLUTE: (("__abs__",),),
    Asked.BYTES: (("__bytes__", "__index__", "__iter__"),),
    Asked.COMPLEX: (("__complex__", "__float__", "__index__"),),
    Asked.COPY: (("__copy__", *_REDUCED), ("__copy__", "__reduce_ex__", "__reduce__", "__setstate__")),
    Asked.DEEP_COPY: (("__deepcopy__", *_REDUCED), ("__deepcopy__", "__reduce_ex__", "__reduce__", "__setstate__")),
    Asked.DIRECTORY: (("__dir__",),),
    Asked.FLOAT: (("__float__", "__index__"),),
    Asked.FORMAT: (("__format__", "__str__", "__repr__"),),
    Asked.HASH: (("__hash__",),),
    Asked.INDEX: (("__index__",),),
    Asked.INTEGER: (("__int__", "__index__", "__trunc__"),),
    Asked.LENGTH: (("__len__",),),
    Asked.NEXT: (("__next__",), ("__anext__",)),
    Asked.ORDER: (("__lt__",), ("__gt__",)),
    Asked.PATH: (("__fspath__",),),
    Asked.REDUCTION: (_REDUCED, ("__reduce_ex__", "__reduce__", "__getnewargs_ex__", "__getnewargs__")),
    Asked.REPRESENTATION: (("__repr__",),),
    Asked.REVERSAL: (("__reversed__", "__getitem__"),),
    Asked.ROUND: (("__round__",),),
    Asked.SUM: (("__add__",), ("__radd__",)),
    Asked.TEXT: (("__str__", "__repr__"),),
    Asked.TRUTH: (("__bool__", "__len__"),),
}
"""Methods in turn, and for each the ones that stand in where a class has none (Python's reference, section 3.3)."""

_BETWEEN = frozenset({Asked.ORDER, Asked.SUM})
"""They ask each object about another one of them."""

_OPERATORS = {
    "Add": "add",
    "Sub": "sub",
    "Mult": "mul",
    "Div": "truediv",
    "FloorDiv": "floordiv",
    "Mod": "mod",
    "BitOr": "or",
    "BitAnd": "and",
    "BitXor": "xor",
    "LShift": "lshift",
    "RShift": "rshift",
    "MatMult": "matmul",
    "Pow": "pow",
}
_UNARY = {"USub": "__neg__", "UAdd": "__pos__", "Invert": "__invert__"}
_COMPARISONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "Eq": (("__eq__",), ("__eq__",)),
    "NotEq": (("__ne__", "__eq__"), ("__ne__", "__eq__")),
    "Lt": (("__lt__",), ("__gt__",)),
    "LtE": (("__le__",), ("__ge__",)),
    "Gt": (("__gt__",), ("__lt__",)),
    "GtE": (("__ge__",), ("__le__",)),
}
"""What is asked of the left operand, and of the right one where that does not answer."""

_EQUAL = ("__eq__",)
_OF_FIELDS = frozenset({"__repr__", "__eq__", "__hash__", "__lt__", "__le__", "__gt__", "__ge__"})
"""What a dataclass has methods for that ask its fields for the same."""
_ORDERING = ("__lt__", "__le__", "__gt__", "__ge__")


class ProtocolsFrame(ContainersFrame):
    """Asks objects what the language asks them."""

    def ask(self, values: Values, asked: Asked, where: Place | Expression) -> None:
        """The objects are asked.

        Args:
            where: the place, or what is asked, as it stands there.
        """
        if asked is Asked.ITERATION:
            if values:
                self.elements(values, where if isinstance(where, Place) else place_of(where))
            return
        if isinstance(where, Name):
            values = self._left_to_callers(values, asked, where.id)
        for value in self.universe.objects(values):
            for methods in _METHODS[asked]:
                if asked in _BETWEEN:
                    self._answer_of(value, methods, values, where)
                else:
                    self._run_of(value, methods, where)

    def _left_to_callers(self, values: Values, asked: Asked, name: str) -> Values:
        """The values without what callers pass under the name of a parameter: each answers for what it has passed itself."""
        index = self.index.pure_parameters(self.info).get(name)
        if index is None:
            return values
        passed = self.read(self.solver.cell("argument", self.info, index)) & values
        if any(self._has_any(value, asked) for value in self.universe.objects(passed)):
            self.handles(f"{ASKS}:{index}:{asked}")
            answered = passed - self.read(self.solver.cell("unanswered", self.info, index))
            return values.difference(self.universe.objects(answered))
        return values

    def _has_any(self, value: Inst, asked: Asked) -> bool:
        order = self.resolution_order(value.info)
        return bool(order.fields) or any(name in order.methods for methods in _METHODS[asked] for name in methods)

    def answers(
        self, values: Values, methods: tuple[str, ...], operand: Values | None, where: Place | Expression
    ) -> Values:
        """What the objects give that have one of the methods, each by the first of them."""
        given: Values = NOTHING
        for value in self.universe.objects(values):
            given |= self._answer_of(value, methods, operand, where) or NOTHING
        return given

    def _asked(
        self, value: Inst, methods: tuple[str, ...], within: tuple[ClassInfo, ...] = ()
    ) -> Sequence[tuple[Inst, str]]:
        """The objects that run one of the methods, and which: the first one that a first-party class of the object has.

        In their place those of its fields, where it is a dataclass, or those that a decorator makes it of.
        """
        order = self.resolution_order(value.info)
        for name in methods:
            if name in order.methods:
                return ((value, name),)
        if not order.fields and methods[0] not in _ORDERING:
            return ()
        asked: list[tuple[Inst, str]] = []
        if order.fields and methods[-1] in _OF_FIELDS and value.info not in within:
            for field in self._fields_of(value, order):
                asked += self._asked(field, methods[-1:], (*within, value.info))
        if methods[0] in _ORDERING and self._is_totally_ordered(order):
            asked += [(value, name) for name in (*_ORDERING, *_EQUAL) if name in order.methods]
        return asked

    def _answer_of(
        self, value: Inst, methods: tuple[str, ...], operand: Values | None, where: Place | Expression
    ) -> Values | None:
        """What the first of the methods gives that a first-party class of the object has; None where it has none."""
        answer: Values | None = None
        for each, name in self._asked(value, methods):
            arguments = Arguments([operand]) if operand is not None else Arguments()
            given = self.operator(each, name, arguments, where if isinstance(where, Place) else place_of(where))
            if each is value:
                answer = given if answer is None else answer | given
        return answer

    def _run_of(self, value: Inst, methods: tuple[str, ...], where: Place | Expression) -> None:
        """As `_answer_of`, where nothing is passed and nobody asks for the answer: most are asked for, and this is cheap."""
        for each, name in self._asked(value, methods):
            found = self.find_member(self.resolution_order(each.info), name)
            place = where if isinstance(where, Place) else place_of(where)
            if found is None or found.function is None:
                self.operator(each, name, Arguments(), place)
            else:
                self.run_alone(found.function, each, place)

    def _fields_of(self, value: Inst, order: Order) -> Iterator[Inst]:
        """The objects in the fields of a dataclass, whose methods its own are made of."""
        for name in order.fields:
            held = self.read(self.solver.cell("field", value.info, name))
            yield from (each for each in held if isinstance(each, Inst))

    def _is_totally_ordered(self, order: list[ClassInfo | str]) -> bool:
        """Whether a decorator makes the comparisons of a class that it lacks of the one that it has, and of `==`."""
        return any(
            self.index.dotted(entry.module, decorator) == "functools.total_ordering"
            for entry in order
            if isinstance(entry, ClassInfo)
            for decorator in entry.scope.decorators
        )

    def _between(
        self, left: Values, right: Values, of_left: tuple[str, ...], of_right: tuple[str, ...], place: Place
    ) -> Values:
        """What two operands give: the right one is asked where the left one may not answer."""
        answers: Values = NOTHING
        objects = self.universe.objects(left)
        is_open = len(objects) < len(left)
        for value in objects:
            answer = self._answer_of(value, of_left, right, place)
            is_open = is_open or answer is None or any(_declines(one) for one in answer)
            answers |= answer or NOTHING
        return answers | self.answers(right, of_right, left, place) if is_open or not left else answers

    def arithmetic(self, operator: str, left: Values, right: Values, place: Place) -> Values:
        """`left operator right`."""
        name = _OPERATORS[operator]
        result = set(self._operated(operator, left, right, place))
        for value in left:
            if type(value) is Lib and operator in _KEEPING:
                result.add(value)
            elif type(value) is Inst:
                if f"__{name}__" not in self.resolution_order(value.info).methods:
                    result |= self.operator(value, f"__{name}__", Arguments([right]), place)  # of a library's class
            else:
                result.add(self.universe.copied(value) if type(value) is Box else self.universe.general(value))
        if operator in ("Add", "BitOr", "BitXor", "Div"):
            result |= {self.universe.general(value) for value in right if type(value) is Lib and value.items}
            result |= {self.universe.copied(value) for value in right if type(value) is Box}
        return frozenset(result)

    def augmented(self, operator: str, before: Values, given: Values, place: Place) -> Values:
        """What `before operator= given` makes of objects and with them."""
        name = _OPERATORS[operator]
        return self._operated(operator, before, given, place, in_place=f"__i{name}__")

    def _operated(self, operator: str, left: Values, right: Values, place: Place, *, in_place: str = "") -> Values:
        name = _OPERATORS[operator]
        if operator == "Mod":
            texts = frozenset(value for value in left if _may_be_text(value))
            if texts:
                self._written_into(right, place)
                if any(not isinstance(text, Const) or "%(" in str(text.value) for text in texts):
                    self.answers(right, ("__getitem__",), NOTHING, place)
                left -= texts
                if not left:
                    return NOTHING
        own = (in_place, f"__{name}__") if in_place else (f"__{name}__",)
        return self._between(left, right, own, (f"__r{name}__",), place)

    def _written_into(self, values: Values, place: Place) -> None:
        """`text % values`: a tuple and a dict are asked item by item."""
        for value in values:
            if type(value) is Inst:
                self.ask(frozenset((value,)), Asked.TEXT, place)
            elif type(value) is Box and value.kind in ("tuple", "dict"):
                self.ask(self.contents(value), Asked.TEXT, place)

    def unary(self, operator: str, values: Values, where: Place | Expression) -> Values:
        """`-value`, `+value`, `~value`."""
        kept = frozenset(value for value in values if type(value) is Lib and operator == "Invert")  # `~Q(...)`
        return kept | self.answers(values, (_UNARY[operator],), None, where)

    def compared(self, operators: Sequence[str], parts: list[Values], place: Place) -> Values:
        """What a chain of comparisons gives beside a truth value."""
        made: Values = NOTHING
        for operator, left, right in zip(operators, parts[:-1], parts[1:], strict=True):
            if operator in ("In", "NotIn"):
                self._looked_for(left, right, place)
            elif operator in _COMPARISONS:
                of_left, of_right = _COMPARISONS[operator]
                made |= self._between(left, right, of_left, of_right, place)
        return frozenset(value for value in made if type(value) is not Const and type(value) is not Unknown)

    def ask_for_items(self, values: Values, place: Place) -> None:
        """Mappings are asked for what they hold under each of their keys."""
        mappings = frozenset(
            value
            for value in values
            if type(value) is Inst and self.find_member(self.resolution_order(value.info), "keys") is not None
        )
        self.answers(mappings, ("__getitem__",), NOTHING, place)

    def _looked_for(self, items: Values, containers: Values, place: Place) -> None:
        """`item in container`: without `__contains__`, Python goes through the container and compares."""
        for container in containers:
            if type(container) is Inst:
                order = self.resolution_order(container.info)
                if self.find_member(order, "__contains__") is not None:
                    self.operator(container, "__contains__", Arguments([items]), place)
                elif "__iter__" in order.methods or "__getitem__" in order.methods:
                    self._compare_all(items, self.elements(frozenset((container,)), place), place)
            elif type(container) is Lib:
                entry = self.knowledge.lookup(f"{container.dotted}.__contains__")
                for effect in entry.effects if entry is not None else ():
                    assert entry is not None
                    self.note_effect(effect, place.line, place.column, f"{container.dotted} {entry.reason}")
            elif type(container) is Box:
                self._compare_all(items, self.contents(container), place)

    def _compare_all(self, items: Values, others: Values, place: Place) -> None:
        self._between(items, others, _EQUAL, _EQUAL, place)


_KEEPING = frozenset({"Div", "Add", "Mod", "BitOr", "Sub"})
"""Operators by which objects of libraries give others of their kind: paths, queries, dates."""


def _declines(answer: Value) -> bool:
    return type(answer) is Lib and answer.dotted == "builtins.NotImplemented"


def _may_be_text(value: Value) -> bool:
    """Whether `value % other` may write the other one into a text: what is known to be a number, or is of the analyzed code, does not."""
    return type(value) is not Inst and not (type(value) is Const and not isinstance(value.value, str | bytes))


def place_of(expression: Expression) -> Place:
    """Where an expression stands: where the first part of it does that has a place of its own."""
    for part in parts_of(expression):
        line = getattr(part, "line", None)
        if line is not None:
            return Place(line, part.column, expression)  # type: ignore[union-attr]
    return Place(1, 1, expression)
