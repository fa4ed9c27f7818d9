"""Calls into libraries: what knowledge says of them, applied to the arguments at hand.

In: a library value that is called. Out: the values of the result; notes of effects, of callables that the library calls,
and of calls that nobody has described. What is changed, touched, registered and given stands in the modules below.
"""

from __future__ import annotations

from migrator.domain.effects import Effect
from migrator.knowledge import RECEIVER, Access, Argument, Asked, Entry, Kind
from migrator.model.frames import Arguments, Place, Values
from migrator.model.library_files import LibraryFilesFrame
from migrator.model.library_results import COPIES
from migrator.model.notes import LIBRARY
from migrator.model.solver import KEYS
from migrator.model.values import (
    AMBIENT,
    DATA,
    NAMESPACES,
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
    Unknown,
    Value,
    home_of,
    is_own,
)

LONG_LIMIT_S = 901
"""Seconds of a declared limit from which a function counts as unbounded: more than 15 minutes."""

LONG_WAIT_S = 60
"""Seconds of a constant sleep from which a function counts as unbounded (the vocabulary of effects)."""

_INITIALIZER = ".__init__"
_FILE_USES = {
    Access.READ: ("self.read()",),
    Access.WRITE: ("self.write()",),
    Access.MODE: ("self.read()", "self.write()"),
}
_DATA_RULE = "it is called on what a library function that does nothing else returned, most likely plain data"
_UNKNOWN: Values = frozenset((UNKNOWN,))


class LibrariesFrame(LibraryFilesFrame):
    """Calls library functions by their description."""

    def call_library(self, value: Lib, arguments: Arguments, place: Place) -> Values:
        """Call a library function or class, or an instance of one."""
        dotted = f"{value.dotted}.__call__" if value.instance else value.dotted
        receiver = value if value.instance else value.receiver
        self.notes[LIBRARY, dotted.partition(".")[0]] = None
        if isinstance(receiver, Inst) and dotted.endswith(_INITIALIZER):
            self.fill(receiver, arguments, place)
        elif dotted.endswith(".__new__"):
            for kind in arguments.get(0) or NOTHING:
                if isinstance(kind, Cls):
                    self.fill_fields(kind.info, self.resolution_order(kind.info), arguments.after(1))
        registered = self.register_call(dotted, receiver, arguments, place)
        entry = self.described(dotted)[0]
        if entry is None:
            return registered | self._unknown_call(value, dotted, receiver, place)
        if arguments.spread:
            arguments = self._named_in(arguments)
        for effect in entry.effects:
            if not (entry.reads and entry.kind is Kind.OBJECT) and not is_own(receiver):
                self.note_effect(effect, place.line, place.column, f"{dotted} {entry.reason}", changes=entry.changes)
        self.call_arguments(entry, receiver, arguments, place)
        for asked, words in entry.asks:
            self._ask_arguments(asked, words, receiver, arguments, place)
        if entry.wildcard and dotted.endswith(_INITIALIZER):
            made_by = self.described(dotted.removesuffix(_INITIALIZER))[0]
            if made_by is not None:
                self.initialize(made_by, receiver, arguments, place)
        for name, words in entry.keeps:
            self.keep(name, self.typed_text(words, receiver, arguments, place))
        self.change_arguments(entry, receiver, arguments, place)
        for use in entry.paths:
            self.ask(arguments.get(use.path.position, use.path.keyword) or NOTHING, Asked.PATH, place)
            self._use_file(arguments.get(use.path.position, use.path.keyword) or NOTHING, use.access, place)
            self.touch(use, dotted, entry, receiver, arguments, place)
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

    def _ask_arguments(
        self, asked: Asked, words: str, receiver: Value | None, arguments: Arguments, place: Place
    ) -> None:
        """Ask what the words name; arguments one by one, as they are written."""
        written = arguments.node.arguments if arguments.node is not None else ()
        if words == "@arguments" and len(written) == len(arguments.positional) and not arguments.spread:
            for expression, values in zip(written, arguments.positional, strict=True):
                self.ask(values, asked, expression)
            for values in arguments.keywords.values():
                self.ask(values, asked, place)
        elif words == "@argument:0" and written and arguments.positional:
            self.ask(arguments.positional[0], asked, written[0])
        else:
            self.ask(self.typed_text(words, receiver, arguments, place), asked, place)

    def _use_file(self, values: Values, access: Access, place: Place) -> None:
        """An object of the analyzed code in the place of a path is used as an open file."""
        for value in values:
            if isinstance(value, Inst):
                for text in _FILE_USES[access]:
                    self.template(text, value, Arguments(), place)

    def _named_in(self, arguments: Arguments) -> Arguments:
        """The call with what dicts that are spread hold under texts as arguments by name."""
        keywords = dict(arguments.keywords)
        for value in arguments.spread:
            if isinstance(value, Box) and value.kind == "dict":
                for key in self.held(value, KEYS):
                    if isinstance(key, Const) and isinstance(key.value, str):
                        keywords.setdefault(key.value, self.at(value, key.value))
        return Arguments(arguments.positional, keywords, arguments.spread, arguments.node)

    def initialize(self, entry: Entry, receiver: Value | None, arguments: Arguments, place: Place) -> None:
        """What a library class does with the arguments that a subclass of the analyzed code hands to its constructor."""
        if entry.wildcard or entry.kind is not Kind.CLASS:
            return
        self.call_arguments(entry, receiver, arguments, place)
        for name, words in entry.keeps:
            self.keep(name, self.typed_text(words, receiver, arguments, place))
        self.run_templates(entry, receiver, arguments, place)

    def keep(self, name: str, values: Values) -> None:
        """Keep values for every `kept(name)`."""
        self.solver.join(self.solver.cell("kept", name), self.universe.all_elsewhere(values))

    def _unknown_call(self, value: Lib, dotted: str, receiver: Value | None, place: Place) -> Values:
        home = home_of(receiver) if receiver is not None else ""
        if home:
            self.note_read(home, place.line, place.column, receiver=False)
        if dotted.startswith(DATA):
            self.note_unresolved(place, "the type of what a library returned is not described", _DATA_RULE)
            return self.universe.plain_data
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

    def call_arguments(self, entry: Entry, receiver: Value | None, arguments: Arguments, place: Place) -> None:
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

    def _wait(self, argument: Argument, least: int, what: str, arguments: Arguments, place: Place) -> None:
        for value in arguments.get(argument.position, argument.keyword) or NOTHING:
            if isinstance(value, Const) and isinstance(value.value, int | float) and value.value >= least:
                self.note_effect(Effect.UNBOUNDED, place.line, place.column, f"{what} {value.value:,} seconds")

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
        origins = self.origins_of(entry, dotted, receiver, arguments)
        if entry.kind is Kind.CLASS and not value.instance:
            name = dotted if entry.wildcard else entry.name
            site = f"{self.module.name}:{place.line}:{place.column}" if name in self.tables.interests else ""
            if name.startswith(AMBIENT) and not self.info.runs_on_import:
                site = OWN
            if (name in COPIES or entry.holds) and site != OWN:
                return self.copied_container(name, arguments, place)
            made = frozenset((self.universe.lib(name, instance=True, site=site),))
            for keyword, values in arguments.keywords.items() if name in NAMESPACES else ():
                self.store(made, keyword, values, place)
            return self.with_origins(made, origins)
        if entry.wildcard and dotted.rpartition(".")[2][:1].isupper() and value.receiver is None:
            return frozenset((self.universe.lib(dotted, instance=True),))
        if origins:
            return frozenset(self.universe.text(origin) for origin in origins)
        # What a call that does nothing returns is most likely plain data; its methods are noted as such.
        return self.universe.plain_data if entry.pure else _UNKNOWN
