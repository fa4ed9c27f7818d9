"""Where a test says of which type a name's value is: `if isinstance(x, T): ...`, and after `if not isinstance(x, T): return`.

In: the regions of a function; values and types. Out: lines with what is said there, and the values that fit it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from migrator.facts.expressions import Call, Choice, Expression, Name, behind_not
from migrator.facts.records import Evaluate, RegionKind
from migrator.model.dominance import end_of_block, until_rebound
from migrator.model.index import FunctionInfo

PLAIN_TYPES = frozenset(
    f"builtins.{name}"
    for name in (
        "str",
        "bytes",
        "bytearray",
        "int",
        "float",
        "complex",
        "bool",
        "list",
        "tuple",
        "dict",
        "set",
        "frozenset",
    )
)
"""Types of which nothing but themselves and their subclasses are instances: a value of one is none of another."""


class Narrowing(NamedTuple):
    """On these lines a name holds an instance of a type, or of one of a tuple of types."""

    lines: range
    type: Expression


def narrowings(info: FunctionInfo) -> dict[str, list[Narrowing]]:
    """What tests say of the names of a function."""
    found: dict[str, list[Narrowing]] = {}

    def say(head: Expression, first: int, last: int) -> None:
        for name, type_ in _said(head):
            found.setdefault(name, []).append(Narrowing(until_rebound(info, name, first, last), type_))

    for region in info.scope.regions:
        if region.kind is not RegionKind.BRANCH or region.head is None:
            continue
        say(region.head, region.body_line, region.end_line)
        inner = behind_not(region.head)
        if inner is not None and region.leaves:
            say(inner, region.end_line + 1, end_of_block(info, region.line, region))
    for step in info.scope.steps:
        if isinstance(step, Evaluate) and isinstance(step.value, Call) and not _is_head(step.value, info):
            line = step.value.line  # of `assert isinstance(name, T)`
            say(step.value, line + 1, end_of_block(info, line))
    return found


def _is_head(expression: Expression, info: FunctionInfo) -> bool:
    return any(region.head == expression for region in info.scope.regions)


def _said(head: Expression) -> Iterator[tuple[str, Expression]]:
    if isinstance(head, Choice) and head.all_of:
        for option in head.options:
            yield from _said(option)
    elif isinstance(head, Call) and isinstance(head.func, Name) and len(head.arguments) == 2:
        subject, type_ = head.arguments
        if head.func.id == "isinstance" and isinstance(subject, Name):
            yield subject.id, type_
