"""One reading of one body: what every part of the evaluation shares.

In: a body and the model's tables. Out: methods to read and grow cells and to note effects, edges and places that
could not be followed. How names, members, containers, library calls, calls and expressions are evaluated stands in
the modules that extend `Frame`, each for one of these words.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field, fields

from migrator.domain.assessments import Unresolved
from migrator.domain.effects import Effect
from migrator.domain.locations import Location
from migrator.facts.expressions import Call, Expression
from migrator.facts.records import Bind, Define, How, Import
from migrator.knowledge import Entry, Knowledge
from migrator.model.call_notes import CallNotes
from migrator.model.index import ClassInfo, FunctionInfo, Index, annotated_names, factories_of
from migrator.model.narrowing import Narrowing, narrowings
from migrator.model.notes import EDGE, EFFECT, READ, UNRESOLVED, WRITE, Notes
from migrator.model.rendering import written
from migrator.model.solver import CHANGES, Body, Cell, Solver
from migrator.model.unpacking import Whole, wholes_of
from migrator.model.values import (
    FEW,
    HELD,
    INHERITED,
    INNER,
    NOTHING,
    Box,
    Cls,
    Const,
    Inst,
    Lib,
    Param,
    Universe,
    Value,
    is_callable_symbol,
)

Values = frozenset[Value]


class Place:
    """A line and column in the file of the body, and what stands there, rendered only when somebody asks."""

    __slots__ = ("_what", "column", "line")

    def __init__(self, line: int, column: int, what: Expression | str) -> None:
        self.line = line
        self.column = column
        self._what = what

    @property
    def text(self) -> str:
        """The call or attribute as written, shortened."""
        return self._what if isinstance(self._what, str) else written(self._what)


@dataclass(slots=True)
class Arguments:
    """The evaluated arguments of a call. `spread` holds what `*x` and `**x` may add; `node` is the call as written, where
    these are its own arguments."""

    positional: list[Values] = field(default_factory=list)
    keywords: dict[str, Values] = field(default_factory=dict)
    spread: Values = NOTHING
    node: Call | None = None

    def get(self, position: int, keyword: str = "") -> Values | None:
        """The argument at a position or of a name, or None where it is not given."""
        if keyword and keyword in self.keywords:
            return self.keywords[keyword]
        if 0 <= position < len(self.positional):
            return self.positional[position]
        return None

    def after(self, count: int) -> Arguments:
        """The same call without its first positional arguments."""
        return Arguments(self.positional[count:], self.keywords, self.spread)

    def every(self) -> Iterable[Values]:
        """All argument values."""
        yield from self.positional
        yield from self.keywords.values()
        yield self.spread


@dataclass(slots=True)
class LibraryCall:
    """A call into a library that a framework plug-in has asked for.

    Attributes:
        dotted: canonical name of what is called.
        body: the body that calls.
        location: of the call.
        receivers: what the method was taken from.
        arguments: positional values.
        keywords: by name.
        decorated: functions that the result is applied to as a decorator, or called with.
        node: the call as written; None for a decorator without parentheses.
        site: for a call in a wrapper, the call of the wrapper that it is seen from.
    """

    dotted: str
    body: Body
    location: Location
    receivers: set[Value] = field(default_factory=set)
    arguments: list[Values] = field(default_factory=list)
    keywords: dict[str, Values] = field(default_factory=dict)
    decorated: set[Value] = field(default_factory=set)
    node: Call | None = None
    site: LibraryCall | None = None

    def merge(self, arguments: Arguments, receiver: Value | None) -> None:
        """Add what another reading of the same call has seen."""
        self.receivers |= {receiver} if receiver is not None else set()
        for position, values in enumerate(arguments.positional):
            if position < len(self.arguments):
                self.arguments[position] |= values
            else:
                self.arguments.append(values)
        for name, values in arguments.keywords.items():
            self.keywords[name] = self.keywords.get(name, NOTHING) | values

    def argument(self, position: int, keyword: str = "") -> Values:
        """The values of an argument, by name or position; none where it is not given."""
        if keyword in self.keywords:
            return self.keywords[keyword]
        return self.arguments[position] if 0 <= position < len(self.arguments) else NOTHING


@dataclass(slots=True)
class Decoration:
    """What the decorators of a function add to each of its calls."""

    edges: dict[Body, tuple[int, int]] = field(default_factory=dict)
    effects: set[tuple[Effect, int, int, str]] = field(default_factory=set)
    unresolved: dict[tuple[int, int, str], Unresolved] = field(default_factory=dict)


class Order(list["ClassInfo | str"]):
    """The method resolution order of a class, as long as no more is known of the bases that value flow finds.

    Attributes:
        cells: the bases that value flow finds, each with how many there were: as long as there are no more, the order holds.
        members: where attributes were found in it (see `ClassesFrame.find_member`).
        methods: names of all methods of its first-party classes; stored: attributes that those set on the object.
        metaclassed: those that name a metaclass.
        fields: names of the fields of those that are dataclasses.
        factories: fields whose declarations name a function that makes what they begin with, with the class.
        is_row: whether instances are rows of a database; frameworks: the libraries that it has bases from (see
            `MembersFrame`); container: of which kind instances are, or an empty text (see `HeldItemsFrame`). None until
            somebody asks.
    """

    __slots__ = (
        "cells",
        "container",
        "factories",
        "fields",
        "frameworks",
        "is_row",
        "members",
        "metaclassed",
        "methods",
        "stored",
    )

    def __init__(self, entries: list[ClassInfo | str], cells: list[Cell]) -> None:
        super().__init__(entries)
        self.members: dict[str, Found | None] = {}
        classes = [entry for entry in entries if isinstance(entry, ClassInfo)]
        self.methods = frozenset(name for info in classes for name in info.methods)
        self.stored = frozenset(name for info in classes for name in info.stored)
        self.metaclassed = tuple(
            info for info in classes if any(name == "metaclass" for name, _ in info.scope.keywords)
        )
        self.factories = tuple((info, name) for info in classes for name in factories_of(info))
        self.fields = tuple(name for info in classes if info.is_dataclass for name in annotated_names(info))
        self.is_row: bool | None = None
        self.container: str | None = None
        self.frameworks: frozenset[str] | None = None
        self.cells = [(cell, len(cell.values)) for cell in cells]


@dataclass(frozen=True, slots=True)
class Found:
    """Where an attribute of a class was found: a function of a class, its class-level name, or a library base."""

    owner: ClassInfo | None
    function: FunctionInfo | None
    library: str


@dataclass(slots=True)
class Tables:
    """What all frames of one model share.

    Attributes:
        followed: first-party functions whose calls are noted for plug-ins, in `sites` (see `wrapped_calls`).
        library_members: attributes of library things, by what they are taken from, name, and class that they come by.
        typed: what texts like an entry's `returns` say that depend on nothing else.
        kept_by_rows: what a row keeps of sets of values (see `MembersFrame.held_by_row`).
        wholes: steps that take parts of one value (see `unpacking`).
        made_classes: classes that calls make, by module, line and column of the call (see `named_tuples`).
        housed: sets of values whose containers know already that a home holds them.
        call_notes: who calls whom; None where nobody asks for a call graph.
    """

    index: Index
    knowledge: Knowledge
    universe: Universe
    solver: Solver
    interests: frozenset[str]
    wrappers: dict[str, str]
    noted: frozenset[str] = frozenset()
    calls: dict[tuple[str, int, int, str], LibraryCall] = field(default_factory=dict)
    decorations: dict[FunctionInfo, Decoration] = field(default_factory=dict)
    orders: dict[ClassInfo, Order] = field(default_factory=dict)
    plain_bases: dict[ClassInfo, list[ClassInfo | str | None]] = field(default_factory=dict)
    only_annotated: dict[ClassInfo, frozenset[str]] = field(default_factory=dict)
    watched: dict[str, str] = field(default_factory=dict)
    described: dict[str, tuple[Entry | None, str, bool]] = field(default_factory=dict)
    narrowings: dict[FunctionInfo, dict[str, list[Narrowing]]] = field(default_factory=dict)
    local_names: dict[FunctionInfo, frozenset[str]] = field(default_factory=dict)
    wholes: dict[FunctionInfo, dict[int, Whole]] = field(default_factory=dict)
    library_members: dict[tuple[Value, str, str], tuple[Values, bool]] = field(default_factory=dict)
    typed: dict[str, Values] = field(default_factory=dict)
    kept_by_rows: dict[Values, Values] = field(default_factory=dict)
    made_classes: dict[tuple[str, int, int], ClassInfo] = field(default_factory=dict)
    followed: set[FunctionInfo] = field(default_factory=set)
    housed: set[tuple[str, Values]] = field(default_factory=set)
    sites: dict[FunctionInfo, dict[tuple[str, int, int], LibraryCall]] = field(default_factory=dict)
    call_notes: CallNotes | None = None

    def release(self) -> None:
        """Let go of everything, so that it goes at once: values, bodies and functions hold each other in circles."""
        self.solver.release()
        self.index.release()
        for each in fields(self):
            kept = getattr(self, each.name)
            if isinstance(kept, dict | set):
                kept.clear()


def copied(info: FunctionInfo) -> str:
    """Tells the containers that a copy of a function makes from those of another."""
    if not info.site:
        return ""
    return f"@{info.site}" + "".join(f"+{index}{value}" for index, value in info.constants)


class Frame(ABC):
    """The state of one reading of a body."""

    def __init__(self, tables: Tables, body: Body) -> None:
        self.tables = tables
        self.index = tables.index
        self.knowledge = tables.knowledge
        self.universe = tables.universe
        self.solver = tables.solver
        self.body = body
        self.info = body.info
        self.module = body.info.module
        self.step = 0  # the bit of the step that is read; none where a plug-in asks
        self.notes: Notes = {}
        self.node: Call | None = None
        self.table = ""
        self.display = ""
        self.answering = False
        # An object that a global holds makes containers of its own: a registry does not mix with others of its class.
        # So does a copy of a function, for the place that calls it.
        home = body.receiver.home if isinstance(body.receiver, Inst) else ""
        self.copy = copied(body.info)
        self.maker = f"@{home}" if home and not home.endswith(INNER) else self.copy
        self.inheritor = self._inheritor()
        narrowed = tables.narrowings.get(body.info)
        if narrowed is None:
            narrowed = tables.narrowings[body.info] = narrowings(body.info)
        self.narrowed = narrowed
        wholes = tables.wholes.get(body.info)
        if wholes is None:
            wholes = tables.wholes[body.info] = wholes_of(body.info)
        self.wholes = wholes

    def _inheritor(self) -> str:
        """Ends the sites of displays: in a method that classes inherit, with the class that it runs for."""
        owner, receiver = self.info.owner, self.body.receiver
        if owner is None or self.maker or not isinstance(receiver, Inst | Cls) or not self.index.is_inherited(owner):
            return ""
        return f"{INHERITED}{receiver.info.name}:{receiver.info.scope.line}"

    # Cells

    def read(self, cell: Cell) -> Values:
        """Values of a cell; the step is read again when they grow."""
        return cell.read_by(self.body, self.step)

    def local_names(self, info: FunctionInfo) -> frozenset[str]:
        """The names that a scope binds itself."""
        found = self.tables.local_names.get(info)
        if found is None:
            scope = info.scope
            names = {parameter.name for parameter in scope.parameters}
            for step in scope.steps:
                if isinstance(step, Import | Define) or (isinstance(step, Bind) and step.how is not How.NARROW):
                    names.add(step.name)
            names.discard("*")
            found = self.tables.local_names[info] = frozenset(names - scope.globals - scope.nonlocals)
        return found

    def expand(self, values: Values, *, closure: bool = False) -> Values:
        """The values with the symbols of other functions' parameters replaced by what is passed for them.

        Args:
            closure: the value is a free name of an enclosing function. A function that was handed over by
                decoration is then left out: whoever calls the decorated function answers for it.
        """
        own = self.info
        for value in values if len(values) <= FEW else self.universe.symbols(values):
            if type(value) is Param and value.info is not own:
                break
        else:
            return values
        waiting = self._symbols(values)
        # What is no symbol is taken over whole: a set of thousands is joined much faster than walked.
        result: set[Value] = set(values)
        seen: set[Param] = set()
        kept: set[Param] = set()
        while waiting:
            symbol = waiting.pop()
            if symbol in seen:
                continue
            seen.add(symbol)
            decorated = self.read(self.solver.cell("decorated", symbol.info, symbol.index))
            if closure and decorated:
                kept.add(symbol)
            for passed in (
                self.read(self.solver.cell("argument", symbol.info, symbol.index)),
                NOTHING if closure else decorated,
            ):
                if passed:
                    waiting.extend(self._symbols(passed))
                    result |= passed
        return frozenset(result - seen | kept)

    def _symbols(self, values: Values) -> list[Param]:
        """The parameters of other functions among the values."""
        own = self.info
        return [value for value in self.universe.symbols(values) if type(value) is Param and value.info is not own]

    def shared(self, values: Values) -> Values:
        """The values as they flow into parameters: constants made general, callables left to each caller."""
        general = self.universe.generalized(values)
        symbols = [value for value in general if is_callable_symbol(value)]
        return general.difference(symbols) if symbols else general

    def housed(self, values: Values, home: str) -> Values:
        """The values as held by a global or by what a global holds."""
        if not home:
            return values
        if home.startswith(HELD):
            result: set[Value] = set()
            for holder in self.read(self.solver.cell("homes", home.removeprefix(HELD))):
                if isinstance(holder, Const) and isinstance(holder.value, str):
                    result |= self.housed(values, holder.value)
            return frozenset(result)
        if (home, values) not in self.tables.housed:
            self.tables.housed.add((home, values))
            for value in values:
                self.hold(value, home)
        return self.universe.all_housed(values, home)

    def hold(self, value: Value, home: str) -> None:
        """A global holds the value: a container remembers by which it is held."""
        if type(value) is Box:
            site = value.generic or value.site
            self.solver.join(self.solver.cell("homes", site), (self.universe.const(home),))

    def described(self, name: str) -> tuple[Entry | None, str, bool]:
        """What is known of a library name, its canonical form, and whether its result depends on the receiver."""
        found = self.tables.described.get(name)
        if found is None:
            entry = self.knowledge.lookup(name)
            canonical = self.knowledge.canonical(name)
            owner, _, member = canonical.rpartition(".")
            watched = canonical in self.tables.interests or any(
                f"{base}.{member}" in self.tables.interests for base in self.knowledge.ancestors(owner)
            )
            depends = canonical == "pathlib.Path.parents" or (
                entry is not None
                and bool(
                    -1 in entry.calls_arguments
                    or "@" in entry.returns
                    or entry.mutates
                    or entry.paths
                    or entry.runs
                    or entry.returns.startswith("=")
                    or entry.derives is not None
                    or any(words in ("@item", "@self") for _, words in (*entry.asks, *entry.keeps))
                    or bool(entry.hands and "@self" in entry.hands.arguments)
                    or entry.by_argument
                )
            )
            found = self.tables.described[name] = (entry, canonical, watched or depends)
        return found

    # Notes

    def note_effect(self, effect: Effect, line: int, column: int, reason: str, *, changes: bool = False) -> None:
        """An effect of this body's own lines; `changes` as in `Evidence`."""
        self.notes[EFFECT, effect, line, column, reason] = None
        if changes:
            self.body.note_change(effect, line, column)

    def note_edge(self, target: Body, line: int, column: int) -> None:
        """This body runs another one."""
        self.notes[EDGE, target, line, column] = None
        notes = self.tables.call_notes
        if notes is not None and not self.answering:
            notes.function(self.body, target, (line, column))

    def note_write(self, home: str, line: int, column: int, how: str) -> None:
        """State that outlives the call is changed; `how` is `bind`, `change`, or `drop`."""
        self.notes[WRITE, home.rstrip(INNER), line, column, how] = None

    def note_change_of(self, values: Values, line: int, column: int, how: str = "change") -> None:
        """The objects are changed, whichever globals hold them, and whoever has passed them to this body."""
        for value in values:
            if value.home:
                self.note_write(value.home, line, column, how)
            elif type(value) is Param and value.info is self.info:
                self.handles(f"{CHANGES}:{value.index}")

    def handles(self, what: str) -> None:
        """The body does something with a parameter, which each caller is to answer for; see `Body.handling`."""
        self.solver.join(self.body.handling, (self.universe.const(what),))

    def note_read(self, home: str, line: int, column: int, *, receiver: bool) -> None:
        """State that outlives the call is looked at."""
        self.notes[READ, home.rstrip(INNER), line, column, receiver] = None

    def note_reads_of(self, values: Values, line: int, column: int) -> None:
        """The objects are looked at, wherever they are held."""
        for value in values:
            if value.home:
                self.note_read(value.home, line, column, receiver=False)

    def note_unresolved(self, place: Place, reason: str, harmless: str = "") -> None:
        """A call that could not be followed."""
        self.notes[UNRESOLVED, place.line, place.column, place.text, harmless, reason] = None

    # What later modules define and earlier ones need

    @abstractmethod
    def evaluate(self, expression: Expression) -> Values: ...

    @abstractmethod
    def call(self, values: Values, arguments: Arguments, place: Place) -> Values: ...

    @abstractmethod
    def load(self, values: Values, attr: str, place: Place, *, receiver: bool = False) -> Values: ...

    @abstractmethod
    def elements(self, values: Values, place: Place) -> Values: ...

    @abstractmethod
    def load_module(self, module: str, name: str, *, seen: frozenset[str] = frozenset()) -> Values: ...

    @abstractmethod
    def typed_result(
        self, entry: Entry, receiver: Value | None, arguments: Arguments, dotted: str, place: Place
    ) -> Values: ...

    @abstractmethod
    def typed_text(self, returns: str, receiver: Value | None, arguments: Arguments, place: Place) -> Values: ...

    @abstractmethod
    def template(self, text: str, receiver: Value | None, arguments: Arguments, place: Place) -> Values: ...

    @abstractmethod
    def from_annotation(self, expression: Expression, depth: int = 0) -> Values: ...

    @abstractmethod
    def special_call(self, value: Lib, arguments: Arguments, place: Place) -> Values | None: ...

    @abstractmethod
    def unfollowed(self, place: Place, reason: str) -> None: ...

    @abstractmethod
    def run_function(
        self, info: FunctionInfo, receiver: Value | None, arguments: Arguments, place: Place
    ) -> Values: ...

    @abstractmethod
    def run_alone(self, info: FunctionInfo, receiver: Value, place: Place) -> None: ...

    def default_receiver(self, info: FunctionInfo) -> Value | None:
        """The receiver of a function that is looked at by itself: an instance of its class, or the class."""
        if info.runs_on_import:
            return None
        owner = info
        while owner.owner is None and owner.enclosing is not None and not owner.enclosing.runs_on_import:
            owner = owner.enclosing
        if owner.owner is None or owner.is_static:
            return None
        return self.universe.cls(owner.owner) if owner.is_class_method else self.universe.inst(owner.owner)

    def function_value(self, info: FunctionInfo) -> Value:
        """The value that a `def` in this body binds."""
        return self.universe.fn(info, None if self.info.runs_on_import else self.body.receiver)
