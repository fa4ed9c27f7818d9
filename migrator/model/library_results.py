"""What library calls give: the texts of knowledge, such as `@item` and `builtins.list[@argument:0]`, as values.

In: an entry or such a text, and the call. Out: values; containers are made where the call stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from migrator.knowledge import Entry, Kind
from migrator.model.frames import Arguments, Place, Values
from migrator.model.index import FunctionInfo
from migrator.model.path_origins import OriginsFrame
from migrator.model.solver import OBJECT_KEYS
from migrator.model.values import (
    INNER,
    NOTHING,
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
    Value,
)

_RESULT = re.compile(r"(?P<name>@?[\w.]+)(?P<number>:\d+)?(?:\[(?P<items>.+)\])?$")

_DICT, _TUPLE = "builtins.dict", "builtins.tuple"
COPIES = frozenset(
    {_DICT, "builtins.list", "builtins.set", "builtins.tuple", "builtins.frozenset", "builtins.enumerate"}
)
"""Classes of the interpreter that copy what they are given into a container that is followed; others say `holds`."""

_KINDS = {"enumerate": "list", "frozenset": "set"}
_UNKNOWN: Values = frozenset((UNKNOWN,))


class LibraryResultsFrame(OriginsFrame):
    """Makes values of what knowledge says that a call gives."""

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
        return self.with_origins(result, self.origins_of(entry, dotted, receiver, arguments))

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
        receiver = self.box_of(receiver) or receiver if receiver is not None else None
        name, numbered, number, inside = _parsed(returns)
        if not name:
            return NOTHING
        if name == _TUPLE and len(each := _split(inside)) > 1:
            return self.made_tuple([self.typed_text(part, receiver, arguments, place) for part in each], place)
        items = self.typed_text(inside, receiver, arguments, place) if inside else NOTHING
        if "@" not in returns and name not in COPIES:
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
            case "@keys":
                keys = self.held(receiver, OBJECT_KEYS) if isinstance(receiver, Box) else NOTHING
                return self.expand(keys) | self.universe.plain_data
            case "@inner":
                return self.elements(self.elements(arguments.get(number) or NOTHING, place), place)
            case "@result":
                return self.results_of(arguments.get(number) or NOTHING)
            case "@arguments":
                return self._all_of(arguments, place)
            case "@each":
                if len(arguments.positional) == 1:
                    return self.elements(arguments.positional[0], place)
                return frozenset(value for value in self._all_of(arguments, place) if isinstance(value, Inst | Box))
            case "@items":
                spread = [self.contents(value) for value in arguments.spread if isinstance(value, Box)]
                return NOTHING.union(*(self.elements(given, place) for given in (*arguments.positional, *spread)))
            case "@answers":
                return self._answers(receiver, place)
            case "@receivers":
                return self._receivers(receiver, place)
            case "@answer":
                target = receiver.receiver if isinstance(receiver, Lib) else None
                return self.results_of(frozenset((target,))) if target is not None else _UNKNOWN
            case _ if items and self.form_of(name):
                return self.made_container(name, items, place)
            case "@model":
                return self.models_named(arguments.get(number, "to") or NOTHING)
            case _:
                return frozenset((self.universe.lib(self.described(name)[1], instance=True, items=items),))

    def _all_of(self, arguments: Arguments, place: Place) -> Values:
        """What all arguments are, and what those hold that are spread."""
        held = [self.contents(value) for value in arguments.spread if isinstance(value, Box)]
        return NOTHING.union(*arguments.positional, *arguments.keywords.values(), *held)

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

    def form_of(self, name: str) -> str:
        """The form of the box that an object of a class is followed as, or an empty string."""
        if name in COPIES:
            kind = name.rpartition(".")[2]
            return _KINDS.get(kind, kind)
        entry = self.described(name)[0]
        return f"{entry.holds}:{entry.name}" if entry is not None and entry.holds else ""

    def copied_container(self, name: str, arguments: Arguments, place: Place) -> Values:
        """A container that its class makes of another one, or of arguments by name."""
        kind = self.form_of(name).partition(":")[0]
        if kind == "values":
            return self.made_container(name, NOTHING.union(*arguments.keywords.values()), place)
        if kind != "dict":
            return self.made_container(name, self.elements(arguments.get(0) or NOTHING, place), place)
        given = NOTHING.union(*arguments.positional)
        made = self.made_container(name, NOTHING, place)
        for box in made:
            assert isinstance(box, Box)
            dicts = frozenset(value for value in given if isinstance(value, Box) and value.kind == "dict")
            self.put_pairs(box, dicts | arguments.spread)
            self.ask_for_items(given - dicts, place)
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

    def made_tuple(self, items: Sequence[Values], place: Place) -> Values:
        """A tuple that a library call makes at a place, of items at known positions."""
        box = self.box_at(f"{self.module.name}:{place.line}:{place.column}{self.maker}:tuple of {len(items)}", "tuple")
        for position, values in enumerate(items):
            self.put(box, position, values)
        return frozenset((box,))

    def made_container(self, name: str, items: Values, place: Place) -> Values:
        """A container that a library call makes at a place, told apart by that place."""
        kind = name.rpartition(".")[2]
        box = self.box_at(f"{self.module.name}:{place.line}:{place.column}{self.maker}:{kind}", self.form_of(name))
        self.put(box, None, items)
        return frozenset((box,))


@cache
def _parsed(returns: str) -> tuple[str, bool, int, str]:
    """What a text like an entry's `returns` names, whether it gives a number and which, and what stands in brackets."""
    matched = _RESULT.match(returns)
    if matched is None:
        return "", False, 0, ""
    return matched["name"], bool(matched["number"]), int((matched["number"] or ":0")[1:]), matched["items"] or ""


@cache
def _split(inside: str) -> tuple[str, ...]:
    """What stands in brackets, part by part."""
    parts, depth = [""], 0
    for char in inside:
        depth += (char == "[") - (char == "]")
        if char == "," and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return tuple(part.strip() for part in parts)
