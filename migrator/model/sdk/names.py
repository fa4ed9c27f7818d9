"""The core of the evaluator: memory of what was found, frames, and what names stand for.

In: expressions of the facts, each with the frame and the step that it stands in. Out: values. Members, calls and texts
are evaluated by the classes that extend `Names`.

A frame whose parameters nobody has given is open: what is asked of it is noted in `wanted`, and evaluating again under
`assumed` gives what one caller passes (see `callers`).
"""

from __future__ import annotations

import builtins
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping

from migrator.facts.expressions import Attribute, Binary, Expression, Name, Subscript
from migrator.facts.records import Bind, Define, How, Import, ScopeKind
from migrator.model.bindings import ScopeTable, table_of
from migrator.model.index import ClassInfo, FunctionInfo, ModuleInfo
from migrator.model.registrations import Program
from migrator.model.rendering import written
from migrator.model.sdk.scopes import Stores
from migrator.model.sdk.values import (
    Cls,
    Fn,
    Frame,
    Given,
    Known,
    Later,
    Lib,
    Memo,
    Mod,
    Value,
    Values,
)
from migrator.model.sdk.words import unique

SELF = "<self>"
"""The name under which the receiver of a method is asked for."""

OPEN = Known(())
"""Stands for what nobody in the slice gives: the framework calls the function, or nothing is known of the call."""

SESSIONS = frozenset(
    {
        "aiobotocore.get_session",
        "aiobotocore.session.AioSession",
        "aiobotocore.session.get_session",
        "aioboto3.Session",
        "aioboto3.session.Session",
        "boto3.Session",
        "boto3._get_default_session",
        "boto3.session.Session",
        "botocore.session.Session",
        "botocore.session.get_session",
    }
)
"""What makes a session."""

DEEPEST = 14
"""Calls that are entered within one another; code that builds clients is seldom four deep."""

_MOST_STEPS = 20_000
"""Expressions that are evaluated for one place and chain of callers; one that needs more is said not to be followed."""

_STARS = 8
_BUILTINS = frozenset(dir(builtins))

Wanted = tuple[FunctionInfo, str]


class TooMany(Exception):
    """One place needs more steps than are worth taking."""


class Names(ABC):
    """Evaluates expressions, and remembers what it has found."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.index = program.tables.index
        self.stores = Stores(self.index)
        self.wanted: set[Wanted] = set()
        self.assumed: Mapping[Wanted, Given] = {}
        self.steps = 0
        self.spent = 0
        self._memos: dict[tuple[tuple[Wanted, Given], ...], Memo] = {}
        self._memo = self._memos.setdefault((), Memo())
        self._active: set[tuple[int, Frame, int | None]] = set()
        self._cut: set[tuple[int, Frame, int | None]] = set()
        self._frames: dict[tuple[object, ...], Frame] = {}
        self._looked_up: set[tuple[str, str]] = set()
        self._tables: dict[int, ScopeTable] = {}

    # What is assumed, and what was asked for

    def assume(self, assumed: Mapping[Wanted, Given]) -> None:
        """From now on, parameters of open frames are what one chain of callers gives them."""
        self.assumed = assumed
        key = tuple(sorted(assumed.items(), key=lambda item: (item[0][0].name, item[0][0].scope.line, item[0][1])))
        self._memo = self._memos.setdefault(key, Memo()) if not key else Memo()
        self.wanted = set()
        self.steps = 0

    def frame(
        self,
        info: FunctionInfo,
        given: Mapping[str, Given] | None = None,
        receiver: Value | None = None,
        outer: Frame | None = None,
        depth: int = 0,
    ) -> Frame:
        """The frame of a function; an open one where nothing is given."""
        key = (info, None if given is None else tuple(given.items()), receiver, outer)
        found = self._frames.get(key)
        if found is None:
            found = self._frames[key] = Frame(info, given, receiver, outer, depth)
        return found

    def of_module(self, module: ModuleInfo) -> Frame:
        """The frame of a module's body."""
        return self.frame(module.body, {})

    # Evaluating

    def evaluate(self, expression: Expression, frame: Frame, at: int | None) -> Values:
        """The values of an expression; none where nothing is known to reach it."""
        key = (id(expression), frame, at)
        known = self._memo.found.get(key)
        if known is not None:
            self.wanted |= known[1]
            return known[0]
        if key in self._active:
            self._cut.add(key)
            return ()
        self.steps += 1
        self.spent += 1
        if self.steps > _MOST_STEPS:
            raise TooMany
        before, self.wanted = self.wanted, set()
        self._active.add(key)
        try:
            values = unique(self.evaluate_one(expression, frame, at))
        finally:  # also where too many steps end it: the next place begins anew
            self._active.discard(key)
            self._cut.discard(key)
            wanted, self.wanted = self.wanted, before | self.wanted
        if not self._cut:
            self._memo.found[key] = values, frozenset(wanted)
        return values

    def values_of(self, given: Given | None) -> Values:
        """What an argument is."""
        match given:
            case None:
                return ()
            case Known(values=values):
                return values
            case Later():
                return self.evaluate(given.expression, given.frame, given.at)

    @abstractmethod
    def evaluate_one(self, expression: Expression, frame: Frame, at: int | None) -> Iterable[Value]: ...

    @abstractmethod
    def add(self, left: Values, right: Values, source: str) -> Values: ...

    @abstractmethod
    def attribute(self, values: Values, attr: str, frame: Frame, at: int | None, name: str = "") -> Values: ...

    # Names

    def table(self, info: FunctionInfo) -> ScopeTable:
        """Where a scope binds its names."""
        found = self._tables.get(id(info.scope))
        if found is None:
            found = self._tables[id(info.scope)] = table_of(info.scope)
        return found

    def name(self, node: Name, frame: Frame, at: int | None) -> Values:
        """What a name stands for where it is read."""
        return self.named(node.id, frame, at)

    def named(self, name: str, frame: Frame, at: int | None) -> Values:
        """What a name stands for, before a step of the frame's function."""
        info = frame.info
        scope = info.scope
        if scope.kind is ScopeKind.MODULE or self.is_local(name, info):
            return self._local(name, frame, at)
        around = info.enclosing
        if around is None or around.scope.kind is ScopeKind.MODULE or name in scope.globals:
            return self.global_name(info.module, name)
        outer = frame.outer
        if outer is None or outer.info.scope is not around.scope:
            outer = self.frame(around, receiver=frame.receiver if info.owner is None else None)
        return self.named(name, outer, None)

    def is_local(self, name: str, info: FunctionInfo) -> bool:
        """Whether a name is one of a function's own."""
        scope = info.scope
        if scope.kind is ScopeKind.MODULE or name in scope.globals or name in scope.nonlocals:
            return False
        return name in self.table(info).binding or any(each.name == name for each in scope.parameters)

    def _local(self, name: str, frame: Frame, at: int | None) -> Values:
        if frame.info.scope.kind is ScopeKind.MODULE and name not in self.table(frame.info).binding:
            return self._global(frame.info.module, name, frozenset())
        steps, from_parameter = self.table(frame.info).reaching(name, at)
        found: list[Value] = []
        for index in steps:
            found.extend(self._bound(name, frame, index))
        if from_parameter and frame.info.scope.kind not in (ScopeKind.MODULE, ScopeKind.CLASS):
            found.extend(self.parameter(name, frame))
        if frame.info.scope.kind is ScopeKind.MODULE:
            found.extend(self._set_by_functions(frame.info.module, name))
        return tuple(found)

    def _bound(self, name: str, frame: Frame, index: int) -> Values:
        step = frame.info.scope.steps[index]
        match step:
            case Import():
                return self._imported(step, frame.info.module)
            case Define(scope=scope):
                return self._defined(frame, scope)
            case Bind(value=value, how=How.AUGMENT) if value is not None:
                before = self.named(name, frame, index)
                return self.add(before, self.evaluate(value, frame, index), name)
            case Bind(value=value) if value is not None:
                return self.evaluate(value, frame, index)
            case _:
                return ()

    def _defined(self, frame: Frame, scope: int) -> Values:
        module = frame.info.module
        if scope in module.classes:
            return (Cls(module.classes[scope]),)
        inside = frame.info.scope.kind in (ScopeKind.FUNCTION, ScopeKind.LAMBDA)
        return (Fn(module.functions[scope], frame if inside else None),)

    @abstractmethod
    def parameter(self, name: str, frame: Frame) -> Values: ...

    @abstractmethod
    def order(self, value: Value | ClassInfo) -> list[ClassInfo]: ...

    def global_name(self, module: ModuleInfo, name: str, seen: frozenset[str] = frozenset()) -> Values:
        """What a name of a module stands for once the module is imported."""
        if (module.name, name) in self._looked_up:
            return ()  # modules that import a name from each other
        self._looked_up.add((module.name, name))
        try:
            return self._global(module, name, seen)
        finally:
            self._looked_up.discard((module.name, name))

    def _global(self, module: ModuleInfo, name: str, seen: frozenset[str]) -> Values:
        if name in self.table(module.body).binding:
            return self._local(name, self.of_module(module), None)
        if stored := self._set_by_functions(module, name):
            return stored
        for star in module.stars if len(seen) < _STARS else ():
            other = self.index.modules.get(star)
            if other is not None and star not in seen:
                found = self.global_name(other, name, seen | {module.name})
                if found and not (len(found) == 1 and found[0] == Lib(f"builtins.{name}")):
                    return found
            elif other is None and name not in _BUILTINS:
                return (Lib(f"{star}.{name}"),)
        return (Lib(f"builtins.{name}"),) if name in _BUILTINS else ()

    def _set_by_functions(self, module: ModuleInfo, name: str) -> Values:
        """What functions put into a global of their module, and other modules into an attribute of it."""
        found: list[Value] = []
        for info, index in self.stores.globals.get((module.name, name), ()):
            step = info.scope.steps[index]
            if isinstance(step, Bind) and step.value is not None:
                found.extend(self.evaluate(step.value, self.open(info), index))
        for stored in self.stores.attributes.get(name, ()):
            target, value = stored.step.target, stored.step.value
            if not isinstance(target, Attribute) or not isinstance(target.value, Name) or value is None:
                continue
            if self.index.dotted(stored.info.module, target.value) == module.name:
                found.extend(self.evaluate(value, self.open(stored.info), stored.index))
        return tuple(found)

    def open(self, info: FunctionInfo) -> Frame:
        """The frame of a function of which nobody says who calls it."""
        return self.frame(info, {} if info.runs_on_import else None)

    def _imported(self, step: Import, module: ModuleInfo) -> Values:
        source = module.absolute(step)
        if not step.attribute:
            if "." in step.module:
                return self.module_or_library(self.index.full_name(step.name))
            return self.module_or_library(source)
        whole = f"{source}.{step.attribute}"
        if source in self.index.modules:
            home = self.index.modules[source]
            found = self.global_name(home, step.attribute)
            if found and found != (Lib(f"builtins.{step.attribute}"),):
                return found
        return self.module_or_library(whole)

    def module_or_library(self, name: str) -> Values:
        """A module of the tree by its name, or something of a library."""
        return (Mod(name),) if self.index.is_module(name) else (Lib(name),)


def is_method(info: FunctionInfo) -> bool:
    """Whether the first parameter of a function is the object or class that it was taken from."""
    return info.owner is not None and not info.is_static and info.scope.kind is ScopeKind.FUNCTION


def source(expression: Expression) -> str:
    """An expression in words, for what is known only when it runs."""
    if isinstance(expression, Binary):
        return f"{source(expression.left)} {_SIGNS.get(expression.operator, '?')} {source(expression.right)}"
    if isinstance(expression, Subscript):
        return f"{source(expression.value)}[{source(expression.key)}]"
    return written(expression)


_SIGNS = {"Add": "+", "Mod": "%", "Div": "/", "Mult": "*", "Sub": "-"}
