"""The values of this package: what is read from the ambient context, and what mending makes of it.

In: nothing. Out: `ContextGraph` (what the analysis says), `Mend` (what the files become). Offsets are characters of the
file's text, from 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from migrator.domain.locations import Location


@dataclass(frozen=True, slots=True)
class Noted:
    """A place that the analysis counts as ambient context.

    Attributes:
        subject: the dotted name that its reason begins with, such as `flask.request`.
    """

    location: Location
    subject: str
    reason: str


@dataclass(frozen=True, slots=True)
class Function:
    """A first-party function from which ambient context is reached.

    Attributes:
        callees: the functions of the graph that it runs itself, sorted.
        noted: places of its own lines; of many, the first ones.
    """

    name: str
    location: Location
    callees: tuple[str, ...]
    noted: tuple[Noted, ...]


@dataclass(frozen=True, slots=True)
class ContextGraph:
    """The part of the call graph behind a candidate through which ambient context is reached.

    Attributes:
        candidate: where it starts.
        in_request: whether the candidate only ever runs while a request is handled.
        functions: by name, the candidate first.
    """

    candidate: str
    in_request: bool
    functions: Mapping[str, Function]


class RootKind(StrEnum):
    """What an ambient value is read from."""

    GLOBAL = "global"  # a proxy that modules import
    PARAMETER = "parameter"  # an attribute of an argument, such as a request
    OWN = "own"  # an attribute of the object that a method belongs to


@dataclass(frozen=True, slots=True)
class Source:
    """A value of the ambient context; equal ones become one parameter.

    Attributes:
        root: dotted name of the proxy, the parameter, or `self.request`.
        suffix: what is asked of the root, as Python text: `.headers.get("User-Agent")`.
    """

    kind: RootKind
    root: str
    suffix: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter that a function gets.

    Attributes:
        source: the value, as seen from the function.
        hint: a type of built-ins, or `Any`.
        total: whether reading it never fails while a request is handled, so that it may be read too early.
        is_hinted: whether the signature shows the hint, as it does those of the others.
    """

    name: str
    source: Source
    hint: str
    total: bool
    is_hinted: bool = True

    @property
    def declared(self) -> str:
        """The parameter as a signature has it."""
        return f"{self.name}: {self.hint}" if self.is_hinted else self.name


@dataclass(frozen=True, slots=True)
class Left:
    """A place that was not mended, and why."""

    location: Location
    reason: str


@dataclass(frozen=True, slots=True)
class Mended:
    """A function that says what it needs now.

    Attributes:
        name: under which it takes the values: its own, or that of the new function that its body moved to.
        reads: how many reads of its own became parameters.
        split: whether its old name stayed behind, as it was for its callers, to take the values from the context.
    """

    function: str
    name: str
    parameters: tuple[Parameter, ...]
    reads: int
    split: bool


@dataclass(frozen=True, slots=True)
class Mend:
    """What mending one candidate does to the files.

    Attributes:
        texts: path to new text, for the files that change.
        mended: the functions that changed, in the order of the chain.
        left: what was not mended, by place.
        behind: the function that has the candidate's work now, where it was split; else an empty string.
    """

    candidate: str
    texts: Mapping[str, str]
    mended: tuple[Mended, ...]
    left: tuple[Left, ...]
    behind: str = ""

    @property
    def reads(self) -> int:
        """How many reads became parameters."""
        return sum(each.reads for each in self.mended)
