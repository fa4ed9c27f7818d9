"""Decorators: what applying one to a function or class means for the name that it binds and for each later call.

In: a definition with its decorators. Out: the values that its name is bound to. The function itself always stays
among them; wrappers that a first-party decorator puts around it become edges of the function, so that whoever runs
the function also runs its wrappers, whichever way it was reached.
"""

from __future__ import annotations

from migrator.domain.assessments import Unresolved
from migrator.domain.effects import Effect
from migrator.domain.locations import Location
from migrator.facts.expressions import Call, Expression
from migrator.knowledge import Entry
from migrator.model.calling import CallingFrame
from migrator.model.descriptors import REGISTER
from migrator.model.frames import Arguments, Decoration, Place, Values
from migrator.model.index import FunctionInfo
from migrator.model.values import (
    DATA,
    NOTHING,
    Cls,
    Fn,
    Gen,
    Inst,
    Lib,
    Method,
    Param,
    Registered,
    Unknown,
    Value,
)


class DecoratingFrame(CallingFrame):
    """Applies decorators."""

    def decorate(self, target: Value, decorators: tuple[Expression, ...], line: int) -> Values:
        """The values of a decorated name."""
        decoration = self._decoration(target)
        if decoration is not None:
            decoration.unresolved.clear()
        result: Values = frozenset((target,))
        for expression in reversed(decorators):
            result |= self._apply(target, expression, line)
        if any(self._stands_in(value, target) for value in result):
            return result - {target}
        return result

    def _stands_in(self, value: Value, target: Value) -> bool:
        """Whether calling the object that a decorator made sends the function away rather than running it."""
        if not isinstance(value, Lib) or value.receiver is not target:
            return False
        entry = self.described(f"{value.dotted}.__call__")[0]
        return entry is not None and Effect.ENQUEUE in entry.effects

    def _apply(self, target: Value, expression: Expression, line: int) -> Values:
        place = _place(expression, line)
        applied = self.evaluate(expression)
        library = [value for value in applied if isinstance(value, Lib) and not isinstance(expression, Call)]
        if isinstance(expression, Call):
            library = [value for value in self.evaluate(expression.func) if isinstance(value, Lib)]
        if self.tables.followed and isinstance(expression, Call):
            self.note_decorated(place.line, place.column, frozenset((target,)))
        extra: set[Value] = set()
        for named in library:
            extra |= self._by_library(target, named, expression, place)
        for value in applied:
            match value:
                case Registered(key=key):
                    self.tables.calls[key].decorated.add(target)
                    extra |= self.wrapped_as(target, self.tables.calls[key].dotted, self.tables.calls[key])
                case Fn() | Method():
                    extra |= self._by_function(target, value, place)
                case Cls(info=info):
                    constructor = self.constructor_of(value)
                    self._hand_decorated(constructor, 1, target)
                    given = NOTHING if constructor is not None else frozenset((target,))
                    for instance in self.construct(info, Arguments([given]), place):
                        self._edges_to_call(target, instance, place)
                        extra.add(instance)
                case Inst():
                    extra |= self._by_instance(target, value, place)
                case Lib(dotted=dotted) if dotted == REGISTER:
                    self.dispatch_to(value, frozenset((target,)))
                case Gen(info=info, receiver=receiver):  # a context manager: each call runs within it
                    self._edge(target, info, receiver, place)
                case Unknown() if not library:
                    self._note(target, place, "what the decorator does is not known")
                case _:
                    pass
        if not applied and not library:
            self._note(target, place, "what the decorator does is not known")
        return frozenset(extra)

    def dispatch_to(self, register: Lib, values: Values) -> None:
        """A function calls others too, by the type of what it is given; see `REGISTER`."""
        dispatching = register.receiver
        if isinstance(dispatching, Fn | Method):
            functions = [value for value in values if isinstance(value, Fn) and value.info is not dispatching.info]
            self.solver.join(self.solver.cell("dispatched", dispatching.info), functions)

    def _by_library(self, target: Value, value: Lib, expression: Expression, place: Place) -> Values:
        dotted = f"{value.dotted}.__call__" if value.instance else value.dotted
        wrapped = self.wrapped_as(target, self.knowledge.canonical(dotted))
        if not isinstance(expression, Call):
            receiver = value if value.instance else value.receiver
            for registered in self.register_call(dotted, receiver, Arguments(), place):
                if isinstance(registered, Registered):
                    record = self.tables.calls[registered.key]
                    record.decorated.add(target)
                    wrapped |= self.wrapped_as(target, record.dotted)
        entry = self.knowledge.lookup(dotted)
        if entry is None:
            if not wrapped and not (value.dotted == DATA or _accessor(value.dotted)):
                self._note(target, place, f"what the decorator {dotted} does is not described")
            return wrapped
        self._decorated_effects(target, entry)
        if not isinstance(expression, Call) and 0 in (*entry.calls_arguments, *entry.background_arguments):
            self.call_arguments(entry, value.receiver, Arguments([frozenset((target,))]), place)
        return wrapped

    def _by_function(self, target: Value, value: Fn | Method, place: Place) -> Values:
        info = value.info
        receiver = value.receiver if isinstance(value, Method) else value.outer
        if info.owner is not None and isinstance(value, Fn):
            receiver = self.default_receiver(info)
        body = self.solver.body(info, receiver)
        self.note_edge(body, place.line, place.column)
        position = 1 if isinstance(value, Method) and not info.is_static else 0
        self._hand_decorated(info, position, target)
        if info in self.tables.followed:
            self.note_site(info, receiver, Arguments([frozenset((target,))]), place, decorates=True)
        extra: set[Value] = set()
        if isinstance(target, Cls):  # it runs once, with the class: what it sets there are the class's attributes
            self.run_function(info, receiver, Arguments([frozenset((target,))]), place)
        others = self._decorated_alike(info, position, self.read(body.result))
        for made in body.result.values - others:
            if isinstance(made, Fn) and made.info.name.startswith(f"{info.name}.<locals>."):
                self._edge(target, made.info, made.outer, place)
            elif not isinstance(made, Param):
                extra.add(made)
                if isinstance(made, Inst):
                    self._edges_to_call(target, made, place)
        return frozenset(extra)

    def _decorated_alike(self, info: FunctionInfo, position: int, made: Values) -> Values:
        """What a decorator that gives back what it is given has been given elsewhere: none of it is made for this one."""
        if self.universe.param(info, position) not in made:
            return NOTHING
        return self.read(self.solver.cell("decorated", info, position)) | self.read(
            self.solver.cell("argument", info, position)
        )

    def _by_instance(self, target: Value, value: Inst, place: Place) -> Values:
        found = self.find_member(self.resolution_order(value.info), "__call__")
        if found is None or found.function is None:
            self._note(target, place, "what the decorator does is not known")
            return NOTHING
        bound = self.universe.method(found.function, value)
        assert isinstance(bound, Method)
        return self._by_function(target, bound, place)

    def constructor_of(self, value: Cls) -> FunctionInfo | None:
        found = self.find_member(self.resolution_order(value.info), "__init__")
        return found.function if found is not None else None

    def _hand_decorated(self, info: FunctionInfo | None, index: int, target: Value) -> None:
        if info is not None and index < len(info.scope.parameters):
            self.solver.join(self.solver.cell("decorated", info, index), (target,))

    def _edges_to_call(self, target: Value, instance: Value, place: Place) -> None:
        if isinstance(instance, Inst):
            found = self.find_member(self.resolution_order(instance.info), "__call__")
            if found is not None and found.function is not None:
                self._edge(target, found.function, instance, place)

    def _edge(self, target: Value, info: FunctionInfo, receiver: Value | None, place: Place) -> None:
        decoration = self._decoration(target)
        if decoration is not None:
            decoration.edges.setdefault(self.solver.body(info, receiver), (place.line, place.column))

    def _decorated_effects(self, target: Value, entry: Entry) -> None:
        decoration = self._decoration(target)
        if decoration is not None and isinstance(target, Fn):
            scope = target.info.scope
            for effect in entry.decorated_effects:
                decoration.effects.add((effect, scope.line, scope.column, f"{entry.name} {entry.reason}"))

    def _note(self, target: Value, place: Place, reason: str) -> None:
        decoration = self._decoration(target)
        if decoration is not None:
            location = Location(self.module.facts.path, place.line, place.line, place.column)
            key = (place.line, place.column, place.text)
            decoration.unresolved[key] = Unresolved(location, f"@{place.text}", reason)

    def _decoration(self, target: Value) -> Decoration | None:
        if not isinstance(target, Fn):
            return None
        return self.tables.decorations.setdefault(target.info, Decoration())


def _accessor(dotted: str) -> bool:
    """`x.setter` and its like, which only group functions under a name."""
    return dotted.rpartition(".")[2] in ("setter", "getter", "deleter", "register", "expression")


def _place(expression: Expression, line: int) -> Place:
    return Place(getattr(expression, "line", line), getattr(expression, "column", 1), expression)
