"""Attributes: what reading one gives, and what changing one does.

In: the values of an object and the name of an attribute. Out: values; notes of property calls, of reads and writes
of state that outlives the call, and of library objects whose mere reading is an effect.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from types import AsyncGeneratorType, GeneratorType

from migrator.domain.effects import Effect
from migrator.facts.expressions import Name
from migrator.knowledge import Kind
from migrator.model.descriptors import REGISTER, DescriptorsFrame
from migrator.model.frames import Arguments, Order, Place, Values
from migrator.model.index import ClassInfo, FunctionInfo, assigned_names
from migrator.model.orm import COLUMN_CLASSES, ORM_CLASSES
from migrator.model.solver import SETS
from migrator.model.values import (
    DATA,
    FIELDS,
    INNER,
    MEMBER,
    NAMESPACES,
    NOTHING,
    UNDESCRIBED,
    UNKNOWN,
    Box,
    Cls,
    Const,
    Fn,
    Gen,
    Inst,
    Lib,
    Method,
    Mod,
    Param,
    Partial,
    Registered,
    Super,
    Unknown,
    Value,
    home_of,
    is_own,
)

_LONGEST_NAME = 9
"""Dots in a library name beyond which attributes of attributes are no longer followed."""

_UNKNOWN: Values = frozenset((UNKNOWN,))
_BUILTIN_TYPES = {
    f"builtins.{kind.__name__}": kind
    for kind in (str, bytes, int, float, complex, bool, list, tuple, dict, set, frozenset, bytearray)
}
"""Types whose attributes are all known: those of the interpreter itself."""

_MEMBER_VALUES = frozenset({"value", "_value_"})
_TEXTUAL = frozenset({"__name__", "__qualname__", "__module__", "__doc__"})


class MembersFrame(DescriptorsFrame):
    """Reads and changes attributes."""

    def load(self, values: Values, attr: str, place: Place, *, receiver: bool = False) -> Values:
        """The values of `value.attr`.

        Args:
            receiver: the attribute is read only to be called, or to be changed in place.
        """
        if len(values) == 1:
            (value,) = values
            return self.expand(self._load_one(value, attr, place, receiver=receiver))
        result: set[Value] = set()
        for value in self._having(values, attr):
            result |= self._load_one(value, attr, place, receiver=receiver)
        return self.expand(frozenset(result))

    def _having(self, values: Values, attr: str) -> Values:
        """The values without objects that would only answer by `__getattr__`, where others have the attribute.

        Callers are mixed up in what flows into a parameter: of the objects there, those are meant that have it.
        """
        asked = [value for value in values if isinstance(value, Inst) and self._answers_by_getattr(value.info, attr)]
        if not asked or not any(isinstance(value, Inst) and value not in asked for value in values):
            return values
        return values.difference(asked)

    def _answers_by_getattr(self, info: ClassInfo, attr: str) -> bool:
        order = self.resolution_order(info)
        return "__getattr__" in order.methods and attr not in order.stored and self.find_member(order, attr) is None

    def _load_one(self, value: Value, attr: str, place: Place, *, receiver: bool) -> Values:
        # Most of all values come first.
        kind = type(value)
        if kind is Lib:
            if value.dotted in NAMESPACES:  # type: ignore[attr-defined]
                return self._of_namespace(value, attr, place)  # type: ignore[arg-type]
            return self.library_member(value, attr, place)
        if kind is Inst:
            assert isinstance(value, Inst)
            return self._of_instance(value, value.info, attr, place, receiver=receiver)
        match value:
            case Mod(name=name):
                found = self.load_module(name, attr)
                module = self.index.modules.get(name)
                assigned = module is not None and attr in self.local_names(module.body)
                if module is not None and assigned and attr not in module.definitions and attr not in module.imports:
                    self.note_read(f"{name}.{attr}", place.line, place.column, receiver=receiver)
                return self.read_objects(found, place)
            case Cls(info=info):
                return self._of_class(value, info, attr, place, receiver=receiver)
            case Super(info=info, receiver=owner):
                return self._of_super(info, owner, attr, place)
            case Box(dotted=dotted):
                return self.library_member(value, attr, place, dotted)
            case Const(value=None):
                return NOTHING
            case Const(value=constant):
                return self.library_member(value, attr, place, f"builtins.{type(constant).__name__}")
            case Fn(info=info) | Method(info=info):
                if attr in _TEXTUAL:
                    return frozenset((self.universe.text(),))
                if info.is_dispatched and attr == "register":
                    return frozenset((self.universe.lib(REGISTER, receiver=value),))
                return self.read(self.solver.cell("function attribute", info, attr))
            case Gen():
                if not hasattr(GeneratorType, attr) and not hasattr(AsyncGeneratorType, attr):
                    return NOTHING  # Python would raise: another of the values that come this way is meant
                return frozenset((self.universe.lib(f"builtins.generator.{attr}", receiver=value),))
            case Unknown():
                return frozenset((UNKNOWN,))
            case _:
                return NOTHING

    def _of_namespace(self, value: Lib, attr: str, place: Place) -> Values:
        """What has been stored in any such object under a name, and what the library says that reading it does."""
        stored = self.read(self.solver.cell("library field", value.dotted, attr)) if value.instance else NOTHING
        if stored:
            self.note_reads_of(frozenset((value,)), place.line, place.column)
        return stored | self.library_member(value, attr, place)

    def _of_instance(self, value: Inst, info: ClassInfo, attr: str, place: Place, *, receiver: bool) -> Values:
        if attr == "__class__":
            return frozenset((self.universe.cls(info),))
        if attr == "__dict__":
            return frozenset((self.universe.lib("builtins.dict", instance=True, home=value.home, site=FIELDS),))
        order = self.resolution_order(info)
        result: set[Value] = set(self.read(self.solver.cell("field", info, attr)))
        shared = value.home and not self._is_declared_row(value, order)
        if shared and attr not in order.methods:
            self.note_read(value.home, place.line, place.column, receiver=receiver)
        if value.home and not self._is_row(order):
            home = f"{value.info.name}.{attr}"
            for item in result:
                self.hold(item, home)
            result = {self.universe.inside(item, value, attr) for item in result}
        found = self.find_member(order, attr)
        if found is None or found.library:
            related = self.given_in_return(order, attr)
            if any(isinstance(item, Inst) for item in related):
                self.note_effect(Effect.DATABASE, place.line, place.column, f"{attr} reads the related rows")
            if related:
                return frozenset(result) | related
        if attr in _MEMBER_VALUES and self.is_enumeration(info):
            result.update(self._values_of_members(order))
        if "__getattribute__" in order.methods:
            result |= self.hooked(value, order, "__getattribute__", [], place)
        if found is None:
            if attr in order.stored:
                return frozenset(result)
            getter = self.find_member(order, "__getattr__")
            if getter is not None and getter.function is not None:
                given = Arguments([frozenset((self.universe.text(),))])
                result |= self.run_function(getter.function, value, given, place)
            base = next((entry for entry in order if isinstance(entry, str) and entry != "builtins.object"), "")
            if base and not self.is_plain(base):
                # A call of it is then said to be one of that library's, of which a name alone says nothing.
                result.add(self.universe.lib(f"{base}.{attr}", site=UNDESCRIBED))
            elif base or getter is not None:
                result.add(UNKNOWN)
            return frozenset(result)
        if found.function is not None:
            return frozenset(result) | self._bound(found.function, value, place)
        if found.owner is not None:
            declared = self._class_level(found.owner, attr, place, receiver=receiver, instance=value)
            kept = self._kept_in_column(result) if self._declares_column(declared, order) else result
            return frozenset(kept) | self.held_by_class(self.held_by_instance(declared, place), info)
        member = self.library_member(value, attr, place, found.library.rpartition(".")[0])
        return frozenset(result) | member | self.annotated(order, attr)

    def _values_of_members(self, order: Order) -> Iterator[Value]:
        """What the members of an enumeration stand for, so far as it is more than data."""
        for info in order:
            if isinstance(info, ClassInfo):
                for name in assigned_names(info):
                    values = self.class_values(info, name)
                    yield from (value for value in values if not isinstance(value, Const | Lib | Unknown))

    def _is_declared_row(self, value: Inst, order: list[ClassInfo | str]) -> bool:
        """Whether a class declares the row rather than holds it: a relation, of which each object has its own."""
        return value.home.rpartition(".")[0] in self.index.classes and self._is_row(order)

    def _is_row(self, order: list[ClassInfo | str]) -> bool:
        """Whether instances are rows of a database, whose fields are that row's data wherever it is kept."""
        if type(order) is not Order:
            return self._has_row_class(order)
        if order.is_row is None:
            order.is_row = self._has_row_class(order)
        return order.is_row

    def _has_row_class(self, order: list[ClassInfo | str]) -> bool:
        return any(isinstance(entry, str) and ORM_CLASSES & set(self.knowledge.ancestors(entry)) for entry in order)

    def _declares_column(self, declared: Values, order: list[ClassInfo | str]) -> bool:
        """Whether the class of a row declares a column under the name, and no relation to other rows."""
        found = False
        for value in declared if self._is_row(order) else NOTHING:
            if type(value) is Inst:
                names = [entry for entry in self.resolution_order(value.info) if isinstance(entry, str)]
            else:
                names = [value.dotted] if type(value) is Lib and value.instance else []
            for name in names:
                if COLUMN_CLASSES & set(self.knowledge.ancestors(name)):
                    entry = self.described(name)[0]
                    if entry is not None and (entry.relates or "@item" in entry.attribute):
                        return False
                    found = True
        return found

    def _kept_in_column(self, values: Iterable[Value]) -> set[Value]:
        """What a column gives back of what was stored in it: data, and no rows; of containers neither."""
        kept: set[Value] = set()
        for value in values:
            if type(value) is Box:
                kept.add(self.universe.lib(value.dotted, instance=True))
            elif type(value) is not Inst or not self._is_row(self.resolution_order(value.info)):
                kept.add(value)
        return kept

    def held_by_row(self, order: list[ClassInfo | str], values: Values) -> Values:
        """What a row keeps of what is stored in one of its fields: data and other rows, and never code."""
        if not self._is_row(order):
            return values
        kept = self.tables.kept_by_rows.get(values)
        if kept is None:
            kept = frozenset(value for value in values if not isinstance(value, Cls | Fn | Method | Mod | Partial))
            self.tables.kept_by_rows[values] = kept
        return kept

    def _bound(self, function: FunctionInfo, value: Value, place: Place) -> Values:
        if function.is_static:
            return frozenset((self.universe.fn(function, None),))
        if function.is_class_method:
            owner = value.info if isinstance(value, Inst | Cls) else None
            target = self.universe.cls(owner) if owner is not None else value
            return frozenset((self.universe.method(function, target),))
        if function.is_property:
            if function.is_cached and value.home and not value.home.endswith(INNER):
                reason = f"{function.name} keeps what it computes in an object that a global holds"
                self.note_effect(Effect.MEMOIZE, place.line, place.column, reason)
            given = self.run_function(function, value, Arguments(), place)
            return self.held_by_instance(given, place) if function.is_declared else given
        extra = self.got(self._wrapped(function), value, place)
        return frozenset((self.universe.method(function, value),)) | extra

    def _wrapped(self, function: FunctionInfo) -> Values:
        """What decorators make of a method beside the method itself, such as a task object."""
        if not function.scope.decorators or function.owner is None:
            return NOTHING
        simple = function.scope.name.rpartition(".")[2]
        return frozenset(
            value for value in self.class_values(function.owner, simple) if isinstance(value, Lib | Inst | Registered)
        )

    def _of_class(self, value: Cls, info: ClassInfo, attr: str, place: Place, *, receiver: bool) -> Values:
        if attr in _TEXTUAL:
            return frozenset((self.universe.text(),))
        order = self.resolution_order(info)
        found = self.find_member(order, attr)
        if found is None:
            return self._of_metaclass(value, info, attr, place)
        if found.function is not None:
            if found.function.is_class_method:
                return frozenset((self.universe.method(found.function, value),))
            if found.function.is_property:
                return frozenset((UNKNOWN,))
            return frozenset((self.universe.fn(found.function, None),)) | self._wrapped(found.function)
        if found.owner is not None:
            declared = self._class_level(found.owner, attr, place, receiver=receiver, instance=None)
            return self.held_by_class(declared or self.annotated(order, attr), info)
        member = self.library_member(value, attr, place, found.library.rpartition(".")[0])
        return member | self.annotated(order, attr)

    def _of_metaclass(self, value: Cls, info: ClassInfo, attr: str, place: Place) -> Values:
        """What a class has that neither it nor one of its bases defines."""
        order = self.resolution_order(info)
        if order.metaclassed and (function := self.of_metaclass(info, attr)) is not None:
            return self._bound(function, value, place)
        if hasattr(type, attr):
            of_type = self.universe.lib(f"builtins.type.{attr}", receiver=value)
            return self.read_objects(frozenset((of_type,)), place)
        given = self._given_to_class(order, attr)
        if order.metaclassed and not given and (getter := self.of_metaclass(info, "__getattr__")) is not None:
            name = frozenset((self.universe.text(),))
            given = self.run_function(getter, value, Arguments([name]), place)
        return given or frozenset((UNKNOWN,))

    def _given_to_class(self, order: list[ClassInfo | str], attr: str) -> Values:
        """What code outside the class statement has stored under the name: `Class.attr = value`."""
        given: set[Value] = set()
        for entry in order:
            if isinstance(entry, ClassInfo):
                given |= self.class_values(entry, attr)
        return frozenset(given)

    def _class_level(
        self, owner: ClassInfo, attr: str, place: Place, *, receiver: bool, instance: Inst | None
    ) -> Values:
        if self.is_enumeration(owner):
            return frozenset((self.universe.inst(owner),))
        values = self.class_values(owner, attr)
        values = self.got(values, instance or self.universe.cls(owner), place)
        self.note_read(f"{owner.name}.{attr}", place.line, place.column, receiver=receiver)
        if instance is None:
            return values | self.read(self.solver.cell("declared", owner, attr))
        frameworks = self._frameworks(instance.info)
        if frameworks:
            values = frozenset(self._as_declared(value, frameworks) for value in values)
        # A function that is kept in a class attribute is bound when it is read from an instance.
        return frozenset(
            self.universe.method(value.info, instance) if isinstance(value, Fn) and not value.info.is_static else value
            for value in values
        ) | self.read(self.solver.cell("annotated", owner, attr))

    def is_enumeration(self, info: ClassInfo) -> bool:
        """Whether the attributes of a class are instances of it."""
        return any(isinstance(entry, str) and entry.startswith("enum.") for entry in self.resolution_order(info))

    def _frameworks(self, info: ClassInfo) -> frozenset[str]:
        """Libraries outside of the standard library that a class has base classes from."""
        order = self.resolution_order(info)
        known = order.frameworks if type(order) is Order else None
        if known is None:
            libraries = (entry for entry in order if isinstance(entry, str) and not self.is_plain(entry))
            known = frozenset(entry.partition(".")[0] for entry in libraries)
            if type(order) is Order:
                order.frameworks = known
        return known

    def _as_declared(self, value: Value, frameworks: frozenset[str]) -> Value:
        """What an instance of a framework's class has under a name that its class declares.

        A library object at class level declares something there (a column, a form field), and so does an object of a
        class that extends one of the same framework; what an instance holds under the name is its own.
        """
        match value:
            case Lib(home=home) if home and not self.is_plain(value.dotted):
                return self.universe.lib(value.dotted, instance=True, items=value.items, receiver=value.receiver)
            case Inst(info=info, home=home) if home and frameworks & self._frameworks(info):
                return self.universe.elsewhere(value)
            case _:
                return value

    @staticmethod
    def is_plain(dotted: str) -> bool:
        """Whether a library name belongs to the standard library."""
        return dotted.partition(".")[0] in sys.stdlib_module_names or dotted.startswith("builtins.")

    def _of_super(self, info: ClassInfo, owner: Value, attr: str, place: Place) -> Values:
        start = owner.info if isinstance(owner, Inst | Cls) else info
        order = self.resolution_order(start)
        rest = order[order.index(info) + 1 :] if info in order else self.resolution_order(info)[1:]
        found = self.find_member(rest, attr)
        if found is None:
            if any(isinstance(entry, str) for entry in rest):
                return frozenset((UNKNOWN,)) if not attr.startswith("__") else NOTHING | {self._object(attr, owner)}
            return frozenset((self._object(attr, owner),))
        if found.function is not None:
            return self._bound(found.function, owner, place)
        if found.owner is not None:
            return self._class_level(found.owner, attr, place, receiver=False, instance=None)
        return self.library_member(owner, attr, place, found.library.rpartition(".")[0])

    def _object(self, attr: str, owner: Value) -> Value:
        return self.universe.lib(f"builtins.object.{attr}", receiver=owner)

    # Library things

    def library_member(self, value: Value, attr: str, place: Place, dotted: str = "") -> Values:
        """An attribute of something of a library, or that a first-party class inherits from one."""
        key = (value, attr, dotted)
        found = self.tables.library_members.get(key)
        if found is None:
            found = self.tables.library_members[key] = self._library_member(value, attr, dotted)
        values, is_object = found
        return self.read_objects(values, place) if is_object else values

    def _library_member(self, value: Value, attr: str, dotted: str) -> tuple[Values, bool]:
        """The attribute, and whether it stands for an object that reading it gives."""
        base = dotted or (value.dotted if isinstance(value, Lib) else "builtins.object")
        name = f"{base}.{attr}"
        plain = isinstance(value, Lib) and not value.instance and not dotted
        if name.count(".") > _LONGEST_NAME or (plain and base.startswith("builtins.") and base.count(".") > 1):
            return _UNKNOWN, False
        if isinstance(value, Lib):
            if value.site == UNDESCRIBED:
                return _UNKNOWN, False
            if value.site == MEMBER and not self._is_named(name):
                return frozenset((self.universe.data(value.home),)), False
        if base in _BUILTIN_TYPES and (dotted or not plain) and not hasattr(_BUILTIN_TYPES[base], attr):
            return NOTHING, False  # Python would raise: another of the values that come this way is meant
        entry, canonical, answers_for_receiver = self.described(name)
        if entry is None and not plain and isinstance(value, Lib):
            if attr in _TEXTUAL:
                return frozenset((self.universe.text(),)), False
            if value.dotted == DATA:
                return frozenset((value,)), False  # data in data
            # It may be called, which is then said; what it holds is not followed any further.
            kept = value if value.home else None
            return frozenset((self.universe.lib(name, receiver=kept, site=UNDESCRIBED),)), False
        # The receiver is kept only where something depends on it: fewer values, the same answers.
        owner = None if plain or not (answers_for_receiver or home_of(value) or is_own(value)) else value
        site = "" if plain else MEMBER
        if plain and (entry is None or entry.wildcard) and (attr.isupper() or base.rpartition(".")[2].isupper()):
            # A constant of a library: what it holds is not described, and nothing hangs on its name.
            site = UNDESCRIBED if entry is None else MEMBER
        member = self.universe.lib(canonical, receiver=owner, site=site)
        return frozenset((member,)), entry is not None and entry.kind is Kind.OBJECT

    def _is_named(self, name: str) -> bool:
        """Whether knowledge or a plug-in speaks of this very name, rather than of all of a kind."""
        entry, canonical, _ = self.described(name)
        return (entry is not None and not entry.wildcard) or canonical in self.tables.interests

    def read_objects(self, values: Values, where: Place | Name) -> Values:
        """Library objects replaced by what they are instances of, with the effect of reading them."""
        objects: list[Value] = []
        held: set[Value] = set()
        for value in values:
            if type(value) is not Lib or value.instance:
                continue
            entry = self.described(value.dotted)[0]
            if entry is None or entry.kind is not Kind.OBJECT:
                continue
            for effect in entry.effects if not is_own(value.receiver) else ():
                self.note_effect(effect, where.line, where.column, f"{value.dotted} {entry.reason}")
            place = where if isinstance(where, Place) else Place(where.line, where.column, where.id)
            typed = self.typed_result(entry, value.receiver, Arguments(), value.dotted, place)
            if not entry.returns:
                # What a wildcard says of all fields of an object is not said of their own fields.
                plain = entry.wildcard and value.site == MEMBER
                made = self.universe.lib(value.dotted, instance=True, receiver=value.receiver)
                typed = frozenset((self.universe.data() if plain else made,))
            objects.append(value)
            held |= typed
        return values.difference(objects) | held if objects else values

    def store(self, values: Values, attr: str, stored: Values, place: Place, *, deletes: bool = False) -> None:
        """`value.attr = stored`, or `del value.attr` with nothing stored.

        To delete what a cached property has computed is to have it computed again: no state is lost by it. For a class
        that came as an argument the caller answers: many callers are mixed up in a parameter.
        """
        passed = any(type(value) is Param and value.info is self.info for value in values)
        for value in values:
            match value:
                case Inst(info=info, home=home):
                    order = self.resolution_order(info)
                    found = self.find_member(order, attr)
                    forgets = deletes and found is not None and found.function is not None and found.function.is_cached
                    if home and not forgets and not self._is_declared_row(value, order):
                        self.note_write(home, place.line, place.column, "change")
                    if found is not None and found.function is not None:
                        self.set_by_property(value, found.owner, attr, None if deletes else stored, place)
                    elif found is not None and found.owner is not None:
                        self.set_by_descriptor(value, found.owner, attr, None if deletes else stored, place)
                    hook = "__delattr__" if deletes else "__setattr__"
                    if hook in order.methods:
                        # What is set is found in the field: the hook would mix up what all fields hold.
                        self.hooked(value, order, hook, [] if deletes else [_UNKNOWN], place)
                    kept = self.held_by_row(order, self.universe.generalized(stored))
                    self.solver.join(self.solver.cell("field", info, attr), kept)
                case Cls(info=info):
                    found = self.find_member(self.resolution_order(info), attr)
                    owner = found.owner if found is not None and found.owner is not None else info
                    home = f"{owner.name}.{attr}"
                    if not passed:
                        self.note_write(home, place.line, place.column, "bind")
                    cell = self.solver.body(owner.body, None).local(attr)
                    self.solver.join(cell, self.housed(stored, home))
                case Mod(name=name):
                    home = f"{name}.{attr}"
                    self.note_write(home, place.line, place.column, "bind")
                    module = self.index.modules.get(name)
                    if module is not None:
                        cell = self.solver.body(module.body, None).local(attr)
                        self.solver.join(cell, self.housed(stored, home))
                case Fn(info=function) | Method(info=function):
                    home = f"{function.name}.{attr}"
                    self.note_write(home, place.line, place.column, "bind")
                    cell = self.solver.cell("function attribute", function, attr)
                    self.solver.join(cell, self.housed(stored, home))
                case Lib():
                    entry = None if value.instance else self.described(f"{value.dotted}.{attr}")[0]
                    for text in entry.assigned if entry is not None else ():
                        self.template(text, None, Arguments([stored]), place)
                    if value.dotted in NAMESPACES:
                        kept = self.universe.generalized(stored)
                        self.solver.join(self.solver.cell("library field", value.dotted, attr), kept)
                    if value.instance or not passed:
                        self.change_library(value, attr, place)
                case Param(info=function, index=index):
                    self.note_change_of(frozenset((value,)), place.line, place.column)
                    if function is self.info:
                        self.handles(f"{SETS}:{index}:{attr}")
                case _:
                    pass

    def change_library(self, value: Lib, attr: str, place: Place) -> None:
        """An attribute or item of a library's object, module or class is changed."""
        if is_own(value):
            return
        dotted = value.dotted
        entry = self.knowledge.lookup(dotted)
        own = self.knowledge.lookup(f"{dotted}.{attr}") if attr else None
        for known in (own, entry):
            if known is not None and known.write_effects:
                for effect in known.write_effects:
                    self.note_effect(effect, place.line, place.column, f"{known.name} is changed")
                return
        if value.home:
            self.note_write(value.home, place.line, place.column, "change")
        elif not value.instance and value.receiver is None and not value.site and not dotted.startswith("builtins."):
            self.note_write(f"{dotted}.{attr}" if attr else dotted, place.line, place.column, "bind")
