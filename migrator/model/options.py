"""Options: parameters that a call gives a constant, or leaves at one, and what the function then does not run.

`send(message, attachments=None)` stores attachments only `if attachments:`. A call that passes none stores nothing, so
the function is read once for each set of constants that calls give its options, and each caller runs the one that is
meant. Which constants a call gives is read off its text, never off the values found so far: the answer is the same in
any order, and one call more takes nothing away from another.

In: a function, a call as written, and the constants of the function that calls. Out: the constants that the call
settles, and the lines that do not run with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from migrator.facts.expressions import (
    Call,
    Choice,
    Comparison,
    Constant,
    Expression,
    Name,
    Starred,
    Unary,
    calls_in,
    parts_of,
)
from migrator.facts.records import Bind, Define, How, Import, ParameterKind, Region, RegionKind, Step
from migrator.model.dominance import end_of_block
from migrator.model.index import Constants, FunctionInfo

_BY_POSITION = frozenset({ParameterKind.POSITIONAL, ParameterKind.STANDARD})
_BY_NAME = frozenset({ParameterKind.STANDARD, ParameterKind.KEYWORD})
_SWITCHES = (bool, type(None))
"""Types of the constants that are told apart: what is there or not, and what is on or off."""


def constants_given(info: FunctionInfo, call: Call, within: FunctionInfo, *, first: int) -> Constants:
    """The options of a function that a call settles, by position.

    Args:
        within: the function that calls; its own constants may be handed on.
        first: position of the parameter that the first argument goes to.
    """
    options = _options(info)
    if not options:
        return ()
    parameters = info.scope.parameters
    given: dict[int, Expression | None] = {}
    open_ended = any(name is None for name, _ in call.keywords)
    for offset, argument in enumerate(call.arguments):
        if isinstance(argument, Starred):
            open_ended = True
            given.update((index, None) for index in range(first + offset, len(parameters)))
            break
        if first + offset < len(parameters) and parameters[first + offset].kind in _BY_POSITION:
            given[first + offset] = argument
    by_name = {parameter.name: index for index, parameter in enumerate(parameters) if parameter.kind in _BY_NAME}
    given.update((by_name[name], value) for name, value in call.keywords if name in by_name)
    settled = []
    for index in options:
        value = given[index] if index in given else None if open_ended else parameters[index].default
        constant = _constant(value, within)
        if constant is not None and isinstance(constant.value, _SWITCHES):
            settled.append((index, constant.value))
    return tuple(settled)


def _constant(value: Expression | None, within: FunctionInfo) -> Constant | None:
    match value:
        case Constant():
            return value
        case Name(id=name):
            known = {within.scope.parameters[index].name: settled for index, settled in within.constants}
            return Constant(known[name]) if name in known else None
        case _:
            return None


def lines_left_out(info: FunctionInfo, constants: Constants) -> tuple[range, ...]:
    """The lines that a function does not run where its options have these constants."""
    if not constants:
        return ()
    return tuple(_left_out(info, _by_name(info, constants)))


def _by_name(info: FunctionInfo, constants: Constants) -> dict[str, object]:
    return {info.scope.parameters[index].name: value for index, value in constants}


def _left_out(info: FunctionInfo, known: Mapping[str, object]) -> Iterator[range]:
    for region in info.scope.regions:
        if region.kind is not RegionKind.BRANCH or region.head is None or region.body_line <= region.line:
            continue
        holds = _holds(region.head, known)
        if holds is False:
            yield range(region.body_line, region.end_line + 1)
        elif holds:
            if (other := _alternative(info, region)) is not None:
                yield range(other.body_line, other.end_line + 1)
            if region.leaves:
                yield range(region.end_line + 1, end_of_block(info, region.line, region) + 1)


def _alternative(info: FunctionInfo, region: Region) -> Region | None:
    """The `else` of a branch: the next one without a head, with nothing in between, in the same block."""
    last = end_of_block(info, region.line, region)
    others = [
        other
        for other in info.scope.regions
        if other.kind is RegionKind.BRANCH and other.head is None and region.end_line < other.line <= last
    ]
    other = min(others, key=lambda one: one.line, default=None)
    if other is None:
        return None
    between = range(region.end_line + 1, other.line)
    if any(one.line in between for one in info.scope.regions) or any(
        line_of(step) in between for step in info.scope.steps
    ):
        return None
    return other


def _holds(test: Expression, known: Mapping[str, object]) -> bool | None:
    """Whether a test holds; None where the constants do not say."""
    match test:
        case Name(id=name):
            return bool(known[name]) if name in known else None
        case Constant(value=value):
            return bool(value)
        case Unary(operator="Not", value=inner):
            holds = _holds(inner, known)
            return None if holds is None else not holds
        case Comparison(operators=("Is" | "Eq",), parts=(Name(id=name), Constant(value=None))) if name in known:
            return known[name] is None
        case Comparison(operators=("IsNot" | "NotEq",), parts=(Name(id=name), Constant(value=None))) if name in known:
            return known[name] is not None
        case Choice(options=options, tests=(), all_of=all_of):
            found = [_holds(option, known) for option in options]
            if any(holds is not all_of for holds in found if holds is not None):
                return not all_of
            return None if None in found else all_of
        case _:
            return None


def _calls(options: Iterable[Expression]) -> bool:
    return any(calls_in(option) for option in options)


def what_runs(choice: Choice, info: FunctionInfo) -> Choice:
    """A choice without the options that the constants of a function rule out: `a and b` ends where `a` fails."""
    known = _by_name(info, info.constants)
    options: list[Expression] = []
    tests: list[Expression] = []
    if not choice.tests:
        for option in choice.options:
            options.append(option)
            if _holds(option, known) is (not choice.all_of):
                break
        return Choice(tuple(options), (), choice.all_of)
    for test, option in zip(choice.tests, choice.options, strict=False):
        holds = _holds(test, known)
        if holds is not False:
            tests.append(test)
            options.append(option)
        if holds:
            break
    else:
        options.append(choice.options[-1])
    return Choice(tuple(options), tuple(tests))


def line_of(step: Step) -> int:
    """The line on which a step stands; 0 where its kind has none."""
    line = getattr(step, "line", 0)
    if line or not hasattr(step, "value"):
        return int(line)
    return next((int(part.line) for part in parts_of(step.value) if getattr(part, "line", 0)), 0)  # type: ignore[union-attr]


def _options(info: FunctionInfo) -> tuple[int, ...]:
    """Positions of the parameters that tests ask about or calls hand on, and that nothing binds again."""
    if info.options is None:
        info.options = tuple(_find_options(info))
    return info.options


def _find_options(info: FunctionInfo) -> Iterator[int]:
    scope = info.scope
    parameters = {
        parameter.name: index
        for index, parameter in enumerate(scope.parameters)
        if parameter.kind in _BY_POSITION | _BY_NAME
    }
    rebound = {
        step.name
        for step in scope.steps
        if isinstance(step, Define | Import) or (isinstance(step, Bind) and step.how is not How.NARROW)
    }
    if info.has_inner:
        rebound.update(name for other in info.module.facts.scopes for name in other.nonlocals)
    asked: set[str] = set()
    for region in scope.regions:
        if region.kind is RegionKind.BRANCH and region.head is not None:
            asked.update(part.id for part in parts_of(region.head) if isinstance(part, Name))
    for step in scope.steps:
        for part in parts_of(step):
            if isinstance(part, Call):
                handed = (*part.arguments, *(value for _, value in part.keywords))
                asked.update(value.id for value in handed if isinstance(value, Name))
            elif isinstance(part, Choice) and (not part.tests or _calls(part.options)):
                tests = part.tests or part.options  # one of two attributes is no work to be told apart by
                asked.update(inner.id for test in tests for inner in parts_of(test) if isinstance(inner, Name))
    yield from sorted(parameters[name] for name in parameters.keys() & asked - rebound)
