"""Containers: items read and changed, iteration, context managers, and operators that classes define.

In: the values of an object. Out: the values inside it; notes of reads and writes of state that outlives the call.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from migrator.facts.expressions import Collection, Constant, Dictionary, Expression, Starred
from migrator.facts.records import How
from migrator.model.frames import Arguments, Place, Values
from migrator.model.members import MembersFrame
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

_ANY = "*"
Constants: TypeAlias = str | bytes | int | float | complex | bool | None
_LONG_DISPLAY = 40
"""Entries from which a display is a table of data rather than something that is looked up by its parts."""

_FAR = 1_000
"""Folders up for an ancestor that is not known: out of every package."""


class ContainersFrame(MembersFrame):
    """Reads and changes what containers hold."""

    def make_box(self, node: Collection | Dictionary) -> Values:
        """A list, tuple, set or dict display.

        In a long one the entries are records of a table: they are not told apart, and their texts are kept only
        where they name something of the analyzed code. Nor are the displays within one that a function makes: that
        is data on its way, of which the parts go the same ways, whereas modules and classes keep tables to look
        things up in.
        """
        kind = node.kind if isinstance(node, Collection) else "dict"
        place = self.table or self.display or f"{self.module.name}:{node.line}:{node.column}{self.maker}"
        box = self.box_at(f"{place}:{kind}{self.inheritor}", kind)
        outer = self.table, self.display
        if len(node.items if isinstance(node, Collection) else node.pairs) > _LONG_DISPLAY:
            self.table = f"{place}:entry"
        elif kind != "tuple" and not self.display and not self.info.runs_on_import:
            self.display = f"{place}:inner"
        self._fill(box, kind, node)
        self.table, self.display = outer
        return frozenset((box,))

    def box_at(self, site: str, kind: str) -> Box:
        """The container made at a site."""
        box = self.universe.box(site, kind)
        assert isinstance(box, Box)
        return box

    def _fill(self, box: Box, kind: str, node: Collection | Dictionary) -> None:
        held: set[Value] = set()  # joined at once: a generated table has a hundred thousand items
        if isinstance(node, Collection):
            fixed = kind != "set"
            for position, item in enumerate(node.items):
                if isinstance(item, Starred):
                    fixed = False
                    place = Place(node.line, node.column, "*")
                    self.put(box, None, self.elements(self.evaluate(item.value), place))
                else:
                    held |= self._put_at(box, position if fixed else None, self.evaluate(item))
        else:
            for key, item in node.pairs:
                values = self.evaluate(item)
                if key is None:
                    for value in values:
                        if isinstance(value, Box):
                            self.put(box, None, self.contents(value))
                else:
                    self.put_key(box, self.evaluate(key))
                    held |= self._put_at(box, key.value if isinstance(key, Constant) else None, values)
        self._join("all items", box, None, held)

    def put(self, box: Box, key: Constants, values: Values) -> None:
        """Something is put into a box, under a constant key or somewhere."""
        held = self._put_at(box, key, values)
        self._join("all items", box, None, held)

    def put_key(self, box: Box, values: Values) -> None:
        """Something is a key; what is data, or not known, is told by no more than that it is a key."""
        objects = frozenset(value for value in values if not isinstance(value, Box | Const | Unknown))
        if box.kind == "dict" and objects:
            self._join("object keys", box, None, self.universe.generalized(objects))

    def _join(self, kind: str, box: Box, place: object, values: Iterable[Value]) -> None:
        """Add to what a box holds; the box of one class also to what the generic one holds."""
        cell = self.solver.cell
        self.solver.join(cell(kind, box.site, place), values)
        if box.generic:
            self.solver.join(cell(kind, box.mirror, place), values)

    def held(self, kind: str, box: Box, place: object = None) -> Values:
        """What a box holds."""
        found = NOTHING
        for cell in self.solver.of_box(kind, box, place):
            found |= self.read(cell)
        return found

    def _put_at(self, box: Box, key: Constants, values: Values) -> Values:
        """Put something at its place alone; gives what belongs among all items."""
        if self.table:
            values = frozenset(map(self._entry, values))
        if not box.generic:
            values = self.universe.all_unspecific(values)
        place = _ANY if key is None or (self.table and not isinstance(key, int)) else ("key", key)
        self._join("item", box, place, values)
        if box.kind != "dict":
            return values
        if key is not None and not self.table:
            self._join("keys", box, None, (self.universe.const(key),))
        return self.universe.generalized(values)

    def _entry(self, value: Value) -> Value:
        if isinstance(value, Const) and isinstance(value.value, str) and self._names_something(value.value):
            return value
        return self.universe.general(value)

    def _names_something(self, text: str) -> bool:
        return (
            "." in text
            and self.index.is_module(self.index.full_name(text.partition(".")[0]))
            and text.replace(".", "").isidentifier()
        )

    def contents(self, box: Box) -> Values:
        """Everything that a box holds."""
        return self.expand(self.held("all items", box))

    def at(self, box: Box, key: Constants) -> Values:
        return self.expand(self.held("item", box, ("key", key)) | self.held("item", box, _ANY))

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
                    result |= self.operator(value, "__getitem__", Arguments([keys]), place)
                case Lib(dotted="pathlib.Path.parents", receiver=Lib(origin=origin)):
                    result |= {self._ancestor(origin, key) for key in keys}
                case Lib():
                    self.note_reads_of(frozenset((value,)), place.line, place.column)
                    result |= self._library_item(value, "__getitem__", place)
                case Cls():
                    result.add(value)
                case Const(value=constant):
                    result.add(self.universe.general(value) if constant is not None else UNKNOWN)
                case Gen():
                    result |= self.elements(frozenset((value,)), place)
                case Unknown():
                    result.add(UNKNOWN)
                case _:
                    pass
        return frozenset(result)

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
                    found = self.find_member(self.resolution_order(value.info), "__iter__")
                    if found is not None and found.library:
                        result |= made  # of a library's class it is said what it holds, not what its iterator is
                        continue
                    for inner in made:
                        if isinstance(inner, Inst):
                            result |= self.operator(inner, "__next__", Arguments(), place)
                    result |= self.elements(frozenset(inner for inner in made if not isinstance(inner, Inst)), place)
                    if found is None:
                        result |= self.operator(value, "__getitem__", Arguments([NOTHING]), place)
                case Cls(info=info):
                    result.add(self.universe.inst(info))  # an enumeration
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
        kind = "drop" if how is How.DELETE else "change"
        filled: set[str] = set()
        for value in values:
            match value:
                case Box(home=home, site=site):
                    if home:
                        self.note_write(home, place.line, place.column, kind)
                        if how is How.AUGMENT:
                            self.note_read(home, place.line, place.column, receiver=False)
                    if stored is not None and site not in filled:
                        filled.add(site)  # one box that several globals hold is one box
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
