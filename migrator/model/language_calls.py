"""Calls whose meaning is the language's rather than a library's: `super()`, `getattr`, `type(x)`, partials.

In: the arguments of such a call. Out: the values of the result; notes where a name is only known at run time.
"""

from __future__ import annotations

from collections.abc import Callable

from migrator.knowledge import Asked
from migrator.model.decorating import DecoratingFrame
from migrator.model.descriptors import PARTIAL_METHOD, PROPERTY, REGISTER
from migrator.model.frames import Arguments, Place, Values
from migrator.model.held_items import NAMED_TUPLE
from migrator.model.named_tuples import named_tuple_of
from migrator.model.values import NOTHING, UNKNOWN, Box, Cls, Const, Fn, Handed, Inst, Lib, Method, Partial, Value


class LanguageCallsFrame(DecoratingFrame):
    """Calls what the interpreter itself defines."""

    def special_call(self, value: Lib, arguments: Arguments, place: Place) -> Values | None:
        if value.dotted == REGISTER:
            return self._register(value, arguments)
        handler = _SPECIAL.get(value.dotted)
        if handler is None or value.instance:
            return None
        return handler(self, arguments, place)

    def _super(self, arguments: Arguments, place: Place) -> Values | None:
        owner = self.enclosing_class()
        receiver = self.body.receiver
        for value in arguments.get(0) or NOTHING:
            if isinstance(value, Cls):
                owner = value.info
        if owner is None:
            return frozenset((UNKNOWN,))
        return frozenset((self.universe.super_(owner, receiver or self.universe.inst(owner)),))

    def _getattr(self, arguments: Arguments, place: Place) -> Values | None:
        result: set[Value] = set(arguments.get(2) or NOTHING)
        for name in arguments.get(1) or NOTHING:
            if isinstance(name, Const) and isinstance(name.value, str):
                result |= self.load(arguments.get(0) or NOTHING, name.value, place)
            else:
                result.add(UNKNOWN)
        return frozenset(result)

    def _register(self, value: Lib, arguments: Arguments) -> Values:
        """`function.register(...)`: with a function, or with a type first and then with a function, as a decorator."""
        for given in arguments.every():
            self.dispatch_to(value, given)
        return frozenset((value,))

    def _property(self, arguments: Arguments, place: Place) -> Values | None:
        functions = frozenset(value for given in arguments.every() for value in given if isinstance(value, Fn))
        return frozenset((self.universe.lib(PROPERTY, instance=True, items=functions),)) if functions else None

    def _setattr(self, arguments: Arguments, place: Place) -> Values | None:
        for name in arguments.get(1) or NOTHING:
            attr = name.value if isinstance(name, Const) and isinstance(name.value, str) else "*"
            self.store(arguments.get(0) or NOTHING, attr, arguments.get(2) or NOTHING, place)
        return NOTHING

    def _type(self, arguments: Arguments, place: Place) -> Values | None:
        if len(arguments.positional) != 1:
            return frozenset((UNKNOWN,))
        return frozenset(
            self.universe.cls(value.info) if isinstance(value, Inst) else UNKNOWN for value in arguments.positional[0]
        )

    def _partial(self, arguments: Arguments, place: Place) -> Values | None:
        result: set[Value] = set()
        rest = Arguments(arguments.positional[1:], arguments.keywords, arguments.spread)
        for value in arguments.get(0) or NOTHING:
            info = getattr(value, "info", None)
            maker = self.constructor_of(value) if isinstance(value, Cls) else None
            if maker is not None:
                self.hand_over(maker, rest)
            elif info is not None and not isinstance(value, Cls | Inst):
                self.hand_over(info, rest)
            if isinstance(value, Lib):
                # A registration that is told some arguments in advance is a decorator of its own.
                result |= self.register(value, rest, place)
            made = self.universe.partial(value, len(rest.positional), _handed(rest))
            if isinstance(value, Lib):
                self.give_in_advance(made, rest)
            result.add(made)
        return frozenset(result)

    def _partial_method(self, arguments: Arguments, place: Place) -> Values | None:
        result: set[Value] = set()
        rest = arguments.after(1)
        for value in arguments.get(0) or NOTHING:
            if isinstance(value, Fn):
                self.hand_over(value.info, rest)
                made = self.universe.partial(value, len(rest.positional), _handed(rest))
                result.add(self.universe.lib(PARTIAL_METHOD, instance=True, receiver=made))
            else:
                result.add(UNKNOWN)
        return frozenset(result)

    def _import_module(self, arguments: Arguments, place: Place) -> Values | None:
        result: set[Value] = set()
        for value in arguments.get(0) or NOTHING:
            name = (
                self.index.full_name(value.value) if isinstance(value, Const) and isinstance(value.value, str) else None
            )
            if isinstance(name, str) and self.index.is_module(name):
                result.add(self.universe.mod(name))
            elif isinstance(name, str) and name:
                result.add(self.universe.lib(name))
            else:
                result.add(UNKNOWN)
        return frozenset(result)

    def _call_command(self, arguments: Arguments, place: Place) -> Values | None:
        """`call_command(name)`: the project's command of that name, or the framework's own."""
        for value in arguments.get(0) or frozenset((UNKNOWN,)):
            if isinstance(value, Inst):
                self.call(self.load(frozenset((value,)), "handle", place), Arguments(), place)
                continue
            name = value.value if isinstance(value, Const) else None
            if not isinstance(name, str):
                self.note_unresolved(place, "which command it runs is not known")
                continue
            own = [info for info in self.index.classes_called("Command") if info.module.name.endswith(_COMMANDS + name)]
            for info in own:
                self.call(self.load(frozenset((self.universe.inst(info),)), "handle", place), Arguments(), place)
            if not own:
                self._run_library_command(name, place)
        return frozenset((UNKNOWN,))

    def _run_library_command(self, name: str, place: Place) -> None:
        for package in _COMMAND_PACKAGES:
            entry = self.described(f"{package}{_COMMANDS}{name}.Command.handle")[0]
            if entry is not None and not entry.wildcard:
                for effect in entry.effects:
                    reason = f"the command {name} {entry.reason}"
                    self.note_effect(effect, place.line, place.column, reason, changes=entry.changes)
                return
        self.note_unresolved(place, f"what the command {name} does is not described")

    def _zip(self, arguments: Arguments, place: Place) -> Values | None:
        """A list of tuples: what each argument holds stands at its position."""
        if arguments.spread or not arguments.positional:
            return None
        rows = self.made_tuple([self.elements(given, place) for given in arguments.positional], place)
        return self.made_container("builtins.list", rows, place)

    def _named_tuple(self, arguments: Arguments, place: Place) -> Values | None:
        """A class with the fields that a text or a list of texts, or of pairs, names."""
        key = (self.module.name, place.line, place.column)
        known = self.tables.made_classes.get(key)
        if known is None:
            names = [name for value in arguments.get(0, "typename") or NOTHING if (name := _text_of(value))]
            fields = [name for value in arguments.get(1, "field_names") or NOTHING for name in self._fields(value)]
            if len(names) != 1 or not fields:
                return None
            known = named_tuple_of(self.module, names[0], fields, place.line, place.column)
            self.tables.made_classes[key] = known
            self.tables.plain_bases[known] = [NAMED_TUPLE]
        return frozenset((self.universe.cls(known),))

    def _fields(self, value: Value) -> list[str]:
        if not isinstance(value, Box):
            return _text_of(value).replace(",", " ").split()
        found: list[str] = []
        for held in self.places(value)[0]:
            parts = [self.at(each, 0) if isinstance(each, Box) else frozenset((each,)) for each in held]
            found.append(next((text for part in parts for each in part if (text := _text_of(each))), f"_{len(found)}"))
        return found

    def _defaultdict(self, arguments: Arguments, place: Place) -> Values | None:
        """A dict whose items are made on demand: each by the same factory, so they are one container."""
        given = arguments.get(0, "default_factory") or NOTHING
        site = f"{self.module.name}:{place.line}:{place.column}"
        outer = self.box_at(f"{site}:defaultdict", "dict:collections.defaultdict")
        called: set[Value] = set()
        for factory in given:
            kind = _CONTAINERS.get(factory.dotted) if isinstance(factory, Lib) and not factory.instance else None
            if kind is not None:
                self.put(outer, None, frozenset((self.box_at(f"{site}:default {kind}", kind),)))
            elif not isinstance(factory, Const):
                called.add(factory)
        if called:
            self.put(outer, None, self.call(frozenset(called), Arguments(), place))
        for values in (*arguments.positional[1:], arguments.spread):
            self.put_pairs(outer, values)
        for keyword, values in arguments.keywords.items():
            self.put(outer, keyword, values)
        return frozenset((outer,))

    def _filter(self, arguments: Arguments, place: Place) -> Values | None:
        """`filter(None, items)` keeps the items that are true."""
        if any(isinstance(value, Const) and value.value is None for value in arguments.get(0) or NOTHING):
            self.ask(self.elements(arguments.get(1) or NOTHING, place), Asked.TRUTH, place)
        return None

    def _iter(self, arguments: Arguments, place: Place) -> Values | None:
        """`iter(function, last)`: what the function gives, until that is what is given as the last one."""
        if len(arguments.positional) != 2:
            return None
        site = f"{self.module.name}:{place.line}:{place.column}{self.maker}:iter"
        box = self.box_at(site, "list")
        self.put(box, None, self.call(arguments.positional[0], Arguments(), place))
        return frozenset((box,))

    def _bound_method(self, arguments: Arguments, place: Place) -> Values | None:
        """`types.MethodType(function, object)`."""
        function, receiver = arguments.get(0) or NOTHING, arguments.get(1) or NOTHING
        result: set[Value] = set()
        for value in function:
            info = value.info if isinstance(value, Fn) else None
            if info is not None and info.owner is not None:
                result |= {self.universe.method(info, one) for one in receiver if isinstance(one, Inst | Cls)}
            elif info is not None:
                self.hand_over(info, Arguments([receiver]))
                result.add(self.universe.partial(value, 1))
            else:
                result.add(value)
        return frozenset(result)

    def _set_defaults(self, arguments: Arguments, place: Place) -> Values | None:
        """What a parser of arguments puts into each namespace that it gives: `set_defaults(run=function)`."""
        namespace = frozenset((self.universe.lib("argparse.Namespace", instance=True),))
        for keyword, values in arguments.keywords.items():
            self.store(namespace, keyword, values, place)
        return NOTHING

    def _add_argument(self, arguments: Arguments, place: Place) -> Values | None:
        """What a namespace may have under the name of an argument: `add_argument("--run", const=function)`."""
        given = [arguments.keywords["dest"]] if "dest" in arguments.keywords else arguments.positional
        texts = (name.value for values in given for name in values if isinstance(name, Const))
        names = {text.lstrip("-").replace("-", "_") for text in texts if isinstance(text, str)}
        namespace = frozenset((self.universe.lib("argparse.Namespace", instance=True),))
        held = NOTHING.union(*(arguments.keywords.get(keyword, NOTHING) for keyword in ("default", "const")))
        for name in sorted(names):
            self.store(namespace, name, held, place)
        return None


def _handed(arguments: Arguments) -> Handed:
    """The arguments that can be called, by position or name; of too many at one place none."""
    found: list[tuple[int | str, Values]] = []
    given: list[tuple[int | str, Values]] = [*enumerate(arguments.positional), *arguments.keywords.items()]
    for at, values in given:
        callables: Values = frozenset(value for value in values if isinstance(value, Fn | Method | Partial))
        if 0 < len(callables) <= _MOST_HANDED:
            found.append((at, callables))
    return tuple(found)


def _text_of(value: Value) -> str:
    return value.value if isinstance(value, Const) and isinstance(value.value, str) else ""


_MOST_HANDED = 8
_COMMANDS = ".management.commands."
_COMMAND_PACKAGES = ("django.core", "django.contrib.staticfiles", "django.contrib.sessions", "django.contrib.auth")
_CONTAINERS = {"builtins.list": "list", "builtins.set": "set", "builtins.dict": "dict"}
_SPECIAL: dict[str, Callable[[LanguageCallsFrame, Arguments, Place], Values | None]] = {
    "builtins.super": LanguageCallsFrame._super,
    "builtins.getattr": LanguageCallsFrame._getattr,
    "builtins.setattr": LanguageCallsFrame._setattr,
    "collections.defaultdict": LanguageCallsFrame._defaultdict,
    "argparse.ArgumentParser.add_argument": LanguageCallsFrame._add_argument,
    "argparse.ArgumentParser.set_defaults": LanguageCallsFrame._set_defaults,
    "builtins.filter": LanguageCallsFrame._filter,
    "builtins.iter": LanguageCallsFrame._iter,
    "builtins.zip": LanguageCallsFrame._zip,
    "itertools.zip_longest": LanguageCallsFrame._zip,
    "builtins.type": LanguageCallsFrame._type,
    "types.MethodType": LanguageCallsFrame._bound_method,
    "django.core.management.call_command": LanguageCallsFrame._call_command,
    PARTIAL_METHOD: LanguageCallsFrame._partial_method,
    "collections.namedtuple": LanguageCallsFrame._named_tuple,
    NAMED_TUPLE: LanguageCallsFrame._named_tuple,
    "functools.partial": LanguageCallsFrame._partial,
    PROPERTY: LanguageCallsFrame._property,
    "importlib.import_module": LanguageCallsFrame._import_module,
}
