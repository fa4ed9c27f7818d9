"""Reads a body: each step of its scope, each expression, once a time until nothing grows.

In: a body. Out: its names, result, edges, effects and notes, in the body and the solver's cells.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from migrator.domain.effects import Effect
from migrator.facts.expressions import (
    Attribute,
    Await,
    Binary,
    Call,
    Choice,
    Collection,
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
    Yield,
)
from migrator.facts.records import (
    Bind,
    Define,
    Evaluate,
    How,
    Import,
    Parameter,
    ParameterKind,
    RegionKind,
    Return,
    ScopeKind,
    Store,
)
from migrator.model.decorating import DecoratingFrame
from migrator.model.frames import Arguments, Place, Tables, Values
from migrator.model.rendering import written
from migrator.model.solver import Body
from migrator.model.values import NOTHING, UNKNOWN, Cls, Const, Inst, Lib, Value

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


def run_body(tables: Tables, body: Body) -> None:
    """Read a body once, and again while its own names still grow."""
    while True:
        frame = Evaluation(tables, body)
        frame.run()
        if not frame.again:
            return


class Evaluation(DecoratingFrame):
    """One reading of a body."""

    def run(self) -> None:
        body = self.body
        # Notes are taken anew, so that nothing remains of what was thought while values were still missing.
        body.edges, body.effects, body.writes, body.reads, body.unresolved = {}, set(), set(), set(), {}
        scope = self.info.scope
        if scope.kind is ScopeKind.FUNCTION or scope.kind is ScopeKind.LAMBDA:
            for index, parameter in enumerate(scope.parameters):
                self._parameter(index, parameter)
            if scope.returns is not None:
                self._annotated_result(scope.returns)
        for step in scope.steps:
            _STEPS[type(step)](self, step)
        for region in scope.regions:
            if region.kind is RegionKind.ENDLESS:
                self._endless(region.line, region.body_line, region.end_line)

    def _parameter(self, index: int, parameter: Parameter) -> None:
        info = self.info
        bound_first = info.owner is not None and not info.is_static and info.scope.kind is ScopeKind.FUNCTION
        if index == 0 and bound_first:
            receiver = self.body.receiver or self.default_receiver(info)
            self.bind(parameter.name, frozenset((receiver,)) if receiver else NOTHING, How.ASSIGN, 0, 0)
            return
        passed = self.read(self.solver.cell("argument", info, index))
        given = self.shared(self.expand(passed))
        if parameter.kind is ParameterKind.VARIADIC or parameter.kind is ParameterKind.MAPPING:
            kind = "tuple" if parameter.kind is ParameterKind.VARIADIC else "dict"
            values: Values = frozenset((self.universe.lib(f"builtins.{kind}", instance=True, items=given),))
        else:
            values = given | {self.universe.param(info, index)}
            if parameter.annotation is not None:
                values = self.typed(values, parameter.annotation)
            if parameter.default is not None:
                values |= self._default(index, parameter)
        self.bind(parameter.name, values, How.ASSIGN, 0, 0)

    def _default(self, index: int, parameter: Parameter) -> Values:
        """A default is made once, when the function is defined: a mutable one outlives every call."""
        assert parameter.default is not None
        values = self.evaluate(parameter.default)
        return self.housed(values, f"{self.info.name}.{parameter.name}")

    def _annotated_result(self, annotation: Expression) -> None:
        target = self.body.yielded if self.info.scope.is_generator else self.body.result
        values = self.from_annotation(annotation)
        if self.info.scope.is_generator:
            values = frozenset(item for value in values if isinstance(value, Lib) for item in value.items)
        self.solver.join(target, values)

    def _endless(self, line: int, first: int, last: int) -> None:
        if self.info.scope.is_generator and not self._works_within(first, last):
            return  # a generator that only counts is as long as its reader wants
        self.note_effect(Effect.UNBOUNDED, line, 1, "loops for ever")

    def _works_within(self, first: int, last: int) -> bool:
        return (
            any(first <= line <= last for line, _ in self.body.edges.values())
            or any(first <= entry[1] <= last for entry in self.body.effects)
            or any(
                isinstance(step, Evaluate) and isinstance(step.value, Call) and first <= step.value.line <= last
                for step in self.info.scope.steps
            )
        )

    # Steps

    def _bind_step(self, step: Bind) -> None:
        if step.how is How.DELETE:
            if step.name in self.info.scope.globals:
                self.bind(step.name, NOTHING, How.DELETE, step.line, step.column)
            return
        values = NOTHING if step.value is None else self.evaluate(step.value)
        if step.annotation is not None:
            typed = self.from_annotation(step.annotation)
            owner = self.module.classes.get(self._scope_index()) if self.info.scope.kind is ScopeKind.CLASS else None
            if owner is not None:
                self.solver.join(self.solver.cell("annotated", owner, step.name), typed)
                if isinstance(step.value, Call):
                    # A field declaration: the class holds what the call gives, instances what the annotation says.
                    self.solver.join(self.solver.cell("declared", owner, step.name), values)
                    values = NOTHING
            else:
                values = self.typed(values, step.annotation)
        self.bind(step.name, values, step.how, step.line, step.column)

    def _scope_index(self) -> int:
        for index, info in self.module.functions.items():
            if info is self.info:
                return index
        return -1

    def _store_step(self, step: Store) -> None:
        target = step.target
        place = Place(step.line, step.column, written(target))
        base = self.evaluate_receiver(target.value)
        stored = NOTHING if step.value is None else self.evaluate(step.value)
        if isinstance(target, Subscript):
            self.store_item(base, target.key, None if step.how is How.DELETE else stored, step.how, place)
        elif step.how is How.NARROW:
            for value in base:
                if isinstance(value, Inst):
                    self.solver.join(self.solver.cell("field", value.info, target.attr), stored)
        else:
            if step.how is How.AUGMENT:
                self.load(base, target.attr, place)
            self.store(base, target.attr, stored, place)

    def _evaluate_step(self, step: Evaluate) -> None:
        self.evaluate(step.value)

    def _return_step(self, step: Return) -> None:
        values = self.evaluate(step.value)
        if self.info.scope.returns is not None and self.says_type(self.info.scope.returns):
            values -= _UNKNOWN
        self.solver.join(self.body.result, values)

    def _import_step(self, step: Import) -> None:
        if step.name != "*":
            self.bind(step.name, self.imported(step), How.ASSIGN, step.line, step.column)

    def _define_step(self, step: Define) -> None:
        info = self.module.functions[step.scope]
        owner = self.module.classes.get(step.scope)
        line = info.scope.line
        target: Value
        if owner is not None:
            target = self.universe.cls(owner)
            for position, base in enumerate(info.scope.bases):
                self.solver.join(self.solver.cell("base", owner, position), self.evaluate(base))
            for _, value in info.scope.keywords:
                self.evaluate(value)
            self.note_edge(self.solver.body(info, None), line, info.scope.column)
        else:
            target = self.function_value(info)
        values = self.decorate(target, info.scope.decorators, line) if info.scope.decorators else frozenset((target,))
        self.bind(step.name, values, How.ASSIGN, line, info.scope.column)

    # Expressions

    def evaluate(self, expression: Expression) -> Values:
        """The values of an expression, with everything that evaluating it does."""
        return _EXPRESSIONS[type(expression)](self, expression)

    def evaluate_receiver(self, expression: Expression) -> Values:
        """The values of an expression that is only called, or changed in place."""
        if type(expression) is Name:
            return self.read_objects(
                self.load_name(expression.id, expression.line, expression.column, receiver=True),
                Place(expression.line, expression.column, expression.id),
            )
        if type(expression) is Attribute:
            place = Place(expression.line, expression.column, expression.attr)
            return self.load(self.evaluate_receiver(expression.value), expression.attr, place, receiver=True)
        return self.evaluate(expression)

    def _name(self, node: Name) -> Values:
        values = self.evaluate_receiver(node)
        self.note_reads_of(values, node.line, node.column)
        return values

    def _attribute(self, node: Attribute) -> Values:
        values = self.load(self.evaluate_receiver(node.value), node.attr, Place(node.line, node.column, node.attr))
        self.note_reads_of(values, node.line, node.column)
        return values

    def _call(self, node: Call) -> Values:
        arguments = Arguments()
        for argument in node.arguments:
            if type(argument) is Starred:
                arguments.spread |= self.evaluate(argument.value)
            else:
                arguments.positional.append(self.evaluate(argument))
        for name, argument in node.keywords:
            if name is None:
                arguments.spread |= self.evaluate(argument)
            else:
                arguments.keywords[name] = self.evaluate(argument)
        place = Place(node.line, node.column, written(node.func))
        callee = self.evaluate_receiver(node.func)
        self.node = node
        result = self.call(callee, arguments, place)
        self.node = None
        return result

    def unfollowed(self, place: Place, reason: str) -> None:
        _, dot, method = place.text.rpartition(".")
        self.note_unresolved(place, reason, _DATA_RULE if dot and method in DATA_METHODS else "")

    def special_call(self, value: Lib, arguments: Arguments, place: Place) -> Values | None:
        handler = _SPECIAL.get(value.dotted)
        if handler is None or value.instance:
            return None
        return handler(self, arguments, place)

    def _super(self, arguments: Arguments, place: Place) -> Values | None:
        owner = self.enclosing_class()
        receiver = self.body.receiver
        for value in arguments.get(0) or NOTHING:
            if isinstance(value, Cls):
                owner = value.info
        if owner is None:
            return frozenset((UNKNOWN,))
        return frozenset((self.universe.super_(owner, receiver or self.universe.inst(owner)),))

    def _getattr(self, arguments: Arguments, place: Place) -> Values | None:
        result: set[Value] = set(arguments.get(2) or NOTHING)
        for name in arguments.get(1) or NOTHING:
            if isinstance(name, Const) and isinstance(name.value, str):
                result |= self.load(arguments.get(0) or NOTHING, name.value, place)
            else:
                result.add(UNKNOWN)
        return frozenset(result)

    def _setattr(self, arguments: Arguments, place: Place) -> Values | None:
        for name in arguments.get(1) or NOTHING:
            attr = name.value if isinstance(name, Const) and isinstance(name.value, str) else "*"
            self.store(arguments.get(0) or NOTHING, attr, arguments.get(2) or NOTHING, place)
        return NOTHING

    def _type(self, arguments: Arguments, place: Place) -> Values | None:
        if len(arguments.positional) != 1:
            return frozenset((UNKNOWN,))
        return frozenset(
            self.universe.cls(value.info) if isinstance(value, Inst) else UNKNOWN for value in arguments.positional[0]
        )

    def _partial(self, arguments: Arguments, place: Place) -> Values | None:
        result: set[Value] = set()
        rest = Arguments(arguments.positional[1:], arguments.keywords, arguments.spread)
        for value in arguments.get(0) or NOTHING:
            info = getattr(value, "info", None)
            if info is not None and not isinstance(value, Cls | Inst):
                self.hand_over(info, rest)
            result.add(self.universe.partial(value, len(rest.positional)))
        return frozenset(result)

    def _import_module(self, arguments: Arguments, place: Place) -> Values | None:
        result: set[Value] = set()
        for value in arguments.get(0) or NOTHING:
            name = value.value if isinstance(value, Const) else None
            if isinstance(name, str) and self.index.is_module(name):
                result.add(self.universe.mod(name))
            elif isinstance(name, str) and name:
                result.add(self.universe.lib(name))
            else:
                result.add(UNKNOWN)
        return frozenset(result)

    def _constant(self, node: Constant) -> Values:
        return frozenset((self.universe.const(node.value),))

    def _display(self, node: Collection | Dictionary) -> Values:
        return self.make_box(node)

    def _subscript(self, node: Subscript) -> Values:
        values = self.evaluate_receiver(node.value)
        return self.item(values, self.evaluate(node.key), Place(node.line, node.column, written(node.value)))

    def _function(self, node: Function) -> Values:
        return frozenset((self.function_value(self.module.functions[node.scope]),))

    def _comprehension(self, node: Comprehension) -> Values:
        items: set[Value] = set()
        for element in node.elements:
            items |= self.evaluate(element)
        kind = "list" if node.kind == "generator" else node.kind
        shared = frozenset(self.universe.general(value) for value in items)
        return frozenset((self.universe.lib(f"builtins.{kind}", instance=True, items=shared),))

    def _binary(self, node: Binary) -> Values:
        left, right = self.evaluate(node.left), self.evaluate(node.right)
        place = Place(node.line, node.column, node.operator)
        result: set[Value] = set()
        for value in left:
            if isinstance(value, Lib) and node.operator in ("Div", "Add", "Mod", "BitOr", "Sub"):
                result.add(value)
            elif isinstance(value, Inst):
                name = _OPERATORS.get(node.operator)
                if name:
                    result |= self.operator(value, name, Arguments([right]), place)
            else:
                result.add(self.universe.general(value))
        if node.operator in ("Add", "BitOr", "Div"):
            result |= {self.universe.general(value) for value in right if isinstance(value, Lib) and value.items}
        return frozenset(result)

    def _choice(self, node: Choice) -> Values:
        for test in node.tests:
            self.evaluate(test)
        result: set[Value] = set()
        for option in node.options:
            result |= self.evaluate(option)
        return frozenset(result)

    def _await(self, node: Await) -> Values:
        return self.evaluate(node.value)

    def _starred(self, node: Starred) -> Values:
        return self.evaluate(node.value)

    def _yield(self, node: Yield) -> Values:
        if node.value is not None:
            values = self.evaluate(node.value)
            if node.whole:
                values = self.elements(values, Place(node.line, node.column, "yield from"))
            self.solver.join(self.body.yielded, values)
        return frozenset((UNKNOWN,))

    def _element(self, node: Element) -> Values:
        values = self.evaluate_receiver(node.value)
        return self.elements(values, Place(node.line, node.column, written(node.value)))

    def _entered(self, node: Entered) -> Values:
        values = self.evaluate_receiver(node.value)
        return self.entered(values, Place(node.line, node.column, written(node.value)))

    def _instance(self, node: Instance) -> Values:
        if isinstance(node.type, Collection):
            result: set[Value] = set()
            for item in node.type.items:
                result |= self.from_annotation(item)
            return frozenset(result)
        return self.from_annotation(node.type)

    def _opaque(self, node: Opaque) -> Values:
        parts = [self.evaluate(part) for part in node.parts]
        if node.kind == "contains":
            for container in parts[1:]:
                for value in container:
                    self.operator(value, "__contains__", Arguments([parts[0]]), Place(0, 0, "in"))
                    if isinstance(value, Lib):
                        entry = self.knowledge.lookup(f"{value.dotted}.__contains__")
                        for effect in entry.effects if entry is not None else ():
                            self.note_effect(effect, self.info.scope.line, 1, f"{value.dotted} {entry.reason}")  # type: ignore[union-attr]
        if node.kind == "text":
            origins = {self.origin_of(value) for value in parts[0]} if parts else {""}
            return frozenset(self.universe.text(origin) for origin in origins)
        if node.kind in ("compare", "contains", "not"):
            return frozenset((self.universe.lib("builtins.bool", instance=True),))
        return frozenset((UNKNOWN,)) if node.kind in ("other", "deep") else NOTHING


_UNKNOWN: Values = frozenset((UNKNOWN,))
_OPERATORS = {
    "Add": "__add__",
    "Sub": "__sub__",
    "Mult": "__mul__",
    "Div": "__truediv__",
    "FloorDiv": "__floordiv__",
    "Mod": "__mod__",
    "BitOr": "__or__",
    "BitAnd": "__and__",
    "BitXor": "__xor__",
    "LShift": "__lshift__",
    "RShift": "__rshift__",
    "MatMult": "__matmul__",
    "Pow": "__pow__",
}

_SPECIAL: dict[str, Callable[[Evaluation, Arguments, Place], Values | None]] = {
    "builtins.super": Evaluation._super,
    "builtins.getattr": Evaluation._getattr,
    "builtins.setattr": Evaluation._setattr,
    "builtins.type": Evaluation._type,
    "functools.partial": Evaluation._partial,
    "importlib.import_module": Evaluation._import_module,
}

_STEPS: dict[type, Callable[[Evaluation, Any], None]] = {
    Bind: Evaluation._bind_step,
    Store: Evaluation._store_step,
    Evaluate: Evaluation._evaluate_step,
    Return: Evaluation._return_step,
    Import: Evaluation._import_step,
    Define: Evaluation._define_step,
}

_EXPRESSIONS: dict[type, Callable[[Evaluation, Any], Values]] = {
    Name: Evaluation._name,
    Attribute: Evaluation._attribute,
    Call: Evaluation._call,
    Constant: Evaluation._constant,
    Collection: Evaluation._display,
    Dictionary: Evaluation._display,
    Subscript: Evaluation._subscript,
    Function: Evaluation._function,
    Comprehension: Evaluation._comprehension,
    Binary: Evaluation._binary,
    Choice: Evaluation._choice,
    Await: Evaluation._await,
    Starred: Evaluation._starred,
    Yield: Evaluation._yield,
    Element: Evaluation._element,
    Entered: Evaluation._entered,
    Instance: Evaluation._instance,
    Opaque: Evaluation._opaque,
}
