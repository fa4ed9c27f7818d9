"""What the receivers of a signal are given: by the calls that send it, and by the library where that sends it.

In: a receiver, and the calls that send its signal. Out: values for its parameters, as `Registration.passes`.
"""

from __future__ import annotations

from collections.abc import Iterable

from migrator.facts.records import ParameterKind
from migrator.model.frames import LibraryCall
from migrator.model.index import FunctionInfo
from migrator.model.registrations import Program
from migrator.model.values import Cls, Param, Unknown, Value

Passed = tuple[FunctionInfo, int, Value]

_ALL_AT_ONCE = (ParameterKind.VARIADIC, ParameterKind.MAPPING)
_MOST_SENDS = 40
"""Sends of one signal beyond which their arguments say little of what a receiver gets."""


def passed_by_sends(program: Program, info: FunctionInfo, sends: Iterable[LibraryCall]) -> tuple[Passed, ...]:
    """What the calls `signal.send(sender, name=value)` give to a receiver of the signal."""
    found: dict[Passed, None] = {}
    for call in list(sends)[:_MOST_SENDS]:
        for position, values in enumerate(call.arguments):
            _add(found, program, info, _first(info) + position, values)
        for name, values in call.keywords.items():
            _add(found, program, info, _named(info, name), values)
    return tuple(found)


def passed_rows(program: Program, info: FunctionInfo, senders: Iterable[Value]) -> tuple[Passed, ...]:
    """What a signal about rows of tables gives: the model, and under the name `instance` one of its rows."""
    found: dict[Passed, None] = {}
    models = [value for value in program.expanded(senders) if isinstance(value, Cls)]
    rows = [program.tables.universe.inst(value.info) for value in models]
    _add(found, program, info, _named(info, "sender"), models)
    _add(found, program, info, _named(info, "instance"), rows)
    return tuple(found)


def _add(
    found: dict[Passed, None], program: Program, info: FunctionInfo, position: int, values: Iterable[Value]
) -> None:
    parameters = info.scope.parameters
    if not 0 <= position < len(parameters) or parameters[position].kind in _ALL_AT_ONCE:
        return
    universe = program.tables.universe
    for value in values:
        if not isinstance(value, Param | Unknown):
            found[info, position, universe.elsewhere(universe.general(value))] = None


def _first(info: FunctionInfo) -> int:
    return 1 if info.owner is not None and not info.is_static else 0


def _named(info: FunctionInfo, name: str) -> int:
    names = [parameter.name for parameter in info.scope.parameters]
    return names.index(name) if name in names else -1
