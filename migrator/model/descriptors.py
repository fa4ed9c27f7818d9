"""Descriptors: what reading, setting and deleting an attribute runs that is more than a value.

In: what a class holds under a name, and the object or class that is asked. Out: what the descriptor gives; edges to
properties, `__get__`, `__set__` and `__delete__`, and to the hooks by which a class answers for all of its attributes.
"""

from __future__ import annotations

from migrator.model.declarations import DeclarationsFrame
from migrator.model.frames import Arguments, Order, Place, Values
from migrator.model.index import ClassInfo, FunctionInfo
from migrator.model.values import NOTHING, UNKNOWN, Cls, Fn, Inst, Lib, Partial, Value

PROPERTY = "builtins.property"
"""A property that was made by a call; its items are the functions that it was given."""

PARTIAL_METHOD = "functools.partialmethod"
"""A method with arguments given in advance; its receiver is the function with them, not bound."""

REGISTER = "functools.singledispatch.register"
"""Says which function is called for a type; its receiver is the function that calls it."""


class DescriptorsFrame(DeclarationsFrame):
    """Asks descriptors."""

    def got(self, values: Values, asked: Value, place: Place) -> Values:
        """Class-level values as they are read from an object or class: a descriptor says itself what it gives."""
        result: set[Value] | None = None
        for value in values:
            if type(value) is Inst and (function := self.method_of(value, "__get__")) is not None:
                owner = self.universe.cls(asked.info) if isinstance(asked, Inst | Cls) else UNKNOWN
                of = asked if asked is not owner else self.universe.const(None)
                given = Arguments([frozenset((of,)), frozenset((owner,))])
                result = (set(values) if result is None else result) - {value}
                made = self.run_function(function, value, given, place)
                result |= made if of is not asked else made - {value}  # itself it gives only to who asks its class
            elif type(value) is Lib and value.dotted == PARTIAL_METHOD and isinstance(value.receiver, Partial):
                made_of = value.receiver
                assert isinstance(made_of.target, Fn)
                bound = self.universe.method(made_of.target.info, asked)
                result = (set(values) if result is None else result) - {value}
                result.add(self.universe.partial(bound, made_of.given, made_of.handed))
            elif type(value) is Lib and value.dotted == PROPERTY and value.items:
                result = (set(values) if result is None else result) - {value}
                result |= self.call(_taking(value.items, 1), Arguments([frozenset((asked,))]), place)
        return values if result is None else frozenset(result)

    def method_of(self, value: Inst, name: str) -> FunctionInfo | None:
        """The method of that name that an object has of a first-party class, or None."""
        found = self.find_member(self.resolution_order(value.info), name)
        return found.function if found is not None else None

    def set_by_property(
        self, value: Inst, owner: ClassInfo | None, attr: str, stored: Values | None, place: Place
    ) -> None:
        """Set what a property stands for, or delete it with nothing stored."""
        if owner is not None:
            function = (owner.deleters if stored is None else owner.setters).get(attr)
            if function is not None:
                self.run_function(function, value, Arguments([] if stored is None else [stored]), place)

    def set_by_descriptor(self, value: Inst, owner: ClassInfo, attr: str, stored: Values | None, place: Place) -> None:
        given = [frozenset((value,)), *([] if stored is None else [stored])]
        for held in self.class_values(owner, attr):
            if type(held) is Inst:
                function = self.method_of(held, "__delete__" if stored is None else "__set__")
                if function is not None:
                    self.run_function(function, held, Arguments(given), place)
            elif type(held) is Lib and held.dotted == PROPERTY:
                self.call(_taking(held.items, len(given)), Arguments(given), place)

    def hooked(self, value: Inst, order: Order, hook: str, given: list[Values], place: Place) -> Values:
        """What a class does itself when an attribute of an object is read, set or deleted."""
        found = self.find_member(order, hook)
        if found is None or found.function is None or found.function is self.info:
            return NOTHING
        name = frozenset((self.universe.text(),))
        return self.run_function(found.function, value, Arguments([name, *given]), place)


def _taking(functions: Values, count: int) -> Values:
    """The functions with so many parameters: of those of a property, which reads, sets and deletes."""
    return frozenset(
        value for value in functions if isinstance(value, Fn) and len(value.info.scope.parameters) == count
    )
