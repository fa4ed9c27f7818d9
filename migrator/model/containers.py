"""Containers: items read and changed, iteration, context managers, and operators that classes define.

In: the values of an object. Out: the values inside it; notes of reads and writes of state that outlives the call.
"""

from __future__ import annotations

from migrator.facts.expressions import Constant, Expression, Opaque
from migrator.facts.records import How
from migrator.model.boxes import bounds_of
from migrator.model.frames import Arguments, Place, Values
from migrator.model.held_items import HeldItemsFrame
from migrator.model.values import (
    FIELDS,
    NOTHING,
    UNKNOWN,
    Box,
    Cls,
    Const,
    Gen,
    Inst,
    Lib,
    Param,
    Unknown,
    Value,
    climbed,
)

_FAR = 1_000
"""Folders up for an ancestor that is not known: out of every package."""


class ContainersFrame(HeldItemsFrame):
    """Reads and changes what containers hold."""

    def item(self, values: Values, keys: Values, place: Place) -> Values:
        """`value[key]`, read."""
        result: set[Value] = set()
        constants = [key.value for key in keys if isinstance(key, Const)]
        known = len(constants) == len(keys) and bool(keys)
        for value in values:
            match value:
                case Box(home=home):
                    if home:
                        self.note_read(home, place.line, place.column, receiver=False)
                    found = NOTHING
                    if known:
                        for constant in constants:
                            found |= self.at(value, constant)
                    else:
                        found = self.contents(value)
                    result |= self.housed(found, value.items_home)
                case Inst():
                    given = Arguments([keys])
                    # Only unpacking asks an object for an item that is no sequence.
                    found = self.operator(value, "__getitem__", given, place)
                    if self.box_of(value) is not None:
                        found |= self.operator(value, "__missing__", given, place)
                    fields = self.fields_at(value, keys)
                    if fields is not None:
                        result |= found | fields
                        continue
                    result |= found or self.elements(frozenset((value,)), place)
                case Lib(dotted="pathlib.Path.parents", receiver=Lib(origin=origin)):
                    result |= {self._ancestor(origin, key) for key in keys}
                case Lib():
                    self.note_reads_of(frozenset((value,)), place.line, place.column)
                    result |= self._library_item(value, "__getitem__", place)
                case Cls(info=info):
                    # A member of an enumeration by its name; any other class is generic.
                    result.add(self.universe.inst(info) if self.is_enumeration(info) else value)
                    maker = self.find_member(self.resolution_order(info), "__class_getitem__")
                    if maker is not None and maker.function is not None:
                        result |= self.run_function(maker.function, value, Arguments([keys]), place)
                    result |= self._asked_of_metaclass(value, "__getitem__", Arguments([keys]), place)
                case Const(value=constant):
                    result.add(self.universe.general(value) if constant is not None else UNKNOWN)
                case Gen():
                    result |= self.elements(frozenset((value,)), place)
                case Unknown():
                    result.add(UNKNOWN)
                case _:
                    pass
        return frozenset(result)

    def sliced(self, values: Values, bounds: Opaque, place: Place) -> Values:
        """`value[lower:upper:step]`, read."""
        keys = self.evaluate(bounds)
        result: set[Value] = set()
        others: list[Value] = []
        for value in values:
            if not isinstance(value, Box):
                others.append(value)
            elif value.kind in ("list", "tuple"):
                if value.home:
                    self.note_read(value.home, place.line, place.column, receiver=False)
                result.add(self.part(value, bounds_of(bounds), place))
        return frozenset(result) | (self.item(frozenset(others), keys, place) if others else NOTHING)

    def _ancestor(self, origin: str, key: Value) -> Value:
        """`path.parents[key]`."""
        ups = key.value + 1 if isinstance(key, Const) and isinstance(key.value, int) else _FAR
        return self.universe.lib("pathlib.Path", instance=True, origin=climbed(origin, ups))

    def _library_item(self, value: Lib, operator: str, place: Place) -> Values:
        if not value.instance:
            return frozenset((value,))  # a subscripted type: `list[int]`
        if value.dotted == "builtins.str":
            return frozenset((self.universe.text(value.origin),))  # a part of a path: `descriptor, path = mkstemp()`
        entry = self.described(f"{value.dotted}.{operator}")[0]
        if entry is not None:
            for effect in entry.effects:
                self.note_effect(
                    effect, place.line, place.column, f"{entry.name} {entry.reason}", changes=entry.changes
                )
            typed = self.typed_result(entry, value, Arguments(), entry.name, place)
            if typed:
                return self.housed(typed, "" if entry.effects else value.home)
        return self.housed(value.items, value.home) or frozenset((UNKNOWN,))

    def elements(self, values: Values, place: Place) -> Values:
        """What iterating over the values gives."""
        result: set[Value] = set()
        for value in values:
            match value:
                case Box(home=home):
                    if home:
                        self.note_read(home, place.line, place.column, receiver=False)
                    if value.kind == "dict":
                        result.add(UNKNOWN)
                    else:
                        contents = self.universe.generalized(self.contents(value))
                        result |= self.housed(contents, value.items_home)
                case Gen(info=info, receiver=receiver):
                    result |= self.expand(self.read(self.solver.body(info, receiver).yielded))
                case Lib():
                    self.note_reads_of(frozenset((value,)), place.line, place.column)
                    result |= self._library_item(value, "__iter__", place)
                case Inst():
                    made = self.operator(value, "__iter__", Arguments(), place)
                    order = self.resolution_order(value.info)
                    if "__aiter__" in order.methods:
                        made |= self.operator(value, "__aiter__", Arguments(), place)
                    found = self.find_member(order, "__iter__")
                    box = self.box_of(value)
                    if box is not None and (found is None or found.library):
                        result |= self.elements(frozenset((box,)), place)
                        continue
                    if found is not None and found.library:
                        result |= made  # of a library's class it is said what it holds, not what its iterator is
                        continue
                    if found is None and (fields := self.fields_at(value, NOTHING)) is not None:
                        result |= fields
                        continue
                    for inner in made:
                        if isinstance(inner, Inst):
                            result |= self.operator(inner, "__next__", Arguments(), place)
                            result |= self.operator(inner, "__anext__", Arguments(), place)
                    result |= self.elements(frozenset(inner for inner in made if not isinstance(inner, Inst)), place)
                    if found is None:
                        result |= self.operator(value, "__getitem__", Arguments([NOTHING]), place)
                case Cls(info=info):
                    result.add(self.universe.inst(info))  # an enumeration
                    made = self._asked_of_metaclass(value, "__iter__", Arguments(), place)
                    result |= self.elements(made, place) if made else NOTHING
                case Const(value=str()):
                    result.add(self.universe.text())
                case Unknown():
                    result.add(UNKNOWN)
                case _:
                    pass
        return frozenset(result)

    def operator(self, value: Value, name: str, arguments: Arguments, place: Place) -> Values:
        """A special method of an instance of a first-party class, where the class has it."""
        if not isinstance(value, Inst):
            return NOTHING
        found = self.find_member(self.resolution_order(value.info), name)
        if found is None:
            return NOTHING
        if found.function is not None:
            return self.run_function(found.function, value, arguments, place)
        if found.library:
            member = self.universe.lib(self.knowledge.canonical(found.library), receiver=value)
            return self.call(frozenset((member,)), arguments, place)
        return NOTHING

    def _asked_of_metaclass(self, value: Cls, name: str, arguments: Arguments, place: Place) -> Values:
        function = self.of_metaclass(value.info, name)
        return self.run_function(function, value, arguments, place) if function is not None else NOTHING

    def entered(self, values: Values, place: Place) -> Values:
        """What `with value as ...` binds."""
        result: set[Value] = set()
        for value in values:
            match value:
                case Gen():
                    result |= self.elements(frozenset((value,)), place)
                case Inst():
                    for name in ("__enter__", "__aenter__"):
                        result |= self.operator(value, name, Arguments(), place)
                    for name in ("__exit__", "__aexit__"):
                        self.operator(value, name, Arguments([NOTHING, NOTHING, NOTHING]), place)
                case Lib(dotted=dotted):
                    result |= self._enter_library(value, dotted, place)
                case Unknown():
                    result.add(UNKNOWN)
                case _:
                    pass
        return frozenset(result)

    def _enter_library(self, value: Lib, dotted: str, place: Place) -> Values:
        for name in ("__enter__", "__aenter__"):
            entry = self.described(f"{dotted}.{name}")[0]
            if entry is None:
                continue
            for effect in entry.effects:
                self.note_effect(effect, place.line, place.column, f"{dotted} {entry.reason}")
            typed = self.typed_result(entry, value, Arguments(), f"{dotted}.{name}", place)
            if typed:
                return typed
        return frozenset((value,))

    def store_item(self, values: Values, key: Expression, stored: Values | None, how: How, place: Place) -> None:
        """`value[key] = stored`, `value[key] += stored`, or `del value[key]` with nothing stored."""
        keys = self.evaluate(key)
        is_slice = type(key) is Opaque and key.kind == "slice"
        if stored is not None and is_slice and any(isinstance(value, Box) for value in values):
            stored = self.elements(stored, place)
        kind = "drop" if how is How.DELETE else "change"
        filled: set[str] = set()
        for value in values:
            match value:
                case Box(home=home, site=site):
                    if home:
                        self.note_write(home, place.line, place.column, kind)
                        if how is How.AUGMENT:
                            self.note_read(home, place.line, place.column, receiver=False)
                    if site in filled:
                        continue
                    filled.add(site)  # one box that several globals hold is one box
                    if stored is None or is_slice:
                        self.mix(value)
                    if stored is not None:
                        self.put(value, key.value if isinstance(key, Constant) else None, stored)
                        self.put_key(value, keys)
                case Inst():
                    name = "__delitem__" if stored is None else "__setitem__"
                    given = [keys] if stored is None else [keys, stored]
                    self.operator(value, name, Arguments(given), place)
                case Lib(home=home):
                    if home and how is How.AUGMENT:
                        self.note_read(home, place.line, place.column, receiver=False)
                    if stored is not None or value.site != FIELDS:
                        self.change_library(value, "", place)
                case Param():
                    self.note_change_of(frozenset((value,)), place.line, place.column, kind)
                case _:
                    pass
