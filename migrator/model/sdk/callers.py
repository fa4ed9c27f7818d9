"""Who calls a function of a slice, and what each caller gives it.

In: the bodies that a slice runs. Out: by function the places that call it, and for something that depends on what
callers give, one answer for each chain of callers, so that a helper's texts stay those of one caller at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from migrator.facts.expressions import Attribute, Call, Expression
from migrator.model.evaluation import Evaluation
from migrator.model.index import ClassInfo, FunctionInfo
from migrator.model.registrations import Program
from migrator.model.sdk.evaluation import Evaluator
from migrator.model.sdk.flowing import as_values
from migrator.model.sdk.names import OPEN, SELF, TooMany, Wanted, is_method
from migrator.model.sdk.units import ANY_NAME, Unit, Written, written_in
from migrator.model.sdk.values import (
    Applied,
    Arguments,
    Bound,
    Cls,
    Dict,
    Fn,
    Frame,
    Given,
    Known,
    Later,
    Lib,
    Object,
    Seq,
    Unknown,
    Value,
    Values,
)
from migrator.model.solver import Body
from migrator.model.values import Lib as ModelLib
from migrator.model.values import Value as ModelValue

_MOST_SUBCLASSES = 40
_MOST_CHAINS = 48
"""Chains of callers that are told apart for one place; of the rest only what is the same for all of them is said."""
_LONGEST_CHAIN = 8
_MOST_OF_PLACE = 80_000
_MOST_OF_SLICE = 500_000
"""Expressions that are evaluated for one place, and for a slice (some 15 seconds): beyond them, callers are no longer
told apart, and what they give is known only when it runs."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Site:
    """A place that calls a function: its arguments, and what the function is taken from."""

    arguments: Arguments
    receiver: Given | None
    outer: Frame | None = None


class Callers:
    """The calls among the bodies of a slice."""

    def __init__(self, evaluator: Evaluator, program: Program, units: list[Unit]) -> None:
        self._evaluator = evaluator
        self._program = program
        self._units = units
        self._sites: dict[int, list[Site]] = {}
        self._known: dict[int, list[Site]] = {}
        self._read_names: set[str] = set()
        self._found: Written | None = None
        self._frames: dict[Body, Evaluation] = {}

    # What the model's value flow says

    def by_value_flow(self, unit: Unit, expression: Expression) -> list[ModelValue]:
        """What an expression may be by the value flow of the whole program, which follows more and tells less apart."""
        frame = self._frames.get(unit.body)
        if frame is None:
            frame = self._frames[unit.body] = Evaluation(self._program.tables, unit.body)
        return self._program.expanded(frame.evaluate_receiver(expression))

    def called_by_value_flow(self, unit: Unit, node: Call) -> Values:
        """First-party callables that a call may run by the value flow."""
        found = as_values(self.by_value_flow(unit, node.func))
        return tuple(value for value in found if not isinstance(value, Object))

    def of_sdk_by_value_flow(self, unit: Unit, node: Call) -> list[str]:
        """Dotted names of methods of the SDK's objects that a call may run by the value flow."""
        return sorted(
            value.dotted
            for value in self.by_value_flow(unit, node.func)
            if isinstance(value, ModelLib) and value.dotted.startswith(("botocore.client.", "boto3.resources."))
        )

    def is_of_sdk(self, unit: Unit, expression: Expression) -> bool:
        """Whether the value flow knows an expression to be something of the SDK: a client, a resource, a method."""
        return any(
            isinstance(value, ModelLib) and value.dotted.startswith(("botocore.client.", "boto3.", "s3transfer."))
            for value in self.by_value_flow(unit, expression)
        )

    def holds_callables(self, attr: str) -> bool:
        """Whether an attribute of the name is a property or is set by code, so that it may hold a method."""
        return attr in self._properties or attr in self._evaluator.stores.attributes

    # Sites

    def of(self, info: FunctionInfo) -> list[Site]:
        """The places that call a function; of a class's body those that make an instance."""
        known = self._known.get(id(info.scope))
        if known is None:
            known = self._known[id(info.scope)] = self._sites.setdefault(id(info.scope), [])
            before = self._evaluator.assumed
            self._evaluator.assume({})
            for name in (*self._names_of(info), ANY_NAME):
                self._read_named(name)
            self._evaluator.assume(before)
        return known

    def _names_of(self, info: FunctionInfo) -> list[str]:
        """The names under which a function is called: its own, those of the classes that it makes, and other names."""
        simple = info.scope.name.rpartition(".")[2]
        names = {simple}
        owner = info.owner if simple == "__init__" else None
        if info.runs_on_import:
            owner = next((each for each in info.module.classes.values() if each.body is info), None)
        if owner is not None:
            classes = [owner, *self._program.tables.index.subclasses(owner, _MOST_SUBCLASSES)]
            names = {each.scope.name.rpartition(".")[2] for each in classes} | {"__init__"}
        return sorted(names | {alias for name in names for alias in self._written.aliases.get(name, ())})

    def _read_named(self, name: str) -> None:
        """Read the calls of a name, once."""
        if name in self._read_names:
            return
        self._read_names.add(name)
        for unit, at, node in self._written.uses.get(name, ()):
            self._evaluator.steps = 0
            with suppress(TooMany):
                if isinstance(node, Call):
                    self._read(unit, at, node)
                else:
                    self._read_property(unit, at, node)

    def _note(self, info: FunctionInfo, site: Site) -> None:
        known = self._sites.setdefault(id(info.scope), [])
        if site not in known:
            known.append(site)

    def _read(self, unit: Unit, at: int, node: Call) -> None:
        evaluator = self._evaluator
        callees = evaluator.evaluate(node.func, unit.frame, at)
        if all(isinstance(value, Unknown | Lib) for value in callees):
            if callees and not any(isinstance(value, Unknown) for value in callees):
                self._read_handed(unit, at, node)
            callees = self.called_by_value_flow(unit, node)
        if not callees:
            return
        arguments = evaluator.arguments(node, unit.frame, at)
        taken = Later(node.func.value, unit.frame, at) if isinstance(node.func, Attribute) else None
        for value in callees:
            self._note_value(value, arguments, taken)

    def _note_value(self, value: Value, arguments: Arguments, taken: Given | None) -> None:
        match value:
            case Fn(info=info, outer=outer):
                if is_method(info):
                    rest = Arguments(arguments.positional[1:], arguments.keywords, arguments.spread)
                    self._note(info, Site(rest, arguments.positional[0] if arguments.positional else None))
                else:
                    self._note(info, Site(arguments, None, outer))
            case Bound(info=info, receiver=receiver):
                self._note(info, Site(arguments, taken or Known((receiver,))))
            case Cls(info=info):
                self._note_class(value, info, arguments)
            case Object(info=info):
                for owner in self._evaluator.order(info):
                    if "__call__" in owner.methods:
                        self._note(owner.methods["__call__"], Site(arguments, Known((value,))))
                        break
            case Applied(target=target, arguments=given):
                merged = Arguments(
                    given.positional + arguments.positional,
                    tuple({**dict(given.keywords), **dict(arguments.keywords)}.items()),
                    given.spread or arguments.spread,
                )
                self._note_value(target, merged, None)
            case _:
                pass

    def _note_class(self, value: Cls, info: ClassInfo, arguments: Arguments) -> None:
        made = Known((Object(value.info, arguments),))
        for owner in self._evaluator.order(info):
            self._note(owner.body, Site(arguments, made))
            if "__init__" in owner.methods:
                self._note(owner.methods["__init__"], Site(arguments, made))
                break

    @property
    def _written(self) -> Written:
        if self._found is None:
            self._found = written_in(self._units, self._properties)
        return self._found

    def _read_property(self, unit: Unit, at: int, node: Attribute) -> None:
        for value in self._evaluator.evaluate(node.value, unit.frame, at):
            for owner in self._evaluator.order(value) if isinstance(value, Object) else ():
                method = owner.methods.get(node.attr)
                if method is not None:
                    self._note(method, Site(Arguments(), Later(node.value, unit.frame, at)))
                    break

    @property
    def _properties(self) -> frozenset[str]:
        if self._property_names is None:
            classes = self._program.tables.index.classes.values()
            self._property_names = frozenset(
                name for info in classes for name, method in info.methods.items() if method.is_property
            )
        return self._property_names

    _property_names: frozenset[str] | None = None

    def _read_handed(self, unit: Unit, at: int, node: Call) -> None:
        """A function that a library is given to call: `executor.submit(work, key)`, `Thread(target=work, args=(key,))`."""
        given = self._evaluator.arguments(node, unit.frame, at)
        for position, each in enumerate(given.positional[:2]):
            rest = Arguments(given.positional[position + 1 :], given.keywords, given.spread)
            self._note_handed(each, rest)
        for name, each in given.keywords:
            if name in ("target", "func", "fn", "callback"):
                self._note_handed(each, self.arguments_in(given))

    def arguments_in(self, given: Arguments) -> Arguments:
        """The arguments that a call hands on in `args=(...)` and `kwargs={...}`."""
        positional: tuple[Given, ...] = ()
        keywords: tuple[tuple[str, Given], ...] = ()
        for value in self._evaluator.values_of(given.get(-1, "args")):
            positional = value.items if isinstance(value, Seq) else positional
        for value in self._evaluator.values_of(given.get(-1, "kwargs")):
            if isinstance(value, Dict):
                keywords = tuple((key, inner) for key, inner in value.pairs if key is not None)
        return Arguments(positional, keywords)

    def _note_handed(self, handed: Given, arguments: Arguments) -> None:
        for value in self._evaluator.values_of(handed):
            if isinstance(value, Fn | Bound | Applied):
                self._note_value(value, arguments, None)

    # One answer for each chain

    def ways(self, look: Callable[[], Result]) -> list[Result]:
        """What `look` gives for each chain of callers that gives what it asks for."""
        found: list[Result] = []
        spent = self._evaluator.spent
        waiting: list[tuple[Mapping[Wanted, Given], int]] = [({}, 0)]
        while waiting:
            assumed, depth = waiting.pop()
            self._evaluator.assume(assumed)
            result = look()
            wanted = self._evaluator.wanted
            enough = (
                depth >= _LONGEST_CHAIN
                or len(found) + len(waiting) >= _MOST_CHAINS
                or self._evaluator.spent - spent > _MOST_OF_PLACE
                or self._evaluator.spent > _MOST_OF_SLICE
            )
            if not wanted or enough:
                found.append(result)
                continue
            info = min((each for each, _ in wanted), key=lambda each: (each.name, each.scope.line))
            names = sorted(name for each, name in wanted if each is info)
            chains = [self._gives(info, site, names) for site in self.of(info)]
            chains = [each for at, each in enumerate(chains) if each not in chains[:at]]
            if not chains:
                waiting.append(({**assumed, **{(info, name): OPEN for name in names}}, depth))
            else:
                waiting.extend(({**assumed, **chain}, depth + 1) for chain in reversed(chains))
        self._evaluator.assume({})
        return found

    def _gives(self, info: FunctionInfo, site: Site, names: list[str]) -> dict[Wanted, Given]:
        if info.runs_on_import:  # the body of a dataclass: its fields are what is asked for
            fields = self._evaluator.field_names(info)
            given: dict[str, Given] = {}
            for name in names:
                inner = site.arguments.get(fields.index(name) if name in fields else -1, name)
                if inner is not None:
                    given[name] = inner
        else:
            given = self._evaluator.parameters(info, site.arguments, site.outer)
        return {(info, name): (site.receiver or OPEN) if name == SELF else given.get(name, OPEN) for name in names}
