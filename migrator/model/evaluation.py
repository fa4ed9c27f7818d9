"""Reads a body: each step of its scope, each expression, once a time until nothing grows.

In: a body. Out: its names, result, edges, effects and notes, in the body and the solver's cells.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from migrator.domain.effects import Effect
from migrator.facts.expressions import (
    Call,
    Collection,
    Comprehension,
    Dictionary,
    Expression,
    Subscript,
)
from migrator.facts.records import (
    Bind,
    Define,
    Evaluate,
    How,
    Import,
    Parameter,
    ParameterKind,
    Region,
    RegionKind,
    Return,
    ScopeKind,
    Store,
    Use,
)
from migrator.knowledge import Asked
from migrator.model.class_making import ClassMakingFrame
from migrator.model.frames import Arguments, Place, Tables, Values
from migrator.model.index import takes_receiver
from migrator.model.options import line_of
from migrator.model.protocols import place_of
from migrator.model.solver import Body
from migrator.model.values import NOTHING, UNKNOWN, Cls, Inst, Lib, Value

_UNKNOWN: Values = frozenset((UNKNOWN,))


def run_body(tables: Tables, body: Body) -> None:
    """Read the steps of a body that are to be read, until none of its own makes another one of them grow."""
    Evaluation(tables, body).run()


class Evaluation(ClassMakingFrame):
    """One reading of a body.

    Step 0 are its parameters, step n is the n-th of its scope, and after those comes what is asked of all of them.
    """

    def run(self) -> None:
        body = self.body
        steps = self.info.scope.steps
        last = len(steps) + 1
        every = (1 << last + 1) - 1
        left_out = self.info.left_out
        while body.pending:
            due = body.pending & every
            while due:
                bit = due & -due
                due ^= bit
                body.pending &= every ^ bit
                number = bit.bit_length() - 1
                self.begin_step(number, bit)
                if number == 0:
                    self._head()
                elif number < last:
                    step = steps[number - 1]
                    if not (left_out and any(line_of(step) in lines for lines in left_out)):
                        _STEPS[type(step)](self, step)
                body.note(number, self.notes)
        endless = self._endless_regions()
        if endless:
            self.begin_step(last, 0)
            body.note(last, self.notes)
            for region in endless:
                self._endless(region.line, region.body_line, region.end_line)
            body.note(last, self.notes)

    def begin_step(self, number: int, bit: int) -> None:
        """The notes of a step are taken anew."""
        self.step = bit
        self.notes = {}
        if self.tables.call_notes is not None:
            self.tables.call_notes.begin(self.body, number)

    def _head(self) -> None:
        scope = self.info.scope
        if scope.kind is ScopeKind.FUNCTION or scope.kind is ScopeKind.LAMBDA:
            for index, parameter in enumerate(scope.parameters):
                self._parameter(index, parameter)
            if scope.returns is not None:
                self._annotated_result(scope.returns)

    def _endless_regions(self) -> list[Region]:
        return [
            region
            for region in self.info.scope.regions
            if region.kind is RegionKind.ENDLESS and not any(region.line in lines for lines in self.info.left_out)
        ]

    def _parameter(self, index: int, parameter: Parameter) -> None:
        info = self.info
        if index == 0 and takes_receiver(info):
            receiver = self.body.receiver or self.default_receiver(info)
            self.bind(parameter.name, frozenset((receiver,)) if receiver else NOTHING, How.ASSIGN, 0, 0)
            return
        settled = dict(info.constants)
        if index in settled:
            self.bind(parameter.name, frozenset((self.universe.const(settled[index]),)), How.ASSIGN, 0, 0)
            return
        passed = self.read(self.solver.cell("argument", info, index))
        given = self.shared(self.expand(passed))
        if parameter.kind is ParameterKind.VARIADIC or parameter.kind is ParameterKind.MAPPING:
            rest = self.rest(info, index)
            self.put(rest, None, given)
            values: Values = frozenset((rest,))
        else:
            values = given | {self.universe.param(info, index)}
            if parameter.annotation is not None:
                values = self.typed(values, parameter.annotation)
            if parameter.default is not None:
                values |= self._default(index, parameter)
        self.bind(parameter.name, values, How.ASSIGN, 0, 0)

    def _default(self, index: int, parameter: Parameter) -> Values:
        """A default is made once, when the function is defined: what is made at import outlives every call."""
        assert parameter.default is not None
        values = self.evaluate(parameter.default)
        within = self.info.enclosing
        if within is not None and not within.runs_on_import:
            return values
        if not isinstance(parameter.default, Call | Collection | Dictionary | Comprehension):
            return values  # an object that somebody else made and holds
        return self.housed(values, f"{self.info.name}.{parameter.name}")

    def _annotated_result(self, annotation: Expression) -> None:
        target = self.body.yielded if self.info.scope.is_generator else self.body.result
        values = self.from_annotation(annotation)
        if self.info.scope.is_generator:
            values = frozenset(item for value in values if isinstance(value, Lib) for item in value.items)
        else:
            # Of a path, what is returned says more: where it points to.
            values = frozenset(value for value in values if not _is_path(value))
        self.solver.join(target, values)

    def _endless(self, line: int, first: int, last: int) -> None:
        if self.info.scope.is_generator and not self._works_within(first, last):
            return  # a generator that only counts is as long as its reader wants
        self.note_effect(Effect.UNBOUNDED, line, 1, "loops for ever")

    def _works_within(self, first: int, last: int) -> bool:
        return (
            any(first <= line <= last for line, _ in self.body.told.edges.values())
            or any(first <= entry[1] <= last for entry in self.body.told.effects)
            or any(
                isinstance(step, Evaluate) and isinstance(step.value, Call) and first <= step.value.line <= last
                for step in self.info.scope.steps
            )
        )

    def _value_of(self, expression: Expression) -> Values:
        """The value of the step that is read; where several take parts of one, the first of them evaluates it."""
        number = self.step.bit_length() - 1
        whole = self.wholes.get(number)
        if whole is None:
            return self.evaluate(expression)
        cell = self.body.local(f"{whole.first}:")  # no name is like this
        if number != whole.first:
            return self._part(expression, whole.value, self.read(cell))
        self.solver.join(cell, self.evaluate(whole.value))
        return self._part(expression, whole.value, cell.values)

    def _part(self, expression: Expression, whole: Expression, values: Values) -> Values:
        if expression is whole:
            return values
        assert isinstance(expression, Subscript)
        return self.subscript(self._part(expression.value, whole, values), expression)

    # Steps

    def _bind_step(self, step: Bind) -> None:
        if step.how is How.DELETE:
            if step.name in self.info.scope.globals:
                self.bind(step.name, NOTHING, How.DELETE, step.line, step.column)
            return
        values = NOTHING if step.value is None else self._value_of(step.value)
        if self.info.scope.kind is ScopeKind.CLASS and type(step.value) is Call and step.value.keywords:
            self.declare_factories(step.name)
        if step.operator:
            place = Place(step.line, step.column, step.name)
            before = self.load_name(step.name, step.line, step.column, receiver=True)
            made = self.augmented(step.operator, before, values, place)
            values = frozenset(value for value in values if type(value) is not Inst) | made
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
        place = Place(step.line, step.column, target)
        base = self.evaluate_receiver(target.value)
        stored = NOTHING if step.value is None else self._value_of(step.value)
        if isinstance(target, Subscript):
            if step.how is How.AUGMENT:
                before = self.item(base, self.evaluate(target.key), place)
                stored |= self.augmented(step.operator, before, stored, place)
            self.store_item(base, target.key, None if step.how is How.DELETE else stored, step.how, place)
        elif step.how is How.NARROW:
            for value in base:
                if isinstance(value, Inst):
                    self.solver.join(self.solver.cell("field", value.info, target.attr), stored)
        else:
            if step.how is How.AUGMENT:
                stored |= self.augmented(step.operator, self.load(base, target.attr, place), stored, place)
            self.store(base, target.attr, stored, place, deletes=step.how is How.DELETE)

    def _evaluate_step(self, step: Evaluate) -> None:
        values = self.evaluate(step.value)
        if step.use is Use.TEST:
            self.ask(values, Asked.TRUTH, step.value)
        elif step.use is Use.RAISE:
            for value in values:
                if isinstance(value, Cls):
                    self.construct(value.info, Arguments(), place_of(step.value))

    def _return_step(self, step: Return) -> None:
        values = self.evaluate(step.value)
        annotation = self.info.scope.returns
        if annotation is not None and self.says_type(annotation):
            if not values - _UNKNOWN:
                values = frozenset(value for value in self.from_annotation(annotation) if _is_path(value))
            values -= _UNKNOWN
        self.solver.join(self.body.result, self.universe.all_unspecific(values))

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
            self.make_class(owner)
        else:
            target = self.function_value(info)
        values = self.decorate(target, info.scope.decorators, line) if info.scope.decorators else frozenset((target,))
        self.bind(step.name, values, How.ASSIGN, line, info.scope.column)


def _is_path(value: Value) -> bool:
    return isinstance(value, Lib) and value.instance and value.dotted in _PATHS


_PATHS = frozenset({"builtins.str", "pathlib.Path"})
_STEPS: dict[type, Callable[[Evaluation, Any], None]] = {
    Bind: Evaluation._bind_step,
    Store: Evaluation._store_step,
    Evaluate: Evaluation._evaluate_step,
    Return: Evaluation._return_step,
    Import: Evaluation._import_step,
    Define: Evaluation._define_step,
}
