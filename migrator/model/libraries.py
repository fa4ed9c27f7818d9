"""Calls into libraries: what knowledge says of them, applied to the arguments at hand.

In: a library value that is called. Out: the values of the result; notes of effects, of files touched, of callables
that the library calls, and of calls that nobody has described.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from migrator.domain.effects import Effect
from migrator.domain.locations import Location
from migrator.facts.expressions import Attribute, Call, Name
from migrator.knowledge import RECEIVER, Access, Argument, Entry, Kind, Origin, PathUse
from migrator.model.frames import Arguments, LibraryCall, Place, Values
from migrator.model.index import FunctionInfo
from migrator.model.notes import LIBRARY
from migrator.model.templates import TemplatesFrame
from migrator.model.values import (
    AMBIENT,
    DATA,
    FIELDS,
    INNER,
    NOTHING,
    OWN,
    UNKNOWN,
    Box,
    Cls,
    Const,
    Fn,
    Inst,
    Lib,
    Method,
    Param,
    Partial,
    Unknown,
    Value,
    climbed,
    home_of,
    is_own,
)

LONG_LIMIT_S = 901
"""Seconds of a declared limit from which a function counts as unbounded: more than 15 minutes."""

LONG_WAIT_S = 60
"""Seconds of a constant sleep from which a function counts as unbounded (the vocabulary of effects)."""

_DATA_RULE = "it is called on what a library function that does nothing else returned, most likely plain data"
_FILE_RULE = "it takes open files, and nothing says that it is given a path"
_RESULT = re.compile(r"(?P<name>@?[\w.]+)(?P<number>:\d+)?(?:\[(?P<items>.+)\])?$")
_OPEN_ALREADY = ("builtins.int", "io.", "tempfile.", "gzip.", "zipfile.", "tarfile.")
_LOOKS = frozenset({"pop", "popitem", "popleft", "setdefault", "get"})
_UP = frozenset({"parent", "dirname"})


class LibrariesFrame(TemplatesFrame):
    """Calls library functions by their description."""

    def call_library(self, value: Lib, arguments: Arguments, place: Place) -> Values:
        """Call a library function or class, or an instance of one."""
        dotted = f"{value.dotted}.__call__" if value.instance else value.dotted
        receiver = value if value.instance else value.receiver
        self.notes[LIBRARY, dotted.partition(".")[0]] = None
        registered = self._register(dotted, receiver, arguments, place)
        entry = self.described(dotted)[0]
        if entry is None:
            return registered | self._unknown_call(value, dotted, receiver, place)
        for effect in entry.effects:
            if not (entry.reads and entry.kind is Kind.OBJECT) and not is_own(receiver):
                self.note_effect(effect, place.line, place.column, f"{dotted} {entry.reason}", changes=entry.changes)
        self._call_arguments(entry, receiver, arguments, place)
        self._mutate(entry, receiver, arguments, place)
        for use in entry.paths:
            self._touch(use, dotted, entry, receiver, arguments, place)
        if entry.seconds is not None:
            self._wait(entry.seconds, LONG_WAIT_S, f"{dotted} waits for", arguments, place)
        if entry.limit is not None:
            self._wait(entry.limit, LONG_LIMIT_S, f"{dotted} is allowed to take", arguments, place)
        if receiver is not None and home_of(receiver) and RECEIVER not in entry.mutates:
            self.note_read(home_of(receiver), place.line, place.column, receiver=False)
        if entry.runs:
            self.run_templates(entry, receiver, arguments, place)
        made = self._made(entry, value, dotted, receiver, arguments, place)
        if entry.relates:
            self.relate(entry, made, arguments)
        return registered | made

    def _unknown_call(self, value: Lib, dotted: str, receiver: Value | None, place: Place) -> Values:
        home = home_of(receiver) if receiver is not None else ""
        if home:
            self.note_read(home, place.line, place.column, receiver=False)
        if dotted.startswith(DATA):
            self.note_unresolved(place, "the type of what a library returned is not described", _DATA_RULE)
            return frozenset((self.universe.data(),))
        top = dotted.partition(".")[0]
        if self.knowledge.is_known_library(dotted) or self.knowledge.is_known_library(top):
            reason = f"what {dotted} does is not described"
        else:
            reason = f"nothing is known of the library {top}"
        self.note_unresolved(place, reason)
        last = value.dotted.rpartition(".")[2]
        if not value.instance and value.receiver is None and last[:1].isupper():
            return frozenset((self.universe.lib(value.dotted, instance=True),))
        return frozenset((UNKNOWN,))

    # What plug-ins ask for

    def _register(self, dotted: str, receiver: Value | None, arguments: Arguments, place: Place) -> Values:
        """Note a call that a plug-in has asked for; gives what stands for its result."""
        name = self.described(dotted)[1]
        if name not in self.tables.interests:
            name = self._watched(dotted)
            if not name:
                return NOTHING
        key = (self.body.name, place.line, place.column, name)
        record = self.tables.calls.get(key)
        if record is None:
            location = Location(self.module.facts.path, place.line, place.line, place.column)
            record = self.tables.calls[key] = LibraryCall(name, self.body, location, node=self.node)
        record.merge(arguments, receiver)
        # What is only noted registers nothing: its result stays what the library says.
        return NOTHING if name in self.tables.noted else frozenset((self.universe.registered(key),))

    def register(self, value: Lib, arguments: Arguments, place: Place) -> Values:
        """A registration for which a plug-in has asked, or nothing."""
        return self._register(value.dotted, value.receiver, arguments, place)

    def register_again(self, made: LibraryCall, arguments: Arguments, place: Place) -> Values:
        """A registering decorator that was made with some arguments gets more of them, as a `partial` does."""
        key = (self.body.name, place.line, place.column, made.dotted)
        record = self.tables.calls.get(key)
        if record is None:
            location = Location(self.module.facts.path, place.line, place.line, place.column)
            record = self.tables.calls[key] = LibraryCall(made.dotted, self.body, location, node=self.node)
        if record is not made:
            record.receivers |= made.receivers
            record.merge(Arguments([], {**made.keywords, **arguments.keywords}), None)
        return frozenset((self.universe.registered(key),))

    def note_site(
        self, info: FunctionInfo, receiver: Value | None, arguments: Arguments, place: Place, *, decorates: bool = False
    ) -> None:
        """Note the call of a function that plug-ins follow, and what its result is applied to at once."""
        sites = self.tables.sites.setdefault(info, {})
        key = (self.body.name, place.line, place.column)
        record = sites.get(key)
        if record is None:
            location = Location(self.module.facts.path, place.line, place.line, place.column)
            node = None if decorates else self.node
            record = sites[key] = LibraryCall(info.name, self.body, location, node=node)
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

    # Side effects of a described call

    def _call_arguments(self, entry: Entry, receiver: Value | None, arguments: Arguments, place: Place) -> None:
        for wanted in (*entry.calls_arguments, *entry.background_arguments):
            if wanted == RECEIVER:
                self._call_wrapped(receiver, arguments, place)
                continue
            given = arguments.keywords.get(wanted) if isinstance(wanted, str) else arguments.get(wanted)
            if given:
                callables = frozenset(value for value in given if not isinstance(value, Const | Unknown | Box))
                if callables:
                    self.call(callables, self._handed(entry, receiver, arguments, place), place)

    def _handed(self, entry: Entry, receiver: Value | None, arguments: Arguments, place: Place) -> Arguments:
        """What a library function passes to what it calls; nothing where its description does not say."""
        hands = entry.hands
        if hands is None:
            return Arguments()
        positional = [self.typed_text(text, receiver, arguments, place) for text in hands.arguments]
        keywords: dict[str, Values] = {}
        if hands.rest is not None:
            positional += arguments.positional[hands.rest :]
            callbacks = (*entry.calls_arguments, *entry.background_arguments)
            keywords = {name: given for name, given in arguments.keywords.items() if name not in callbacks}
        held = [arguments.get(argument.position, argument.keyword) or NOTHING for argument in hands.spread]
        return Arguments(positional, keywords, NOTHING.union(*held))

    def _call_wrapped(self, receiver: Value | None, arguments: Arguments, place: Place) -> None:
        """The object runs the function that a decorator made it of, or, as an instance, its own `run`."""
        if isinstance(receiver, Lib) and isinstance(receiver.receiver, Fn | Method):
            # Not a call of the function as written: `task.apply(args)`.
            handed = Arguments(arguments.positional, arguments.keywords, arguments.spread)
            self.call(frozenset((receiver.receiver,)), handed, place)
        elif isinstance(receiver, Inst):
            found = self.find_member(self.resolution_order(receiver.info), "run")
            if found is not None and found.function is not None:
                self.run_function(found.function, receiver, arguments, place)

    def _mutate(self, entry: Entry, receiver: Value | None, arguments: Arguments, place: Place) -> None:
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
        if not isinstance(target, Box):
            return
        if simple in _MOVING or (simple == "pop" and arguments.positional):
            self.mix(target)
        if simple in _FILLING:
            _FILLING[simple](self, target, arguments, place)
        elif simple not in _TAKING:
            for given in arguments.every():
                self.put(target, None, given)

    def _update(self, target: Box, arguments: Arguments, place: Place) -> None:
        for given in (*arguments.positional, arguments.spread):
            if target.kind == "dict":
                self.put_pairs(target, given)
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

    def _wait(self, argument: Argument, least: int, what: str, arguments: Arguments, place: Place) -> None:
        for value in arguments.get(argument.position, argument.keyword) or NOTHING:
            if isinstance(value, Const) and isinstance(value.value, int | float) and value.value >= least:
                self.note_effect(Effect.UNBOUNDED, place.line, place.column, f"{what} {value.value:,} seconds")

    def _touch(
        self,
        use: PathUse,
        dotted: str,
        entry: Entry,
        receiver: Value | None,
        arguments: Arguments,
        place: Place,
    ) -> None:
        if use.path.position == RECEIVER:
            paths: Values | None = frozenset((receiver,)) if receiver is not None else None
        else:
            paths = arguments.get(use.path.position, use.path.keyword)
        if paths is None:
            return
        access = use.access
        if access is Access.MODE:
            access = self._mode(use, arguments)
        for path in paths or frozenset((UNKNOWN,)):
            if isinstance(path, Const) and (path.value is None or isinstance(path.value, int)):
                continue
            if isinstance(path, Param) and self._is_known(path):
                continue
            if isinstance(path, Lib) and path.instance and path.dotted.startswith(_OPEN_ALREADY):
                continue
            if isinstance(path, Const) and path.value == ":memory:":
                continue  # SQLite's name for a database without a file
            if use.file_object and not _is_path(path):
                if not isinstance(path, Lib | Inst):
                    self.note_unresolved(place, "what it reads or writes is not known", _FILE_RULE)
                continue
            origin = self.origin_of(path)
            reason = f"{dotted} {entry.reason}"
            if origin == Origin.TEMP.value:
                self.note_effect(Effect.TEMP_DISK, place.line, place.column, f"{reason} in the temp folder")
                continue
            shipped = origin.startswith(Origin.PACKAGE.value)
            if access is not Access.WRITE and not shipped:
                self.note_effect(Effect.LOCAL_DISK_READ, place.line, place.column, reason)
            if access is not Access.READ:
                self.note_effect(Effect.LOCAL_DISK_WRITE, place.line, place.column, reason)

    def _is_known(self, given: Param) -> bool:
        """Whether the one call that a copy of a function is read for says what it gives: the values themselves are here."""
        if given.info is not self.info or not self.info.site:
            return False
        passed = self.read(self.solver.cell("argument", given.info, given.index))
        return bool(passed) and not any(isinstance(value, Param) for value in passed)

    def _mode(self, use: PathUse, arguments: Arguments) -> Access:
        """Read, write, or both (`Access.MODE`): what the mode argument says."""
        given = arguments.get(use.mode.position, use.mode.keyword) if use.mode is not None else None
        if given is None and use.mode is not None:
            given = arguments.keywords.get("mode")
        modes = [value.value for value in given or NOTHING if isinstance(value, Const) and isinstance(value.value, str)]
        if given is None:
            return Access.READ
        if not modes or any("+" in mode for mode in modes):
            return Access.MODE
        writes = [bool(set(mode) & set("wax")) for mode in modes]
        if all(writes):
            return Access.WRITE
        return Access.MODE if any(writes) else Access.READ

    # Results

    def _made(
        self,
        entry: Entry,
        value: Lib,
        dotted: str,
        receiver: Value | None,
        arguments: Arguments,
        place: Place,
    ) -> Values:
        # A class gives instances of itself: those are made below, told apart and with what they copy.
        if entry.by_argument is not None or (entry.returns and entry.returns != entry.name):
            return self.typed_result(entry, receiver, arguments, dotted, place)
        origins = self._origins(entry, dotted, receiver, arguments)
        if entry.kind is Kind.CLASS and not value.instance:
            name = dotted if entry.wildcard else entry.name
            site = f"{self.module.name}:{place.line}:{place.column}" if name in self.tables.interests else ""
            if name.startswith(AMBIENT) and not self.info.runs_on_import:
                site = OWN
            if name in _COPIES:
                return self._copied(name, arguments, place)
            made = self.universe.lib(name, instance=True, site=site)
            return self._with_origins(frozenset((made,)), origins)
        if entry.wildcard and dotted.rpartition(".")[2][:1].isupper() and value.receiver is None:
            return frozenset((self.universe.lib(dotted, instance=True),))
        if origins:
            return frozenset(self.universe.text(origin) for origin in origins)
        # What a call that does nothing returns is most likely plain data; its methods are noted as such.
        return frozenset((self.universe.data(),)) if entry.pure else _UNKNOWN

    def typed_result(
        self, entry: Entry, receiver: Value | None, arguments: Arguments, dotted: str, place: Place
    ) -> Values:
        """The values that an entry's `returns` or `by_argument` says, or none."""
        result: Values = NOTHING
        if entry.effects and receiver is not None and receiver.home:
            receiver = self.universe.elsewhere(receiver)  # a row of a table is not held by what asks for it
        if entry.by_argument is not None:
            chosen = arguments.get(entry.by_argument.argument.position, entry.by_argument.argument.keyword)
            names = {entry.by_argument.otherwise} if chosen is None else set()
            for value in chosen or NOTHING:
                named = entry.by_argument.returns.get(str(value.value)) if isinstance(value, Const) else None
                names.add(named or entry.by_argument.otherwise)
            for name in sorted(names):
                result |= self.typed_text(name, receiver, arguments, place)
        else:
            result = self.typed_text(entry.returns, receiver, arguments, place)
        return self._with_origins(result, self._origins(entry, dotted, receiver, arguments))

    def typed_text(self, returns: str, receiver: Value | None, arguments: Arguments, place: Place) -> Values:
        """The values that a text like an entry's `returns` says."""
        known = self.tables.typed.get(returns)
        if known is not None:
            return known
        if returns.startswith("="):
            return self.template(returns[1:], receiver, arguments, place)
        if returns.startswith("@") and " or " in returns:
            parts = [self.typed_text(part, receiver, arguments, place) for part in returns.split(" or ")]
            return NOTHING.union(*parts)
        name, numbered, number, inside = _parsed(returns)
        if not name:
            return NOTHING
        items = self.typed_text(inside, receiver, arguments, place) if inside else NOTHING
        if "@" not in returns and name not in _COPIES:
            typed = frozenset((self.universe.lib(self.described(name)[1], instance=True, items=items),))
            if not inside or inside in self.tables.typed:
                self.tables.typed[returns] = typed
            return typed
        match name:
            case "@self":
                return frozenset((receiver,)) if receiver is not None else NOTHING
            case "@copy":
                copied = frozenset((receiver,)) if receiver is not None else NOTHING
                copied = (arguments.get(number) or NOTHING) if numbered else copied
                return frozenset(map(self.universe.copied, copied))
            case "@deepcopy":
                return self.universe.all_elsewhere(arguments.get(number) or NOTHING)
            case "@class":
                if isinstance(receiver, Cls | Inst):
                    return frozenset((self.universe.inst(receiver.info),))
                if isinstance(receiver, Lib):
                    return receiver.items
                return NOTHING
            case "@argument":
                return arguments.get(number) or NOTHING
            case "@instance":
                given = arguments.get(number) or NOTHING
                return frozenset(
                    self.universe.inst(value.info) if isinstance(value, Cls) else self.universe.instance_of(value)
                    for value in given
                    if isinstance(value, Cls) or (isinstance(value, Lib) and not value.instance)
                )
            case "@item":
                if numbered:
                    return self.elements(arguments.get(number) or NOTHING, place)
                if isinstance(receiver, Box):
                    return self.item(frozenset((receiver,)), NOTHING, place)
                if isinstance(receiver, Lib | Inst):
                    return self.housed(receiver.items, receiver.home)
                return NOTHING
            case "@at":
                if isinstance(receiver, Box):
                    return self.item(frozenset((receiver,)), arguments.get(number) or NOTHING, place)
                return self.typed_text("@item", receiver, arguments, place)
            case "@pair":
                keys = self.held("object keys", receiver) if isinstance(receiver, Box) else NOTHING
                return self.typed_text("@item", receiver, arguments, place) | self.expand(keys)
            case "@inner":
                return self.elements(self.elements(arguments.get(number) or NOTHING, place), place)
            case "@result":
                return self.results_of(arguments.get(number) or NOTHING)
            case "@arguments":
                return NOTHING.union(*arguments.positional)
            case "@items":
                return frozenset(item for given in arguments.positional for item in self.elements(given, place))
            case "@answers":
                return self._answers(receiver, place)
            case "@receivers":
                return self._receivers(receiver, place)
            case "@answer":
                target = receiver.receiver if isinstance(receiver, Lib) else None
                return self.results_of(frozenset((target,))) if target is not None else _UNKNOWN
            case _ if items and name in _COPIES:
                return self.made_container(name, items, place)
            case "@model":
                return self.models_named(arguments.get(number, "to") or NOTHING)
            case _:
                return frozenset((self.universe.lib(self.described(name)[1], instance=True, items=items),))

    # What a signal's receivers give its sender. They are candidates of their own: sending does not run them here.

    def _answers(self, signal: Value | None, place: Place) -> Values:
        """A list of pairs: a receiver of a signal, and its result."""
        site = f"{self.module.name}:{place.line}:{place.column}{self.maker}"
        pair, pairs = self.box_at(f"{site}:answer", "tuple"), self.box_at(f"{site}:answers", "list")
        self.put(pair, 0, _UNKNOWN)
        for handler in self._connected(signal):
            self.put(pair, 1, self.results_of(frozenset((handler,))))
        self.put(pairs, None, frozenset((pair,)))
        return frozenset((pairs,))

    def _receivers(self, signal: Value | None, place: Place) -> Values:
        """A pair of lists: the receivers of a signal, and those that are coroutines."""
        site = f"{self.module.name}:{place.line}:{place.column}{self.maker}"
        both, listed = self.box_at(f"{site}:receivers", "tuple"), self.box_at(f"{site}:receiver", "list")
        handlers = {
            self.universe.lib("django.dispatch.Receiver", instance=True, receiver=handler)
            for handler in self._connected(signal)
        }
        self.put(listed, None, frozenset(handlers) or _UNKNOWN)
        self.put(both, None, frozenset((listed, *handlers)))
        return frozenset((both,))

    def _connected(self, signal: Value | None) -> Values:
        if signal is None or not signal.home:
            return NOTHING
        return self.read(self.solver.cell("answers", signal.home.rstrip(INNER)))

    def results_of(self, values: Values) -> Values:
        """What calls of functions and classes give, whatever they are passed."""
        result: set[Value] = set()
        for value in values:
            match value:
                case Fn(info=info, outer=outer):
                    result |= self._result(info, self.default_receiver(info) if info.owner is not None else outer)
                case Method(info=info, receiver=receiver):
                    result |= self._result(info, receiver)
                case Cls(info=info):
                    result.add(self.universe.inst(info))
                case Lib(instance=False) if self._is_class(value):
                    result.add(self.universe.instance_of(value))
                case Partial(target=target):
                    result |= self.results_of(frozenset((target,)))
                case Param(info=info, index=index) if info is self.info:
                    result.add(self.universe.given(info, index))
                case _:
                    result.add(UNKNOWN)
        return frozenset(result)

    def _result(self, info: FunctionInfo, receiver: Value | None) -> Values:
        if info.scope.is_generator:
            return frozenset((self.universe.gen(info, receiver),))
        return self.expand(self.read(self.solver.body(info, receiver).result))

    def _is_class(self, value: Lib) -> bool:
        entry = self.described(value.dotted)[0]
        return entry is not None and entry.kind is Kind.CLASS

    def _copied(self, name: str, arguments: Arguments, place: Place) -> Values:
        """A container that its class makes of another one, or of arguments by name."""
        given = arguments.get(0) or NOTHING
        if name != _DICT:
            return self.made_container(name, self.elements(given, place), place)
        made = self.made_container(name, NOTHING, place)
        for box in made:
            assert isinstance(box, Box)
            dicts = frozenset(value for value in given if isinstance(value, Box) and value.kind == "dict")
            self.put_pairs(box, dicts | arguments.spread)
            for pair in self.elements(given - dicts, place):
                if isinstance(pair, Box):
                    self._put_pair(box, pair)
            for keyword, values in arguments.keywords.items():
                self.put(box, keyword, values)
        return made

    def _put_pair(self, box: Box, pair: Box) -> None:
        keys = self.at(pair, 0)
        constants = [key.value for key in keys if isinstance(key, Const)]
        for key in constants if constants and len(constants) == len(keys) else (None,):
            self.put(box, key, self.at(pair, 1))
        self.put_key(box, keys)

    def made_container(self, name: str, items: Values, place: Place) -> Values:
        """A container that a library call makes at a place, told apart by that place."""
        kind = name.rpartition(".")[2]
        box = self.box_at(f"{self.module.name}:{place.line}:{place.column}{self.maker}:{kind}", _KINDS.get(kind, kind))
        self.put(box, None, items)
        return frozenset((box,))

    # Where paths come from

    def origin_of(self, value: Value) -> str:
        """`temp`, `package+N`, or an empty string."""
        general = self.universe.general(value)
        return general.origin if isinstance(general, Lib) else ""

    def _origins(self, entry: Entry, dotted: str, receiver: Value | None, arguments: Arguments) -> list[str]:
        """Where a returned path may point to; nothing where the result is no path or all is unknown."""
        if entry.origin is not Origin.UNKNOWN:
            return [f"{entry.origin.value}+99" if entry.origin is Origin.PACKAGE else entry.origin.value]
        derives = 0 if dotted == "builtins.str" else entry.derives
        if derives is None:
            return []
        if derives == RECEIVER:
            sources = frozenset((receiver,)) if receiver is not None else NOTHING
        else:
            sources = arguments.get(derives) or NOTHING
        origins = {self.origin_of(source) for source in sources}
        if not any(origins):
            return []
        ups = sum(
            isinstance(value, Const) and value.value in ("..", "../") for given in arguments.every() for value in given
        )
        if dotted.rpartition(".")[2] in _UP:
            ups += 1
        return sorted(climbed(origin, ups) for origin in origins)

    def _with_origins(self, values: Values, origins: list[str]) -> Values:
        if not origins:
            return values
        return frozenset(self._with_origin(value, origin) for value in values for origin in origins)

    def _with_origin(self, value: Value, origin: str) -> Value:
        if not isinstance(value, Lib) or not value.instance:
            return value
        items = frozenset(self._with_origin(item, origin) for item in value.items)
        return self.universe.lib(value.dotted, instance=True, items=items, origin=origin, receiver=value.receiver)


@cache
def _parsed(returns: str) -> tuple[str, bool, int, str]:
    """What a text like an entry's `returns` names, whether it gives a number and which, and what stands in brackets."""
    matched = _RESULT.match(returns)
    if matched is None:
        return "", False, 0, ""
    return matched["name"], bool(matched["number"]), int((matched["number"] or ":0")[1:]), matched["items"] or ""


def _is_path(value: Value) -> bool:
    """Whether a value is text or a path, rather than an open file."""
    if isinstance(value, Const):
        return isinstance(value.value, str)
    return isinstance(value, Lib) and value.instance and value.dotted.startswith(("builtins.str", "pathlib."))


_FILLING: dict[str, Callable[[LibrariesFrame, Box, Arguments, Place], None]] = {
    "extend": LibrariesFrame._extend,
    "extendleft": LibrariesFrame._extend,
    "insert": LibrariesFrame._insert,
    "setdefault": LibrariesFrame._set_default,
    "update": LibrariesFrame._update,
}
"""Methods that put into a container something else than their arguments, or under a key."""

_MOVING = frozenset({"appendleft", "insert", "popleft", "remove", "reverse", "rotate", "shuffle", "sort"})
"""What changes at which positions of a list its items stand."""

_TAKING = frozenset({"clear", "discard", "pop", "popitem", "popleft", "remove"})
"""Methods that take items out of a container: their arguments say which."""

_DICT = "builtins.dict"
_COPIES = frozenset(
    {_DICT, "builtins.list", "builtins.set", "builtins.tuple", "builtins.frozenset", "builtins.enumerate"}
)
_KINDS = {"enumerate": "list", "frozenset": "set"}
_UNKNOWN: Values = frozenset((UNKNOWN,))
