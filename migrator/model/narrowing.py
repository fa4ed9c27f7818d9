"""Where a test says of which type a name's value is: `if isinstance(x, T): ...`, and after `if not isinstance(x, T): return`.

In: the regions of a function, and choices within an expression. Out: lines, or options of a choice, with what is said
there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from migrator.facts.expressions import Call, Choice, Expression, Name, behind_not
from migrator.facts.records import Bind, Evaluate, How, RegionKind, Step
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


class Said(NamedTuple):
    """A test that was passed within an expression: a name holds an instance of a type, or of one of a tuple of types."""

    name: Name
    type: Expression


def said_of_options(choice: Choice) -> list[list[Said]] | None:
    """What is known of names where each option of a choice is evaluated; None where nothing is."""
    if choice.tests:
        if len(choice.tests) != 1 or len(choice.options) != 2:
            return None
        said = [[*_said(choice.tests[0])], [*_said(behind_not(choice.tests[0]))]]
    else:
        said = [[]]
        for option in choice.options[:-1]:
            said.append([*said[-1], *_said(option if choice.all_of else behind_not(option))])
    return said if any(said) else None


def is_bound_between(info: FunctionInfo, said: Said, use: Name, now: Step | None) -> bool:
    """Whether an expression binds a name anew (`:=`, a comprehension) where a test of it and its use stand.

    Args:
        now: the step that is read: what it binds is bound when all is evaluated.
    """
    first, last = min(said.name.line, use.line), max(said.name.line, use.line)
    return any(
        isinstance(step, Bind)
        and step.name == use.id
        and step.how is not How.NARROW
        and step is not now
        and first <= step.line <= last
        for step in info.scope.steps
    )


def narrowings(info: FunctionInfo) -> dict[str, list[Narrowing]]:
    """What tests say of the names of a function."""
    found: dict[str, list[Narrowing]] = {}

    def say(head: Expression, first: int, last: int) -> None:
        for name, type_ in _said(head):
            found.setdefault(name.id, []).append(Narrowing(until_rebound(info, name.id, first, last), type_))

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


def _said(head: Expression | None) -> Iterator[Said]:
    if isinstance(head, Choice) and head.all_of:
        for option in head.options:
            yield from _said(option)
    elif isinstance(head, Call) and isinstance(head.func, Name) and len(head.arguments) == 2:
        subject, type_ = head.arguments
        if head.func.id == "isinstance" and isinstance(subject, Name):
            yield Said(subject, type_)
