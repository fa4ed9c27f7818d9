"""What framework plug-ins read and what they hand back.

In: the solved tables. Out: `Registration` values; `Program` is the plug-ins' view of the analyzed program.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from migrator.domain.assessments import Unresolved
from migrator.domain.effects import Effect
from migrator.domain.locations import Location
from migrator.domain.triggers import Trigger
from migrator.facts.expressions import (
    Attribute,
    Call,
    Constant,
    Dictionary,
    Element,
    Expression,
    Name,
    Starred,
    Subscript,
)
from migrator.facts.records import Bind, ScopeKind
from migrator.model.dispatching import dispatch_of
from migrator.model.evaluation import Evaluation
from migrator.model.frames import LibraryCall, Tables, Values
from migrator.model.index import ClassInfo, FunctionInfo
from migrator.model.solver import ALL, ANYWHERE, Body, under
from migrator.model.values import NOTHING, Box, Cls, Const, Fn, Inst, Lib, Method, Param, Partial, Registered, Value
from migrator.model.wrapped_calls import WrappedCalls
from migrator.model.written_texts import WrittenTexts


@dataclass(frozen=True, slots=True)
class Start:
    """A function that an event runs, and the receiver it runs for.

    `around`: its framework or a base class runs it before or after each handler (a dispatcher, a constructor, a task's
    `__call__`). What it does is not an effect of the handler, which does not reach it.
    """

    info: FunctionInfo
    receiver: Value | None
    around: bool = False


@dataclass(frozen=True, slots=True)
class Registration:
    """One registration of a function with a framework.

    Attributes:
        name: of the candidate.
        location: of its `def` or `class`.
        trigger: what runs it.
        runs: the functions that the event runs, with their receivers.
        effects: effects that the registration itself declares (a retry, a time limit), as effect, line, column
            and reason, in the candidate's own file.
        passes: what the framework passes: function, position of the parameter, value.
        unresolved: what of the event's way is not in the analyzed code.
        at_start: the event is the start of the process: what it fills is as if filled on import.
        answers: globals that hold the signals to whose senders it gives its result.
    """

    name: str
    location: Location
    trigger: Trigger
    runs: tuple[Start, ...]
    effects: tuple[tuple[Effect, int, int, str], ...] = ()
    passes: tuple[tuple[FunctionInfo, int, Value], ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    at_start: bool = False
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A piece of code and the candidates in it; both the plug-in's documentation and its test.

    Attributes:
        source: module `app` of a tree, or several modules by name.
        expected: candidate name to its triggers, as `kind` or `kind detail`, sorted.
    """

    source: str | Mapping[str, str]
    expected: Mapping[str, tuple[str, ...]]


class Framework(Protocol):
    """A plug-in that finds the event-shaped functions of one framework.

    Attributes:
        name: as it stands in triggers.
        interests: canonical library names whose calls and decorations it wants to see.
        wrappers: canonical names of decorators, and the type of the object that they make of a function.
    """

    @property
    def name(self) -> str: ...

    @property
    def interests(self) -> tuple[str, ...]: ...

    @property
    def wrappers(self) -> Mapping[str, str]: ...

    @property
    def examples(self) -> tuple[Example, ...]: ...

    def find(self, program: Program) -> Iterable[Registration]:
        """All registrations, in a fixed order."""
        ...


@dataclass(slots=True)
class Program:
    """The solved program as plug-ins see it."""

    tables: Tables
    _frames: dict[Body, Evaluation] = field(default_factory=dict)
    _found: _Written | None = None
    _gone_through: list[tuple[FunctionInfo, Call, str]] | None = None
    _dispatches: dict[tuple[str, ClassInfo, tuple[str, ...]], FunctionInfo] = field(default_factory=dict)
    wrapped: WrappedCalls = field(init=False)
    _texts: WrittenTexts = field(init=False)

    def __post_init__(self) -> None:
        self._texts = WrittenTexts(self.tables, self.frame)
        self.wrapped = WrappedCalls(self.tables, self.frame, self._texts.taken_apart)

    def release(self) -> None:
        """Let go of everything, as `ProgramModel.release` says."""
        self.tables.release()
        self._frames.clear()
        self._dispatches.clear()
        self._found = self._gone_through = None
        del self.wrapped, self._texts

    def calls(self, *names: str) -> list[LibraryCall]:
        """The calls of library functions, by their canonical names, in the order of the places."""
        wanted = set(names)
        found = [call for call in self.tables.calls.values() if call.dotted in wanted]
        return sorted(found, key=lambda call: (call.location, call.body.name, call.dotted))

    def registering_calls(self, *names: str) -> list[LibraryCall]:
        """As `calls`; in the place of a call that hands on parameters of the function around it stand that
        function's calls, each with its own arguments."""
        return [seen for call in self.calls(*names) for seen in self.registering_calls_of(call)]

    def registering_calls_of(self, call: LibraryCall) -> list[LibraryCall]:
        """As `registering_calls`, for one call."""
        rows = self._spread(call) or self._texts.rows(call)
        return rows or self.wrapped.seen_from_outside(call)

    def texts_of(self, call: LibraryCall, position: int, keyword: str = "") -> list[str]:
        """The texts that an argument may be, sorted: none where it is not given, an ellipsis for what only runs."""
        return self._texts.of(call, position, keyword)

    def _spread(self, call: LibraryCall) -> list[LibraryCall]:
        """One call for each row of a table: `for rule in RULES: app.add_url_rule(*rule)`."""
        written = call.node.arguments if call.node is not None else ()
        if len(written) - len(call.arguments) != 1 or not isinstance(written[-1], Starred):
            return []
        if any(parameter.name == _simple(written[-1].value) for parameter in call.body.info.scope.parameters):
            return []  # what the function around it was given is seen from its calls
        rows = self.frame(call.body.info).evaluate(written[-1].value)
        boxes = [value for value in self.expanded(rows) if isinstance(value, Box) and value.kind == "tuple"]
        return [
            replace(call, arguments=[*call.arguments, *self._row(box)])
            for box in sorted(boxes, key=lambda value: value.site)
        ]

    def _row(self, box: Box) -> list[Values]:
        found: list[Values] = []
        while len(found) < _MOST_IN_A_ROW and (held := self.item(box, len(found))):
            found.append(held)
        return found

    def functions(self, values: Iterable[Value]) -> list[tuple[FunctionInfo, Value | None]]:
        """The functions among values, with the receivers they are bound to, unwrapped, in a fixed order."""
        found: dict[tuple[FunctionInfo, Value | None], None] = {}
        seen: set[Value] = set()
        waiting = sorted(values, key=lambda value: value.serial)
        while waiting:
            value = waiting.pop(0)
            match value:
                case Fn(info=info, outer=outer):
                    found[info, outer] = None
                case Method(info=info, receiver=receiver):
                    found[info, receiver] = None
                case Partial(target=target):
                    waiting.append(target)
                case Param(info=info, index=index):
                    for kind in ("argument", "decorated"):
                        held = self.tables.solver.cell(kind, info, index).values
                        waiting.extend(item for item in held if item not in seen)
                        seen |= held
                case Lib(receiver=Fn() | Method() as inner):
                    waiting.append(inner)
                case Registered(key=key):
                    call = self.tables.calls[key]
                    waiting.extend(item for item in call.receivers if isinstance(item, Lib | Fn | Method))
                case Inst(info=info):
                    called = self.frame(info.body).find_member(self.frame(info.body).resolution_order(info), "__call__")
                    if called is not None and called.function is not None:
                        found[called.function, value] = None
                case _:
                    pass
        return sorted(found, key=lambda item: (item[0].name, item[0].scope.line))

    def frame(self, info: FunctionInfo) -> Evaluation:
        """A frame in which names and members can be looked up as in a function's body."""
        body = self.tables.solver.body(info, self.default_receiver(info))
        found = self._frames.get(body)
        if found is None:
            found = self._frames[body] = Evaluation(self.tables, body)
        return found

    def dispatch(
        self, name: str, owner: ClassInfo, place: FunctionInfo | ClassInfo, methods: tuple[str, ...]
    ) -> FunctionInfo:
        """The function that stands for a library's dispatch to the methods of a class; see `dispatching`."""
        key = (name, owner, methods)
        found = self._dispatches.get(key)
        if found is None:
            found = self._dispatches[key] = dispatch_of(name, owner, place, methods)
        return found

    def expanded(self, values: Iterable[Value]) -> list[Value]:
        """The values with parameters replaced by what is passed for them and partials by what they call."""
        found: dict[Value, None] = {}
        waiting = sorted(values, key=lambda value: value.serial)
        while waiting:
            value = waiting.pop(0)
            if value in found:
                continue
            found[value] = None
            if isinstance(value, Partial):
                waiting.append(value.target)
            elif isinstance(value, Param):
                for kind in ("argument", "decorated"):
                    waiting.extend(sorted(self.tables.solver.cell(kind, value.info, value.index).values, key=_serial))
        return [value for value in found if not isinstance(value, Param | Partial)]

    def default_receiver(self, info: FunctionInfo) -> Value | None:
        """The receiver with which a function is looked at by itself."""
        owner = info
        while owner.owner is None and owner.enclosing is not None and not owner.enclosing.runs_on_import:
            owner = owner.enclosing
        if info.runs_on_import or owner.owner is None or owner.is_static:
            return None
        universe = self.tables.universe
        return universe.cls(owner.owner) if owner.is_class_method else universe.inst(owner.owner)

    def method(self, info: ClassInfo, name: str) -> FunctionInfo | None:
        """The method that a class runs under a name, its own or inherited from first-party code."""
        frame = self.frame(info.body)
        found = frame.find_member(frame.resolution_order(info), name)
        return found.function if found is not None else None

    def ancestors(self, info: ClassInfo) -> set[str]:
        """Canonical names of the library classes that a class inherits from, and names of its own bases."""
        frame = self.frame(info.body)
        result: set[str] = set()
        for entry in frame.resolution_order(info):
            if isinstance(entry, str):
                result.update(self.tables.knowledge.ancestors(entry))
            else:
                result.add(entry.name)
        return result

    def class_constants(self, info: ClassInfo, name: str) -> list[object]:
        """Constants in a class-level name, looked up along the bases."""
        frame = self.frame(info.body)
        found = frame.find_member(frame.resolution_order(info), name)
        if found is None or found.owner is None:
            return []
        return constants(frame.class_values(found.owner, name))

    def contents(self, values: Values) -> Values:
        """What the containers among the values hold."""
        held: set[Value] = set()
        for value in values:
            if isinstance(value, Box):
                held |= self.held(value, ALL)
            elif isinstance(value, Lib):
                held |= value.items
        return frozenset(held)

    def item(self, box: Box, position: int) -> Values:
        """What a list or tuple holds at a position."""
        return self.held(box, under(position)) | self.held(box, ANYWHERE)

    def held(self, box: Box, key: object) -> Values:
        """What a box holds; for the key see `Contents`."""
        return NOTHING.union(*(contents[key].values for contents in self.tables.solver.contents(box)))

    def dictionaries(self) -> Iterator[tuple[FunctionInfo, Dictionary]]:
        """Every dict display or `dict(key=...)` that a name, attribute or item is set to, or that is an argument, with its scope."""
        yield from self._written().dictionaries

    def calls_written(self, method: str) -> list[tuple[FunctionInfo, Call]]:
        """Every call of a method by its mere name, one of `SOUGHT_METHODS`, with its scope: for objects whose type no knowledge gives."""
        return self._written().methods[method]

    def _written(self) -> _Written:
        if self._found is None:
            self._found = _Written()
            for info in self.tables.index.all_functions():
                if info.scope.kind is not ScopeKind.LAMBDA:
                    self._found.read(info)
        return self._found

    def gone_through(self) -> list[tuple[FunctionInfo, Call, str]]:
        """Calls whose results loops go through and that are given a class by name, with scope and loop variable.

        The variable is empty where what is gone through is kept first: an object of a class with `__iter__`.
        """
        if self._gone_through is None:
            called = self.tables.index.classes_called
            self._gone_through = []
            for info in self.tables.index.all_functions():
                for step in info.scope.steps:
                    value = getattr(step, "value", None)
                    if isinstance(value, Subscript):
                        value = value.value  # of several loop variables this is one
                    if isinstance(value, Element):
                        found, variable = _innermost(value.value), step.name if isinstance(step, Bind) else ""
                    elif isinstance(value, Call):
                        found, variable = value, ""
                        if not any("__iter__" in owner.methods for owner in called(_simple(value.func))):
                            continue
                    else:
                        continue
                    if isinstance(found, Call) and any(called(_simple(item)) for item in found.arguments):
                        self._gone_through.append((info, found, variable))
        return self._gone_through

    def function_named(self, name: str) -> FunctionInfo | None:
        """The function of a dotted name."""
        return self.tables.index.functions.get(self.tables.index.full_name(name))

    def classes_loaded(self, call: Call) -> list[ClassInfo]:
        """The classes that a call names by constant texts: `load("shop.views.Order")`, `get_class("shop.views", "Order")`.

        The first text may leave out the packages around it.
        """
        texts = [item.value for item in call.arguments if isinstance(item, Constant) and isinstance(item.value, str)]
        if not texts or len(texts) != len(call.arguments):
            return []
        dotted = ".".join(texts).replace(":", ".")
        return [
            owner
            for owner in self.tables.index.classes_called(dotted.rpartition(".")[2])
            if f".{owner.name}".endswith(f".{dotted}")
        ]

    def classes(self) -> list[ClassInfo]:
        """All classes, by name."""
        return [self.tables.index.classes[name] for name in sorted(self.tables.index.classes)]


SOUGHT_METHODS = frozenset(
    {
        "add_api_route",
        "add_job",
        "add_periodic_task",
        "add_resource",
        "add_url_rule",
        "connect",
        "enqueue",
        "extend",
        "set_defaults",
    }
)
"""See `Program.calls_written`."""

_MOST_IN_A_ROW = 10
"""Arguments that one row of a table of registrations gives."""

_PASSING_ON = frozenset({"sorted", "list", "tuple", "set", "reversed", "enumerate", "iter"})


def _serial(value: Value) -> int:
    return value.serial


def _simple(expression: Expression) -> str:
    """The last part of a dotted name, or an empty string."""
    if isinstance(expression, Attribute):
        return expression.attr
    return expression.id if isinstance(expression, Name) else ""


def _innermost(expression: Expression) -> Expression:
    """What `sorted(list(x))` and its like go through."""
    while isinstance(expression, Call) and _simple(expression.func) in _PASSING_ON and expression.arguments:
        expression = expression.arguments[0]
    return expression


def constants(values: Values) -> list[object]:
    """The constants among values, in a fixed order."""
    found = {value.value for value in values if isinstance(value, Const)}
    return sorted(found, key=lambda value: (type(value).__name__, str(value)))


def texts(values: Values) -> list[str]:
    """The constant strings among values, sorted."""
    return [value for value in constants(values) if isinstance(value, str)]


def classes_in(values: Iterable[Value]) -> list[ClassInfo]:
    """The classes among values, by name."""
    return sorted((value.info for value in values if isinstance(value, Cls)), key=lambda info: info.name)


class _Written:
    """What plug-ins look for in the text of all scopes, found in one reading."""

    def __init__(self) -> None:
        self.dictionaries: list[tuple[FunctionInfo, Dictionary]] = []
        self.methods: dict[str, list[tuple[FunctionInfo, Call]]] = {name: [] for name in SOUGHT_METHODS}

    def read(self, info: FunctionInfo) -> None:
        for step in info.scope.steps:
            found: list[Dictionary] = []
            waiting: list[object] = [getattr(step, "value", None)]
            while waiting:
                node = waiting.pop()
                if not isinstance(node, tuple) or not node or isinstance(node, Constant):
                    continue
                if isinstance(node, Dictionary):
                    found.append(node)
                elif isinstance(node, Call):
                    if isinstance(node.func, Attribute) and node.func.attr in SOUGHT_METHODS:
                        self.methods[node.func.attr].append((info, node))
                    elif isinstance(node.func, Name) and node.func.id == "dict" and node.keywords:
                        pairs = tuple((Constant(name) if name else None, value) for name, value in node.keywords)
                        found.append(Dictionary(pairs, node.line, node.column))
                waiting.extend(node)
            self.dictionaries.extend((info, item) for item in reversed(found))
