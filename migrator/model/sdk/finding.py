"""The calls of the SDK that a slice makes: each place, with the operations and the texts of the arguments.

In: the bodies that the slice runs. Out: `SdkUse`. A place at which something of the SDK is called, or handed to code
that nobody follows, is in one of its two lists.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from migrator.domain.locations import Location
from migrator.domain.sdk_calls import SdkCall, SdkUse, UnfollowedSdkCall
from migrator.facts.expressions import Attribute, Call, Choice, Element, Expression, Name
from migrator.model.registrations import Program
from migrator.model.rendering import written
from migrator.model.sdk.callers import Callers
from migrator.model.sdk.evaluation import Evaluator
from migrator.model.sdk.hints import Hints
from migrator.model.sdk.names import TooMany
from migrator.model.sdk.requests import NO_OPERATION, NotKnown, Sent, is_chained, lists_by, loads
from migrator.model.sdk.units import Unit, sdk_expressions
from migrator.model.sdk.users import HARMLESS, RUNNERS, is_user, used_by
from migrator.model.sdk.values import (
    Applied,
    Arguments,
    Bound,
    Client,
    Cls,
    Collection,
    Fn,
    Given,
    Lib,
    Object,
    Resource,
    SdkMethod,
    Session,
    Transfer,
    Value,
    Values,
)

_TOO_MANY = "there are too many ways in which it may be reached"
_FOLLOWED = (Fn, Bound, Cls, Object)


@dataclass(slots=True)
class Finding:
    """What was found so far."""

    evaluator: Evaluator
    callers: Callers
    program: Program
    hints: Hints
    calls: dict[tuple[object, ...], SdkCall] = field(default_factory=dict)
    unfollowed: dict[tuple[object, ...], UnfollowedSdkCall] = field(default_factory=dict)
    said: set[tuple[str, str]] = field(default_factory=set)
    mentioned: list[tuple[Unit, Expression, SdkMethod]] = field(default_factory=list)

    def read(self, unit: Unit) -> None:
        """Read one body."""
        parts = list(sdk_expressions(unit))
        called = {id(node.func) for _, node in parts if isinstance(node, Call)}
        continued = self._continued(unit, parts)
        iterated = {id(node.value) for _, node in parts if isinstance(node, Element)}
        for at, node in parts:
            try:
                if isinstance(node, Call):
                    self._call(unit, at, node, chained=id(node) in continued)
                elif isinstance(node, Attribute) and id(node) not in called:
                    self._attribute(unit, at, node, inner=id(node) in continued, iterated=id(node) in iterated)
            except TooMany:
                self.evaluator.assume({})
                if isinstance(node, Call) and self.callers.of_sdk_by_value_flow(unit, node):
                    self._not_followed(unit, node, NotKnown("", _TOO_MANY))

    def _continued(self, unit: Unit, parts: Iterable[tuple[int, Expression]]) -> set[int]:
        """Expressions that a chain of a collection goes on from: `bucket.objects.filter(...)` in `....limit(5)`."""
        return {id(node.func.value) for _, node in parts if isinstance(node, Call) and isinstance(node.func, Attribute)}

    # Calls

    def _call(self, unit: Unit, at: int, node: Call, *, chained: bool) -> None:
        evaluator = self.evaluator
        evaluator.assume({})
        callees: Values = ()
        attr = node.func.attr if isinstance(node.func, Attribute) else ""
        likely = not attr or self.hints.method(attr) or bool(self.callers.of_sdk_by_value_flow(unit, node))
        if likely or self.callers.holds_callables(attr):
            callees = evaluator.evaluate(node.func, unit.frame, at)
            asked = likely and evaluator.wanted and not any(isinstance(value, _FOLLOWED) for value in callees)
            of_sdk = any(_is_sdk(value) for value in callees)
            if (of_sdk or asked) and (self._ways(unit, at, node, chained=chained) or of_sdk):
                return
            self._by_value_flow(unit, at, node, callees)
        if self._is_given_some(unit, node) or self._uses_by_itself(unit, node):
            self._handed(unit, at, node, evaluator.evaluate(node.func, unit.frame, at))

    def _is_given_some(self, unit: Unit, node: Call) -> bool:
        """Whether an argument may be of the SDK, as a quick look at the program's value flow says."""
        given = [*node.arguments, *(value for _, value in node.keywords)]
        return any(
            self.callers.is_of_sdk(unit, each) for each in given if isinstance(each, Name | Attribute | Call | Choice)
        )

    def _uses_by_itself(self, unit: Unit, node: Call) -> bool:
        return is_user(self.program.tables.index.dotted(unit.frame.info.module, node.func))

    def _ways(self, unit: Unit, at: int, node: Call, *, chained: bool) -> bool:
        """Note what a call sends for each chain of callers; says whether it is one of the SDK."""
        evaluator = self.evaluator

        def look() -> tuple[bool, list[Sent | NotKnown]]:
            outcomes: list[Sent | NotKnown] = []
            of_sdk = False
            for value in evaluator.evaluate(node.func, unit.frame, at):
                if not _is_sdk(value):
                    continue
                of_sdk = True
                method, given = _applied(value, evaluator.arguments(node, unit.frame, at))
                if chained and isinstance(method.owner, Collection) and is_chained(method.name):
                    continue
                outcomes.extend(evaluator.sent(method, given))
            return of_sdk, outcomes

        found = self.callers.ways(look)
        outcomes = [outcome for _, each in found for outcome in each]
        sure = any(isinstance(outcome, Sent) for outcome in outcomes)
        for outcome in outcomes:
            # Of clients that meet in one place, the one is meant that has the method.
            if not (sure and isinstance(outcome, NotKnown) and outcome.reason.startswith(NO_OPERATION)):
                self._note(unit, node, outcome)
        return any(of_sdk for of_sdk, _ in found)

    def _by_value_flow(self, unit: Unit, at: int, node: Call, callees: Values) -> None:
        """What the program's value flow knows to be of the SDK and this evaluation does not."""
        if any(isinstance(value, (*_FOLLOWED, Lib)) for value in callees):
            return
        evaluator = self.evaluator
        for dotted in self.callers.of_sdk_by_value_flow(unit, node):
            owner = _owner_named(dotted, self._services)
            if owner is None:
                owner = Client("", written(node.func))
            method = SdkMethod(owner, dotted.rpartition(".")[2])

            def look(method: SdkMethod = method) -> tuple[Sent | NotKnown, ...]:
                return evaluator.sent(method, evaluator.arguments(node, unit.frame, at))

            for outcomes in self.callers.ways(look):
                for outcome in outcomes:
                    self._note(unit, node, outcome)

    @property
    def _services(self) -> dict[str, str]:
        """Names of the classes of clients to the services, as knowledge has them."""
        entry = self.program.tables.knowledge.lookup("boto3.client")
        returns = entry.by_argument.returns if entry is not None and entry.by_argument is not None else {}
        return {name: service for service, name in returns.items()}

    # What is handed on

    def _handed(self, unit: Unit, at: int, node: Call, callees: Values) -> None:
        """Methods and objects of the SDK that are passed to code that is not followed."""
        evaluator = self.evaluator
        evaluator.assume({})
        for value in callees:
            if isinstance(value, Lib):
                for outcome in used_by(evaluator, value, evaluator.arguments(node, unit.frame, at)):
                    self._note(unit, node, outcome)
        if any(isinstance(value, _FOLLOWED) for value in callees):
            return
        name = written(node.func).rpartition(".")[2].partition("(")[0]
        dotted = next((value.dotted for value in callees if isinstance(value, Lib)), "")
        if dotted in HARMLESS or (not dotted and name in HARMLESS):
            return
        if self.callers.called_by_value_flow(unit, node):
            return
        given = evaluator.arguments(node, unit.frame, at)
        for position, each in enumerate(given.positional):
            self._handed_one(unit, at, node, each, _rest(given, position, name), dotted or name)
        for key, each in given.keywords:
            inner = self.callers.arguments_in(given) if key in ("target", "func") else Arguments()
            self._handed_one(unit, at, node, each, inner, dotted or name)

    def _handed_one(self, unit: Unit, at: int, node: Call, each: Given, rest: Arguments, to: str) -> None:
        evaluator = self.evaluator
        evaluator.assume({})
        values = evaluator.values_of(each)
        if any(_is_sdk(value) for value in values):

            def look() -> list[Sent | NotKnown]:
                outcomes: list[Sent | NotKnown] = []
                for value in evaluator.values_of(each):
                    if _is_sdk(value):
                        method, given = _applied(value, rest)
                        outcomes.extend(evaluator.sent(method, given))
                return outcomes

            for outcomes in self.callers.ways(look):
                for outcome in outcomes:
                    self._note(unit, node, outcome)
            return
        for value in values:
            if isinstance(value, Client | Resource | Transfer) and not (isinstance(value, Resource) and value.loaded):
                service = getattr(value, "service", "s3")
                reason = f"hands a client of {service or 'some service'} to {to}, of which nobody says what it calls"
                self._not_followed(unit, node, NotKnown(service, reason))

    # Attributes

    def _attribute(self, unit: Unit, at: int, node: Attribute, *, inner: bool, iterated: bool) -> None:
        if not self.hints.attribute(node.attr) and not self.hints.method(node.attr):
            return
        evaluator = self.evaluator
        evaluator.assume({})
        owners = evaluator.evaluate(node.value, unit.frame, at)
        if any(isinstance(owner, Resource) for owner in owners) or (not owners and evaluator.wanted):

            def look() -> list[Sent | NotKnown]:
                return [
                    outcome
                    for owner in evaluator.evaluate(node.value, unit.frame, at)
                    if isinstance(owner, Resource)
                    for outcome in loads(owner, node.attr)
                ]

            def listed() -> list[Sent | NotKnown]:
                values = evaluator.evaluate(node, unit.frame, at)
                return [outcome for value in values if isinstance(value, Collection) for outcome in lists_by(value)]

            for outcomes in self.callers.ways(look):
                for outcome in outcomes:
                    self._note(unit, node, outcome)
            for outcomes in self.callers.ways(listed) if iterated else ():
                for outcome in outcomes:
                    self._note(unit, node, outcome)
        for value in evaluator.evaluate(node, unit.frame, at):
            if isinstance(value, SdkMethod) and not inner and not isinstance(value.owner, Session):
                self.mentioned.append((unit, node, value))

    def mentions(self) -> None:
        """Methods that are only looked at: where none of their kind is called anywhere, somebody else calls them."""
        for unit, node, method in self.mentioned:
            service = getattr(method.owner, "service", "")
            if (service, method.name) in self.said:
                continue
            self.evaluator.assume({})
            for outcome in self.evaluator.sent(method, Arguments()):
                if isinstance(outcome, Sent):
                    self._note(unit, node, replace(outcome, arguments={}))

    # Notes

    def _note(self, unit: Unit, node: Expression, outcome: Sent | NotKnown) -> None:
        if isinstance(outcome, NotKnown):
            self._not_followed(unit, node, outcome)
            return
        self.said.add((outcome.service, outcome.method.rpartition(".")[2]))
        arguments = tuple(sorted(outcome.arguments.items()))
        location = self._place(unit, node)
        call = SdkCall(
            outcome.service,
            outcome.method,
            outcome.operations,
            location,
            unit.frame.info.name,
            dict(arguments),
            outcome.region,
        )
        self.calls[location, outcome.service, outcome.method, outcome.operations, arguments, outcome.region] = call

    def _not_followed(self, unit: Unit, node: Expression, why: NotKnown) -> None:
        location = self._place(unit, node)
        call = UnfollowedSdkCall(written(node), why.reason, location, unit.frame.info.name, why.service)
        self.unfollowed[location, call.call, why.reason] = call

    @staticmethod
    def _place(unit: Unit, node: Expression) -> Location:
        line, column = getattr(node, "line", 1), getattr(node, "column", 1)
        return Location(unit.frame.info.module.facts.path, line, line, column)

    def use(self) -> SdkUse:
        """All of it, sorted by location."""
        calls = sorted(self.calls.items(), key=lambda item: (item[0][0], repr(item[0][1:])))
        others = sorted(self.unfollowed.items(), key=lambda item: (item[0][0], repr(item[0][1:])))
        return SdkUse(tuple(call for _, call in calls), tuple(each for _, each in others))


def _is_sdk(value: Value) -> bool:
    if isinstance(value, Applied):
        return _is_sdk(value.target)
    return isinstance(value, SdkMethod) and not isinstance(value.owner, Session)


def _applied(value: Value, arguments: Arguments) -> tuple[SdkMethod, Arguments]:
    """The method, with the arguments that it has been given before."""
    while isinstance(value, Applied):
        given = value.arguments
        arguments = Arguments(
            given.positional + arguments.positional,
            tuple({**dict(given.keywords), **dict(arguments.keywords)}.items()),
            given.spread or arguments.spread,
        )
        value = value.target
    assert isinstance(value, SdkMethod)
    return value, arguments


def _rest(given: Arguments, position: int, name: str) -> Arguments:
    """The arguments that a function which runs another hands on to it: those behind it."""
    if name not in RUNNERS:
        return Arguments()
    return Arguments(given.positional[position + 1 :], given.keywords, given.spread)


def _owner_named(dotted: str, services: dict[str, str]) -> Client | Resource | None:
    head = dotted.rpartition(".")[0]
    if head in services:
        return Client(services[head])
    parts = dotted.split(".")
    if dotted.startswith("boto3.resources.factory.") and len(parts) >= 6:
        return Resource(parts[3], "" if parts[4] == "ServiceResource" else parts[4])
    return None
