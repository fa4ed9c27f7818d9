"""Boxes: the lists, tuples, sets and dicts that the analyzed code makes, and what each holds at which place.

In: displays, and what is put into a container. Out: boxes; the values at a place of one, or anywhere in it. A list or
tuple whose items stand in a display is known by positions, as long as nothing may move them. What reading or changing
a container means for what holds it is left to `containers`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from migrator.facts.expressions import Collection, Constant, Dictionary, Opaque, Starred
from migrator.model.frames import Place, Values
from migrator.model.members import MembersFrame
from migrator.model.solver import ALL, ANYWHERE, KEYS, LENGTH, OBJECT_KEYS, under
from migrator.model.values import NOTHING, Box, Const, Unknown, Value

Constants: TypeAlias = str | bytes | int | float | complex | bool | None
_LONG_DISPLAY = 40
"""Entries from which a display is a table of data rather than something that is looked up by its parts."""

_MOST_PLACES = 40
"""Positions of a list that are told apart where a part of it is taken, or it is spread."""

_ORDERED = ("list", "tuple")


class BoxesFrame(MembersFrame):
    """Makes boxes, fills them, and says what they hold."""

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

    def box_at(self, site: str, form: str) -> Box:
        """The container made at a site; for its form see `Box`."""
        box = self.universe.box(site, form)
        assert isinstance(box, Box)
        return box

    def _fill(self, box: Box, kind: str, node: Collection | Dictionary) -> None:
        held: set[Value] = set()  # joined at once: a generated table has a hundred thousand items
        if isinstance(node, Collection):
            fixed = kind != "set"
            for position, item in enumerate(node.items):
                if isinstance(item, Starred):
                    place = Place(node.line, node.column, "*")
                    self._fill_spread(box, position if fixed else None, self.evaluate(item.value), place)
                    fixed = False
                else:
                    held |= self._put_at(box, position if fixed else None, self.evaluate(item))
            if fixed and node.items:
                self._say_length(box, len(node.items))
        else:
            for key, item in node.pairs:
                values = self.evaluate(item)
                if key is None:
                    self.put_pairs(box, values)
                else:
                    self.put_key(box, self.evaluate(key))
                    held |= self._put_at(box, key.value if isinstance(key, Constant) else None, values)
        self._join(box, ALL, held)

    def _fill_spread(self, box: Box, first: int | None, values: Values, place: Place) -> None:
        """`*values` in a display: what stands in one at a known position keeps it, from the position of the star on."""
        ordered = [value for value in values if isinstance(value, Box) and value.kind in _ORDERED]
        if first is None or not ordered:
            self.put(box, None, self.elements(values, place))
            return
        self.elements(frozenset(ordered), place)  # what holds them is looked at
        for value in ordered:
            self._copy_places(box, first, value, slice(None))
            for length in self._lengths(value) if first == 0 else ():
                self._say_length(box, length)
        self.put(box, None, self.elements(values.difference(ordered), place))

    def put_pairs(self, box: Box, values: Values) -> None:
        """`**values`, or `update(values)`: dicts are put into one under the keys that they have."""
        for value in values:
            if isinstance(value, Box) and value.kind == "dict":
                keyed = NOTHING
                # Of too many keys none is followed.
                for key in (key for key in self.held(value, KEYS) if isinstance(key, Const)):
                    found = self.held(value, under(key.value))
                    keyed |= self.universe.generalized(found)
                    self.put(box, key.value, self.housed(self.expand(found), value.items_home))
                rest = self.held(value, ALL) - keyed | self.held(value, ANYWHERE)
                if rest:
                    self.put(box, None, self.housed(self.expand(rest), value.items_home))
                self._join(box, OBJECT_KEYS, self.held(value, OBJECT_KEYS))
            elif isinstance(value, Box):
                self.put(box, None, self.contents(value))

    # Positions

    def part(self, box: Box, bounds: slice | None, place: Place) -> Box:
        """`box[lower:upper:step]`: a list or tuple of its own; without bounds, where they are not known."""
        site = f"{self.module.name}:{place.line}:{place.column}{self.copy}:part of {box.kind}{self.inheritor}"
        made = self.box_at(site, box.kind)
        backwards = bounds is not None and any(bound < 0 for bound in _given(bounds))
        lengths = self._lengths(box)
        if bounds is None or (backwards and not lengths):
            self.put(made, None, self.housed(self.contents(box), box.items_home))
            return made
        for length in lengths:
            self._say_length(made, len(range(length)[bounds]))
        for length in lengths if backwards else (_MOST_PLACES,):
            self._copy_places(made, 0, box, bounds, length)
        return made

    def _copy_places(self, box: Box, first: int, source: Box, bounds: slice, length: int | None = None) -> None:
        """Put a slice of what another one holds into a box, from a position on."""
        places, rest = self.places(source)
        chosen = range(_MOST_PLACES if length is None else length)[bounds]
        for position, index in enumerate(chosen):
            if index < len(places):
                self.put(box, first + position, self.housed(places[index], source.items_home))
        if rest:
            self.put(box, None, self.housed(rest, source.items_home))

    def places(self, box: Box) -> tuple[list[Values], Values]:
        """What a list or tuple holds at 0, 1, and so on as far as that is known, and what it may hold anywhere."""
        places: list[Values] = []
        known = NOTHING
        while len(places) < _MOST_PLACES and (found := self.held(box, under(len(places)))):
            known |= found
            places.append(self.expand(found))
        return places, self.expand(self.held(box, ALL) - known | self.held(box, ANYWHERE))

    def _lengths(self, box: Box) -> list[int]:
        """How many items a list or tuple has, of which all stand at known positions; nothing where that is not known."""
        if box.kind not in _ORDERED or self.held(box, ANYWHERE):
            return []
        found = [value.value for value in self.held(box, LENGTH) if isinstance(value, Const)]
        return sorted(value for value in found if isinstance(value, int))

    def _say_length(self, box: Box, length: int) -> None:
        self._join(box, LENGTH, (self.universe.const(length),))

    def mix(self, box: Box) -> None:
        """Items of a list have moved, or may have: each may stand anywhere."""
        if box.kind == "list":
            self._join(box, ANYWHERE, self.held(box, ALL))

    def put(self, box: Box, key: Constants, values: Values) -> None:
        """Something is put into a box, under a constant key or somewhere."""
        held = self._put_at(box, key, values)
        self._join(box, ALL, held)

    def put_key(self, box: Box, values: Values) -> None:
        """Something is a key; what is data, or not known, is told by no more than that it is a key."""
        objects = frozenset(value for value in values if not isinstance(value, Box | Const | Unknown))
        if box.kind == "dict" and objects:
            self._join(box, OBJECT_KEYS, self.universe.generalized(objects))

    def _join(self, box: Box, key: object, values: Iterable[Value]) -> None:
        """Add to what a box holds; the box of one class also to what the generic one holds."""
        for contents in self.solver.filled(box):
            self.solver.join(contents[key], values)

    def held(self, box: Box, key: object) -> Values:
        """What a box holds, at a place or as one of the words above."""
        found = NOTHING
        for contents in self.solver.contents(box):
            values = contents[key].read_by(self.body, self.step)
            found = found | values if found else values
        return found

    def _put_at(self, box: Box, key: Constants, values: Values) -> Values:
        """Put something at its place alone; gives what belongs among all items."""
        if self.table:
            values = frozenset(map(self._entry, values))
        if not box.generic:
            values = self.universe.all_unspecific(values)
        place: object = under(key)
        if key is None or (self.table and not isinstance(key, int)):
            place = ANYWHERE
        elif box.kind in _ORDERED and (type(key) is not int or key < 0):
            place = ANYWHERE  # counted from an end that may move
        self._join(box, place, values)
        if box.kind != "dict":
            return values
        if key is not None and not self.table:
            self._join(box, KEYS, (self.universe.const(key),))
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
        return self.expand(self.held(box, ALL))

    def at(self, box: Box, key: Constants) -> Values:
        """What a box holds under a constant key; of a list or tuple, at a position."""
        if type(key) is int and key < 0 and box.kind in _ORDERED:
            lengths = self._lengths(box)
            found = [self.held(box, under(length + key)) for length in lengths]
            return self.expand(NOTHING.union(*found)) if lengths else self.contents(box)
        return self.expand(self.held(box, under(key)) | self.held(box, ANYWHERE))


def bounds_of(node: Opaque) -> slice | None:
    """The bounds of a slice that is written with constants; None for any other."""
    found = [part.value if isinstance(part, Constant) else "" for part in node.parts]
    if not all(bound is None or type(bound) is int for bound in found) or found[2] == 0:
        return None
    return slice(*found)


def _given(bounds: slice) -> list[int]:
    return [bound for bound in (bounds.start, bounds.stop, bounds.step) if bound is not None]
