"""Calls that framework plug-ins ask for: registrations, and calls of functions that hand on to one.

In: a call, by its library name or of a followed function. Out: `LibraryCall` records in the tables, one a place.
"""

from __future__ import annotations

from migrator.domain.locations import Location
from migrator.facts.expressions import Call
from migrator.model.frames import Arguments, LibraryCall, Place, Values
from migrator.model.index import FunctionInfo
from migrator.model.library_results import LibraryResultsFrame
from migrator.model.values import NOTHING, Lib, Value


class RegisteringFrame(LibraryResultsFrame):
    """Notes what plug-ins have asked for."""

    def register_call(self, dotted: str, receiver: Value | None, arguments: Arguments, place: Place) -> Values:
        """Note a call that a plug-in has asked for; gives what stands for its result."""
        name = self.described(dotted)[1]
        if name not in self.tables.interests:
            name = self._watched(dotted)
            if not name:
                return NOTHING
        key, record = self._record(name, place)
        record.merge(arguments, receiver)
        # What is only noted registers nothing: its result stays what the library says.
        return NOTHING if name in self.tables.noted else frozenset((self.universe.registered(key),))

    def register(self, value: Lib, arguments: Arguments, place: Place) -> Values:
        """A registration for which a plug-in has asked, or nothing."""
        return self.register_call(value.dotted, value.receiver, arguments, place)

    def register_again(self, made: LibraryCall, arguments: Arguments, place: Place) -> Values:
        """A registering decorator that was made with some arguments gets more of them, as a `partial` does."""
        key, record = self._record(made.dotted, place)
        if record is not made:
            record.receivers |= made.receivers
            record.merge(Arguments([], {**made.keywords, **arguments.keywords}), None)
        return frozenset((self.universe.registered(key),))

    def _record(self, name: str, place: Place) -> tuple[tuple[str, int, int, str], LibraryCall]:
        """The record of a call at a place, made where there is none, and its key."""
        key = (self.body.name, place.line, place.column, name)
        record = self.tables.calls.get(key)
        if record is None:
            record = self.tables.calls[key] = LibraryCall(name, self.body, self._location(place), node=self.node)
        return key, record

    def _location(self, place: Place) -> Location:
        return Location(self.module.facts.path, place.line, place.line, place.column)

    def note_site(
        self, info: FunctionInfo, receiver: Value | None, arguments: Arguments, place: Place, *, decorates: bool = False
    ) -> None:
        """Note the call of a function that plug-ins follow, and what its result is applied to at once."""
        sites = self.tables.sites.setdefault(info, {})
        key = (self.body.name, place.line, place.column)
        record = sites.get(key)
        if record is None:
            node = None if decorates else self.node
            record = sites[key] = LibraryCall(info.name, self.body, self._location(place), node=node)
        record.merge(arguments, receiver)
        given = arguments.get(0) or NOTHING
        if decorates:
            record.decorated |= given
        elif record.node is not None and isinstance(record.node.func, Call):
            self.note_decorated(record.node.func.line, record.node.func.column, given)

    def note_decorated(self, line: int, column: int, targets: Values) -> None:
        """What the result of a followed function's call at a place is applied to."""
        key = (self.body.name, line, column)
        for sites in self.tables.sites.values():
            if key in sites:
                sites[key].decorated |= targets

    def _watched(self, dotted: str) -> str:
        """The name under which a plug-in has asked for a method that a library class inherits."""
        found = self.tables.watched.get(dotted)
        if found is None:
            owner, _, member = dotted.rpartition(".")
            names = [f"{base}.{member}" for base in self.knowledge.ancestors(owner)] if owner else []
            found = next((name for name in names if name in self.tables.interests), "")
            self.tables.watched[dotted] = found
        return found
