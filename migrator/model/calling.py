"""Calls: which functions a call runs, and how arguments reach parameters and results come back.

In: the values that are called and the evaluated arguments. Out: the values of the result; edges to the bodies that
run. A parameter that is called is answered for by each caller with its own argument, so that a helper that takes a
callable does not mix up its users.
"""

from __future__ import annotations

from collections.abc import Mapping

from migrator.facts.expressions import Call
from migrator.facts.records import Parameter, ParameterKind, ScopeKind
from migrator.knowledge import Asked
from migrator.model.copies import copy_of
from migrator.model.frames import Arguments, LibraryCall, Order, Place, Values, copied
from migrator.model.index import ClassInfo, FunctionInfo, takes_receiver
from migrator.model.libraries import LibrariesFrame
from migrator.model.likelihood import NOT_FOLLOWED, NOTHING_KNOWN
from migrator.model.solver import ASKS, CALLS, CHANGES, KEYS, SETS
from migrator.model.values import (
    NOTHING,
    UNKNOWN,
    Box,
    Cls,
    Const,
    Fn,
    Gen,
    Given,
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
)

_CLASS_OF_TASK = ("base", "actor_class")
"""Keywords by which decorators are told the class of the object that they make of a function."""

_PLAIN = frozenset({ParameterKind.POSITIONAL, ParameterKind.STANDARD})
_BY_NAME = frozenset({ParameterKind.STANDARD, ParameterKind.KEYWORD})
_NAMED = _PLAIN | _BY_NAME


class CallingFrame(LibrariesFrame):
    """Calls values."""

    def call(self, values: Values, arguments: Arguments, place: Place) -> Values:
        """Call each of the values."""
        if len(values) == 1:
            (value,) = values
            made = self._call_one(value, arguments, place)
        else:
            result: set[Value] = set()
            for value in values:
                result |= self._call_one(value, arguments, place)
            made = frozenset(result)
        if not values or _cannot_be_called(values):
            self.unfollowed(place, NOTHING_KNOWN)
        return self.expand(made)

    def _call_one(self, value: Value, arguments: Arguments, place: Place) -> Values:
        match value:
            case Fn(info=info, outer=outer):
                return self._call_function(info, outer, arguments, place)
            case Method(info=info, receiver=receiver) if info.scope.kind is ScopeKind.LAMBDA:
                given = Arguments([frozenset((receiver,)), *arguments.positional], arguments.keywords, arguments.spread)
                return self.run_function(info, None, given, place)
            case Method(info=info, receiver=receiver):
                info = copy_of(info, arguments.node, self.info, self._opens, first=0 if info.is_static else 1)
                return self.run_function(info, receiver, arguments, place)
            case Cls(info=info):
                return self.construct(info, arguments, place)
            case Inst():
                return self.operator(value, "__call__", arguments, place) or self._opaque_instance(value, place)
            case Lib():
                if self.tables.call_notes is not None:
                    self._note_outside(f"{value.dotted}.__call__" if value.instance else value.dotted, place)
                special = self.special_call(value, arguments, place)
                if special is not None:
                    return special
                return self.call_library(value, arguments, place) | self._made_of_first(value, arguments)
            case Partial(target=target):
                called = _completed(arguments, value)
                return self._call_one(target, self._advanced(value, called) if type(target) is Lib else called, place)
            case Param(info=info, index=index):
                notes = self.tables.call_notes
                if notes is not None and not self.answering:
                    notes.parameter(self.body, (info, index), (place.line, place.column))
                self._hand_through(value, arguments)
                if info is self.info:
                    self.handles(f"{CALLS}:{index}")
                    return frozenset((self.universe.given(info, index),))
                return NOTHING
            case Registered(key=key):
                return self._call_registered(key, arguments, place)
            case Unknown() | Given():
                self.unfollowed(place, NOT_FOLLOWED)
                return frozenset((UNKNOWN,))
            case Const() | Box() | Gen() | Mod() | Super():
                return NOTHING
            case _:
                return NOTHING

    def give_in_advance(self, made: Value, arguments: Arguments) -> None:
        """Keep the functions and classes that a partial of a library's function gets: it may call them."""
        given: list[tuple[int | str, Values]] = [*enumerate(arguments.positional), *arguments.keywords.items()]
        for name, values in given:
            kept = frozenset(value for value in values if isinstance(value, Fn | Method | Cls | Inst | Partial | Param))
            if kept:
                self.solver.join(self.solver.cell("advance", made), (self.universe.const(name),))
                self.solver.join(self.solver.cell("advance", made, name), self.universe.all_elsewhere(kept))

    def _advanced(self, made: Value, arguments: Arguments) -> Arguments:
        """The call with what has been given in advance."""
        names = self.read(self.solver.cell("advance", made))
        if not names:
            return arguments
        positional, keywords = [*arguments.positional], dict(arguments.keywords)
        for name in (value.value for value in names if isinstance(value, Const)):
            values = self.expand(self.read(self.solver.cell("advance", made, name)))
            if isinstance(name, int) and name < len(positional):
                positional[name] = values
            elif isinstance(name, str):
                keywords.setdefault(name, values)
        return Arguments(positional, keywords, arguments.spread)

    def _call_registered(self, key: tuple[str, int, int, str], arguments: Arguments, place: Place) -> Values:
        """A decorator that a library has made is called: with a function, or first with more arguments of its own."""
        record = self.tables.calls[key]
        if not arguments.positional:
            return self.register_again(record, arguments, place) if arguments.keywords else NOTHING
        handed = arguments.positional[0]
        functions = {item for item in handed if isinstance(item, Fn | Method | Cls | Partial | Param)}
        record.decorated |= functions
        wrapped: set[Value] = set(handed)
        for target in functions:
            wrapped |= self.wrapped_as(target, record.dotted, record)
        return frozenset(wrapped)

    def _made_of_first(self, value: Lib, arguments: Arguments) -> Values:
        """What a decorator that is called outright makes of its first argument: `app.task(function)`."""
        if not arguments.positional or not self.tables.wrappers:
            return NOTHING
        dotted = self.described(value.dotted)[1]
        if dotted not in self.tables.wrappers:
            return NOTHING
        made: set[Value] = set()
        for target in arguments.positional[0]:
            if isinstance(target, Fn | Method | Partial | Param):
                made |= {target} | self.wrapped_as(target, dotted)
        return frozenset(made)

    def wrapped_as(self, target: Value, dotted: str, record: LibraryCall | None = None) -> Values:
        """The object that a library's decorator makes of a function; none where it leaves the function as it is.

        Where the decorator is told the class of the object, and the analyzed code defines it, also an instance of it.
        """
        wrapper = self.tables.wrappers.get(dotted)
        if wrapper is None:
            return NOTHING
        made = {self.universe.lib(wrapper, instance=True, receiver=target)}
        for keyword in _CLASS_OF_TASK if record is not None else ():
            for value in record.keywords.get(keyword, NOTHING) if record is not None else ():
                if isinstance(value, Cls):
                    made.add(self.universe.inst(value.info))
        return frozenset(made)

    def _opaque_instance(self, value: Inst, place: Place) -> Values:
        if self.find_member(self.resolution_order(value.info), "__call__") is None:
            self.unfollowed(place, f"{value.info.name} is not known to be callable")
            return frozenset((UNKNOWN,))
        return NOTHING

    def _call_function(self, info: FunctionInfo, outer: Value | None, arguments: Arguments, place: Place) -> Values:
        if info.owner is None or not takes_receiver(info):
            info = copy_of(info, arguments.node, self.info, self._opens)
            return self.run_function(info, outer if info.owner is None else None, arguments, place)
        # A method taken from its class: the first argument is the receiver.
        first = arguments.positional[0] if arguments.positional else NOTHING
        rest = arguments.after(1)
        owner = info.owner
        receivers = [value for value in first if isinstance(value, Inst | Cls) and self.is_subclass(value.info, owner)]
        result: set[Value] = set()
        for receiver in (*receivers, self.default_receiver(info)):
            result |= self.run_function(info, receiver, rest, place)
        return frozenset(result)

    def _opens(self, info: FunctionInfo, call: Call) -> bool:
        """Whether a call in a function, by the dotted name that it has in the text, opens a path."""
        entry = self.described(self.index.dotted(info.module, call.func))[0]
        return entry is not None and bool(entry.paths)

    def run_function(self, info: FunctionInfo, receiver: Value | None, arguments: Arguments, place: Place) -> Values:
        """Run a function for a receiver; its first parameter is the receiver where it is a method."""
        body = self.solver.body(info, receiver)
        self.note_edge(body, place.line, place.column)
        bound = self.hand_over(info, arguments, answers=True)
        if info.seen_inside is not None:
            self.hand_over(info.seen_inside, arguments, answers=True)
        if not body.runs:
            self.solver.begin(body)
        if info in self.tables.followed:
            self.note_site(info, receiver, arguments, place)
        for handled in self.read(body.handling):
            assert isinstance(handled, Const)
            self._answer(info, str(handled.value), bound, place)
        result: Values = NOTHING
        if info.is_dispatched:
            for other in self.read(self.solver.cell("dispatched", info)):
                assert isinstance(other, Fn)
                result |= self.run_function(other.info, receiver, arguments, place)
        if info.scope.is_generator:
            return result | {self.universe.gen(info, receiver)}
        returned = self.read(body.result)
        symbols = [value for value in self.universe.symbols(returned) if value.info is info]
        for value in symbols:
            given = bound.get(value.index, NOTHING)
            result |= given if type(value) is Param else self.results_of(given)
        return result | returned.difference(symbols) if result or symbols else returned

    def run_alone(self, info: FunctionInfo, receiver: Value, place: Place) -> None:
        """Run a method to which nothing is passed but its object, whatever it gives."""
        body = self.solver.body(info, receiver)
        self.note_edge(body, place.line, place.column)
        if not body.runs:
            self.solver.begin(body)

    def _answer(self, info: FunctionInfo, handled: str, bound: Mapping[int, Values], place: Place) -> None:
        """Answer with what was passed for a parameter that a function handles; see `Body.handling`."""
        how, _, rest = handled.partition(":")
        position, _, attr = rest.partition(":")
        index = int(position)
        given = bound.get(index, NOTHING)
        if how == CHANGES:
            self.note_change_of(given, place.line, place.column)
        elif how == SETS:
            self.store(frozenset(value for value in given if _is_class(value)), attr, NOTHING, place)
        elif how == ASKS:
            self.ask(given, Asked(attr), place)
        elif given:
            self._answer_for(given, place)
        elif info.scope.parameters[index].default is None:
            self.unfollowed(place, f"what is passed as {info.scope.parameters[index].name} is not known")

    def _answer_for(self, given: Values, place: Place) -> None:
        """Run what the function that is called here will call; the line that does is the other one's."""
        before, self.answering = self.answering, True
        self.call(given, Arguments(), place)
        self.answering = before

    def _hand_through(self, called: Param, arguments: Arguments) -> None:
        """What is passed to a parameter that is called reaches whatever callers hand over for it."""
        if not (arguments.positional or arguments.keywords or arguments.spread):
            return
        for value in self.expand(self.read(self.solver.cell("argument", called.info, called.index))):
            handed = value.target if isinstance(value, Partial) else value
            given = _completed(arguments, value) if isinstance(value, Partial) else arguments
            if isinstance(handed, Method):
                self.hand_over(handed.info, given)
            elif isinstance(handed, Fn):
                self.hand_over(handed.info, given.after(1) if takes_receiver(handed.info) else given)

    def _note_outside(self, dotted: str, place: Place) -> None:
        notes = self.tables.call_notes
        if notes is not None and not self.answering:
            notes.outside(self.body, dotted, (place.line, place.column))

    def hand_over(self, info: FunctionInfo, arguments: Arguments, *, answers: bool = False) -> dict[int, Values]:
        """Let the arguments flow into the parameters; says which parameter got what.

        Args:
            answers: whoever calls answers for what the function does with them (see `Body.handling`). Where the function
                is only called later, from elsewhere, nobody does.
        """
        parameters = info.scope.parameters
        first = 1 if takes_receiver(info) else 0
        bound: dict[int, Values] = {}
        position = first
        for values in arguments.positional:
            if position < len(parameters) and parameters[position].kind in _PLAIN:
                bound[position] = values
                position += 1
            else:
                self._to_rest(info, ParameterKind.VARIADIC, position - len(parameters), values, bound)
                position += 1
        for name, values in arguments.keywords.items():
            found = _named(parameters, name)
            if found is None:
                self._to_rest(info, ParameterKind.MAPPING, name, values, bound)
            else:
                bound[found] = bound.get(found, NOTHING) | values
        if arguments.spread:
            self._spread(info, position, arguments, bound)
        for index, passed in bound.items():
            if parameters[index].kind in _NAMED:
                shared = self._passed(passed)
                self.solver.join(self.solver.cell("argument", info, index), shared)
                if not answers:
                    self.solver.join(self.solver.cell("unanswered", info, index), shared)
        return bound

    def _passed(self, values: Values) -> Values:
        """The values as a function sees them that many callers share.

        What a global holds is nobody's there: one caller that passes it would have all of them change it. A function
        says which of its parameters it changes, and each caller answers for what it has passed.
        """
        return self.universe.all_elsewhere(self.universe.generalized(values))

    def _spread(self, info: FunctionInfo, position: int, arguments: Arguments, bound: dict[int, Values]) -> None:
        """`*values` go to the parameters that are left, in their order; `**values` to those of the same name."""
        parameters = info.scope.parameters
        for value in arguments.spread:
            if not isinstance(value, Box):
                continue
            if value.kind == "dict":
                for index, parameter in enumerate(parameters):
                    if parameter.kind in _BY_NAME and index >= position and index not in bound:
                        self._give(bound, index, self.at(value, parameter.name))
                for key in self.held(value, KEYS):
                    name = key.value if isinstance(key, Const) else None
                    if isinstance(name, str) and _named(parameters, name) is None:
                        self._to_rest(info, ParameterKind.MAPPING, name, self.at(value, name), bound)
                continue
            for index in range(position, len(parameters)):
                if parameters[index].kind in _PLAIN:
                    if parameters[index].name not in arguments.keywords:
                        self._give(bound, index, self.at(value, index - position))
                elif parameters[index].kind is ParameterKind.VARIADIC:
                    self._to_rest(info, ParameterKind.VARIADIC, None, self.contents(value), bound)

    @staticmethod
    def _give(bound: dict[int, Values], index: int, values: Values) -> None:
        if values:
            bound[index] = bound.get(index, NOTHING) | values

    def _to_rest(
        self, info: FunctionInfo, kind: ParameterKind, key: int | str | None, values: Values, bound: dict[int, Values]
    ) -> None:
        for index, parameter in enumerate(info.scope.parameters):
            if parameter.kind is kind:
                shared = self._passed(values)
                if kind is ParameterKind.VARIADIC and isinstance(key, int):
                    # Positions count from the parameter's own place.
                    key += len(info.scope.parameters) - index
                self.put(self.rest(info, index), key, shared)
                bound[index] = bound.get(index, NOTHING) | values

    def rest(self, info: FunctionInfo, index: int) -> Box:
        """What `*args` or `**kwargs` of a function holds."""
        parameter = info.scope.parameters[index]
        kind = "tuple" if parameter.kind is ParameterKind.VARIADIC else "dict"
        return self.box_at(f"{info.name}:{info.scope.line}:{parameter.name}{copied(info)}", kind)

    def construct(self, info: ClassInfo, arguments: Arguments, place: Place) -> Values:
        """Make an instance: constructors of the class and its bases run as Python would choose them."""
        instance = self.universe.inst(info)
        order = self.resolution_order(info)
        result: Values = frozenset((instance,))
        if order.metaclassed and (hook := self.of_metaclass(info, "__call__")) is not None:
            self.run_function(hook, self.universe.cls(info), arguments, place)
        if self.is_enumeration(info) and "_missing_" in order.methods:
            self.call(self.load(frozenset((self.universe.cls(info),)), "_missing_", place), arguments, place)
        maker = self.find_member(order, "__new__")
        if maker is not None and maker.function is not None:
            first = frozenset((self.universe.cls(info),))
            given = Arguments([first, *arguments.positional], arguments.keywords, arguments.spread)
            made = self.run_function(maker.function, None, given, place)
            result |= frozenset(value for value in made if isinstance(value, Inst))
        found = self.find_member([entry for entry in order if isinstance(entry, ClassInfo)], "__init__")
        if found is not None and found.function is not None:
            made_by = copy_of(found.function, arguments.node, self.info, self._opens, first=1)
            self.run_function(made_by, instance, arguments, place)
            self._make_defaults(info, order, place)
            return result
        self.fill_fields(info, order, arguments)
        self._make_defaults(info, order, place)
        after = self.find_member(order, "__post_init__")
        if after is not None and after.function is not None:
            self.run_function(after.function, instance, Arguments(), place)
        for entry in order:
            if isinstance(entry, str):
                self._note_outside(f"{entry}.__init__", place)
                self.register_call(f"{entry}.__init__", instance, arguments, place)
                self._construct_library(entry, instance, arguments, place)
        self.fill(instance, arguments, place)
        return result

    def _make_defaults(self, info: ClassInfo, order: Order, place: Place) -> None:
        """What fields begin with is made for each object by the functions that their declarations name."""
        for owner, name in order.factories:
            factories = self.read(self.solver.cell("factory", owner, name))
            if factories:
                made = self.universe.generalized(self.call(factories, Arguments(), place))
                self.solver.join(self.solver.cell("field", info, name), self.held_by_row(order, made))

    def _construct_library(self, base: str, instance: Value, arguments: Arguments, place: Place) -> None:
        entry = self.knowledge.lookup(base)
        if entry is None:
            self.note_unresolved(place, f"constructs a {base}, of which nothing is known")
            return
        for effect in entry.effects:
            self.note_effect(effect, place.line, place.column, f"{base} {entry.reason}", changes=entry.changes)
        self.initialize(entry, instance, arguments, place)


def _completed(arguments: Arguments, partial: Partial) -> Arguments:
    """The arguments of a call with those that were given in advance."""
    handed = dict(partial.handed)
    positional = [handed.get(at, NOTHING) for at in range(partial.given)]
    named = {name: values for name, values in partial.handed if isinstance(name, str)}
    return Arguments([*positional, *arguments.positional], {**named, **arguments.keywords}, arguments.spread)


def _is_class(value: Value) -> bool:
    """Whether a value is a class, or a parameter that a caller may pass one for."""
    return isinstance(value, Cls | Param) or (isinstance(value, Lib) and not value.instance)


def _named(parameters: tuple[Parameter, ...], name: str) -> int | None:
    for index, parameter in enumerate(parameters):
        if parameter.name == name and parameter.kind in (ParameterKind.STANDARD, ParameterKind.KEYWORD):
            return index
    return None


def _cannot_be_called(values: Values) -> bool:
    """Whether all that is known of what is called is data, so that something else must be meant too.

    None says nothing: it is what a parameter has where nobody hands over a function, and such a call is not made.
    """
    none = 0
    for value in values:
        kind = type(value)
        if kind is Const:
            none += value.value is None  # type: ignore[attr-defined]
        elif kind is not Box and kind is not Gen and kind is not Mod:
            return False
    return none < len(values)
