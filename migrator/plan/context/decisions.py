"""What is decided about the functions of a chain, before any text is made of it.

In: nothing. Out: `Decided`, `Decision` and what they hold. How it is decided is `deciding` and `needing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from migrator.plan.context.calls import Call
from migrator.plan.context.modules import Definition
from migrator.plan.context.reads import Read
from migrator.plan.context.removal import Assigned
from migrator.plan.context.values import Function, Left, Parameter, Source


class Mode(StrEnum):
    """What becomes of a function."""

    IN_PLACE = "in-place"  # it gets the parameters
    SPLIT = "split"  # a new function gets them and the body; the old one takes the values
    EDGE = "edge"  # it is an old one already: the values are taken in its call
    MOVED = "moved"  # it is an old one already, and the chain can call the new one


@dataclass(frozen=True, slots=True)
class Taken:
    """A read that a parameter takes the place of.

    Attributes:
        rest: what is still asked of the parameter, as text.
        assigned: the statement that goes with it, where it only gave the value its name.
    """

    read: Read
    name: str
    rest: str = ""
    assigned: Assigned | None = None


@dataclass(frozen=True, slots=True)
class Handed:
    """A call with what it hands over: the callee's parameters and the value of each."""

    call: Call
    values: tuple[tuple[Parameter, Source], ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What is done to one function.

    Attributes:
        new_name: the last part of the name under which it takes values.
        names: each parameter's own name by its source.
    """

    function: Function
    definition: Definition
    mode: Mode
    new_name: str
    parameters: tuple[Parameter, ...]
    taken: tuple[Taken, ...]
    handed: tuple[Handed, ...]
    names: Mapping[Source, str]


@dataclass(frozen=True, slots=True)
class Decided:
    """All decisions, the candidate's first, and what is left."""

    decisions: Mapping[str, Decision]
    left: tuple[Left, ...]


def in_terms_of(source: Source, names: Mapping[Source, str]) -> tuple[str, str]:
    """The parameter that a value is, or is part of, and what remains to be asked of it."""
    if source in names:
        return names[source], ""
    whole = next(each for each in names if is_part(source, each))
    return names[whole], source.suffix[len(whole.suffix) :]


def is_part(source: Source, whole: Source) -> bool:
    """Whether a value is asked of another value."""
    return (
        source != whole
        and (source.kind, source.root) == (whole.kind, whole.root)
        and bool(whole.suffix)
        and source.suffix.startswith((f"{whole.suffix}.", f"{whole.suffix}["))
    )
