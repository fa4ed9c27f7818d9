"""Library calls that change what they are given, or the object that they are a method of.

In: an entry that says so, and the call. Out: notes of changed state; containers with what was put into them.
"""

from __future__ import annotations

from collections.abc import Callable

from migrator.facts.expressions import Attribute, Name
from migrator.knowledge import RECEIVER, Entry
from migrator.model.frames import Arguments, Place, Values
from migrator.model.registering import RegisteringFrame
from migrator.model.values import FIELDS, NOTHING, Box, Const, Lib, Param, Value, home_of

_LOOKS = frozenset({"pop", "popitem", "popleft", "setdefault", "get"})

_MOVING = frozenset({"appendleft", "insert", "popleft", "remove", "reverse", "rotate", "shuffle", "sort"})
"""What changes at which positions of a list its items stand."""

_TAKING = frozenset({"clear", "discard", "pop", "popitem", "popleft", "remove"})
"""Methods that take items out of a container: their arguments say which."""


class LibraryChangesFrame(RegisteringFrame):
    """Changes arguments and receivers."""

    def change_arguments(self, entry: Entry, receiver: Value | None, arguments: Arguments, place: Place) -> None:
        for position in entry.mutates:
            targets: Values = NOTHING
            if position == RECEIVER:
                targets = frozenset((receiver,)) if receiver is not None else NOTHING
                self._change_passed(place)
            else:
                targets = arguments.get(position) or NOTHING
                self.note_change_of(frozenset(t for t in targets if type(t) is Param), place.line, place.column)
            for target in targets:
                self._mutate_one(entry, target, arguments, place)

    def _change_passed(self, place: Place) -> None:
        """A method that changes its object is called: the object may be what a caller has passed."""
        node = self.node
        if node is not None and (node.line, node.column) == (place.line, place.column):
            target = node.func.value if isinstance(node.func, Attribute) else None
            local = self.body.names.get(target.id) if isinstance(target, Name) else None
            if local is not None:
                passed = frozenset(value for value in local.values if type(value) is Param)
                self.note_change_of(passed, place.line, place.column)

    def _mutate_one(self, entry: Entry, target: Value, arguments: Arguments, place: Place) -> None:
        home = home_of(target)
        simple = entry.name.rpartition(".")[2]
        if home and not (simple == "pop" and isinstance(target, Lib) and target.site == FIELDS):
            how = "drop" if simple in _TAKING else "change"
            self.note_write(home, place.line, place.column, how)
            if simple in _LOOKS:
                self.note_read(home, place.line, place.column, receiver=False)
        target = self.box_of(target) or target
        if not isinstance(target, Box):
            return
        if simple in _MOVING or (simple == "pop" and arguments.positional):
            self.mix(target)
        if simple in _FILLING:
            _FILLING[simple](self, target, arguments, place)
        elif simple not in _TAKING:
            for given in arguments.every():
                self.put(target, None, given - {target})

    def _update(self, target: Box, arguments: Arguments, place: Place) -> None:
        for given in (*arguments.positional, arguments.spread):
            if target.kind == "dict":
                self.put_pairs(target, given)
                self.ask_for_items(given, place)
            else:
                self.put(target, None, self.elements(given, place))
        for name, given in arguments.keywords.items():
            self.put(target, name, given)

    def _extend(self, target: Box, arguments: Arguments, place: Place) -> None:
        for given in arguments.every():
            self.put(target, None, self.elements(given, place))

    def _insert(self, target: Box, arguments: Arguments, place: Place) -> None:
        self.put(target, None, arguments.get(1) or NOTHING)

    def _set_default(self, target: Box, arguments: Arguments, place: Place) -> None:
        keys = arguments.get(0) or NOTHING
        given = arguments.get(1, "default") or NOTHING
        self.put_key(target, keys)
        constants = [key.value for key in keys if isinstance(key, Const)]
        for key in constants if len(constants) == len(keys) else (None,):
            self.put(target, key, given)

    def _set_item(self, target: Box, arguments: Arguments, place: Place) -> None:
        keys, given = arguments.get(0) or NOTHING, arguments.get(1) or NOTHING
        self.put_key(target, keys)
        constants = [key.value for key in keys if isinstance(key, Const)]
        for key in constants if len(constants) == len(keys) else (None,):
            self.put(target, key, given)


_FILLING: dict[str, Callable[[LibraryChangesFrame, Box, Arguments, Place], None]] = {
    "__setitem__": LibraryChangesFrame._set_item,
    "extend": LibraryChangesFrame._extend,
    "extendleft": LibraryChangesFrame._extend,
    "insert": LibraryChangesFrame._insert,
    "setdefault": LibraryChangesFrame._set_default,
    "update": LibraryChangesFrame._update,
}
"""Methods that put into a container something else than their arguments, or under a key."""
