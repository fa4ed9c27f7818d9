"""Calls of the analyzed code: how arguments reach parameters, and what comes back.

In: a callable value and its arguments, not evaluated. Out: values. A function is entered with what this call gives it,
so that a helper answers each of its callers apart. What libraries give is `libraries`.
"""

from __future__ import annotations

from abc import abstractmethod

from migrator.facts.expressions import Call, Expression, Starred, Yield, parts_of
from migrator.facts.records import ParameterKind
from migrator.model.index import FunctionInfo
from migrator.model.sdk.containers import Containers
from migrator.model.sdk.names import DEEPEST, is_method, source
from migrator.model.sdk.scopes import last_name
from migrator.model.sdk.values import (
    Applied,
    Arguments,
    Bound,
    Client,
    Cls,
    Dict,
    Fn,
    Frame,
    Given,
    Known,
    Later,
    Lib,
    Mod,
    Object,
    OfData,
    SdkMethod,
    Seq,
    Super,
    Unknown,
    Value,
    Values,
    Yields,
)
from migrator.model.sdk.words import unique

_BY_POSITION = frozenset({ParameterKind.POSITIONAL, ParameterKind.STANDARD})
_BY_NAME = frozenset({ParameterKind.STANDARD, ParameterKind.KEYWORD})


class Calling(Containers):
    """Calls values."""

    def arguments(self, node: Call, frame: Frame, at: int | None) -> Arguments:
        """The arguments of a call as written, with those of `*values` and `**values` that can be taken apart."""
        positional: list[Given] = []
        keywords: dict[str, Given] = {}
        spread = False
        for argument in node.arguments:
            if isinstance(argument, Starred):
                values = self.evaluate(argument.value, frame, at)
                sequences = [value for value in values if isinstance(value, Seq)]
                spread |= len(sequences) != 1 or len(values) != 1
                positional.extend(item for value in sequences[:1] for item in value.items)
            else:
                positional.append(Later(argument, frame, at))
        for name, argument in node.keywords:
            if name is not None:
                keywords[name] = Later(argument, frame, at)
                continue
            values = self.evaluate(argument, frame, at)
            spread |= any(isinstance(value, Unknown | Lib | Object) for value in values) or not values
            several: dict[str, list[Value]] = {}
            for value in values:
                for key, given in self.entries(value, last_name(argument), frame):
                    if key is None:
                        spread = True
                    elif key not in keywords or key in several:
                        several.setdefault(key, []).extend(self.values_of(given))
                        keywords[key] = given
            for key, found in several.items():
                keywords[key] = Known(unique(found))
        return Arguments(tuple(positional), tuple(keywords.items()), spread)

    def bind(
        self, info: FunctionInfo, arguments: Arguments, receiver: Value | None, outer: Frame | None, depth: int
    ) -> Frame:
        """The frame of a function for one call of it."""
        return self.frame(info, self.parameters(info, arguments, outer), receiver, outer, depth)

    def parameters(self, info: FunctionInfo, arguments: Arguments, outer: Frame | None = None) -> dict[str, Given]:
        """What a call gives each parameter of a function; one that gets nothing has its default, or is left out."""
        parameters = info.scope.parameters
        rest = parameters[1:] if is_method(info) else parameters
        keywords = dict(arguments.keywords)
        positional = list(arguments.positional)
        given: dict[str, Given] = {}
        for parameter in rest:
            if parameter.kind is ParameterKind.VARIADIC:
                given[parameter.name] = Known((Seq(tuple(positional), not arguments.spread),))
                positional = []
            elif parameter.kind is ParameterKind.MAPPING:
                continue
            elif parameter.kind in _BY_POSITION and positional:
                given[parameter.name] = positional.pop(0)
            elif parameter.kind in _BY_NAME and parameter.name in keywords:
                given[parameter.name] = keywords.pop(parameter.name)
            elif arguments.spread:
                given[parameter.name] = Known((Unknown(parameter.name),))
            else:
                default = self.default_of(info, parameter.name, self.frame(info, {}, None, outer))
                if default is not None:
                    given[parameter.name] = default
        for parameter in rest:
            if parameter.kind is ParameterKind.MAPPING:
                pairs: list[tuple[str | None, Given]] = list(keywords.items())
                if arguments.spread:
                    pairs.append((None, Known((Unknown(parameter.name),))))
                given[parameter.name] = Known((Dict(tuple(pairs), (info, parameter.name)),))
        return given

    def enter(
        self,
        info: FunctionInfo,
        arguments: Arguments,
        receiver: Value | None,
        caller: Frame,
        outer: Frame | None = None,
    ) -> Values:
        """What a call of a function gives."""
        if caller.depth >= DEEPEST:
            return (Unknown(info.name.rpartition(".")[2]),)
        frame = self.bind(info, arguments, receiver, outer, caller.depth + 1)
        if info.scope.is_generator:
            return (Yields(frame),)
        return self.returned(frame)

    def call(self, node: Call, frame: Frame, at: int | None) -> Values:
        """What a call gives."""
        found: list[Value] = []
        place = Later(node, frame, at)
        callees = self.evaluate(node.func, frame, at)
        arguments: Arguments | None = None
        for value in callees:
            if arguments is None:
                arguments = self.arguments(node, frame, at)
            found.extend(self.call_value(value, arguments, place))
        return tuple(found) if callees else (Unknown(source(node)),)

    def call_value(self, value: Value, arguments: Arguments, place: Later) -> Values:
        """What a callable value gives for arguments."""
        frame = place.frame
        match value:
            case Fn(info=info, outer=outer):
                if is_method(info) and info.owner is not None:
                    first = self.values_of(arguments.positional[0]) if arguments.positional else ()
                    rest = Arguments(arguments.positional[1:], arguments.keywords, arguments.spread)
                    return tuple(inner for each in first for inner in self.enter(info, rest, each, frame))
                return self.enter(info, arguments, None, frame, outer)
            case Bound(info=info, receiver=receiver):
                return self.enter(info, arguments, receiver, frame)
            case Cls(info=info):
                return self.construct(value, arguments, place)
            case Object(info=info):
                method = next(
                    (each.methods["__call__"] for each in self.order(info) if "__call__" in each.methods), None
                )
                return (
                    self.enter(method, arguments, value, frame)
                    if method is not None
                    else self.call_object(value, arguments, place)
                )
            case Applied(target=target, arguments=given):
                merged = Arguments(
                    given.positional + arguments.positional,
                    tuple({**dict(given.keywords), **dict(arguments.keywords)}.items()),
                    given.spread or arguments.spread,
                )
                return self.call_value(target, merged, place)
            case Lib():
                return self.call_library(value, arguments, place)
            case SdkMethod():
                return self.call_sdk(value, arguments, place)
            case OfData():
                return self.call_data(value, arguments, place)
            case Unknown():
                return (Unknown(source(place.expression)),)
            case Super() | Mod() | Client():
                return ()
            case _:
                return ()

    def construct(self, value: Cls, arguments: Arguments, place: Later) -> Values:
        """The instance that calling a class gives."""
        special = self.construct_special(value, arguments, place)
        return special if special is not None else (Object(value.info, arguments),)

    @abstractmethod
    def construct_special(self, value: Cls, arguments: Arguments, place: Later) -> Values | None: ...

    @abstractmethod
    def call_object(self, value: Object, arguments: Arguments, place: Later) -> Values: ...

    @abstractmethod
    def call_library(self, value: Lib, arguments: Arguments, place: Later) -> Values: ...

    @abstractmethod
    def call_sdk(self, value: SdkMethod, arguments: Arguments, place: Later) -> Values: ...

    @abstractmethod
    def call_data(self, value: OfData, arguments: Arguments, place: Later) -> Values: ...

    def yielded(self, frame: Frame) -> Values:
        """What a generator yields."""
        found: list[Value] = []
        for index, step in enumerate(frame.info.scope.steps):
            for part in _yields(step):
                if part.value is not None:
                    values = self.evaluate(part.value, frame, index)
                    found.extend(self.elements(values, last_name(part.value), frame) if part.whole else values)
        return tuple(found)

    def entered(self, expression: Expression, frame: Frame, at: int | None) -> Values:
        """What entering a context manager gives."""
        found: list[Value] = []
        for value in self.evaluate(expression, frame, at):
            match value:
                case Yields(frame=inside):
                    found.extend(self.yielded(inside))
                case Object(info=info):
                    names = ("__enter__", "__aenter__")
                    method = next(
                        (each.methods[name] for each in self.order(info) for name in names if name in each.methods),
                        None,
                    )
                    found.extend(self.enter(method, Arguments(), value, frame) if method is not None else (value,))
                case _:
                    found.append(value)
        return tuple(found)


def _yields(step: object) -> list[Yield]:
    return [part for part in parts_of(step) if isinstance(part, Yield)]
