"""The call graph of a program: who calls whom, with the first place of each call."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from migrator.domain.locations import Location


class NodeKind(StrEnum):
    """What a node of the graph is."""

    MODULE = "module"
    CLASS = "class"
    FUNCTION = "function"
    LAMBDA = "lambda"
    LIBRARY = "library"
    BUILTIN = "builtin"


@dataclass(frozen=True, slots=True)
class GraphNode:
    """Something that calls or is called.

    Attributes:
        name: dotted; nested functions below the one around them, lambdas as `<lambdaN>`, counted in each scope in the
            order of the text; what is called of a library by its own dotted name, of Python itself as `<builtin>.NAME`.
        location: of the definition; None outside of the tree.
    """

    name: str
    kind: NodeKind
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class GraphCall:
    """One node calls another.

    Attributes:
        location: of the first call, in the caller's file.
    """

    caller: str
    callee: str
    location: Location


@dataclass(frozen=True, slots=True)
class CallGraph:
    """A whole call graph.

    Attributes:
        root: what was read.
        nodes: by name.
        calls: by caller, then callee.
        unresolved: calls that could not be followed, with the reason in `callee`'s place.
    """

    root: str
    nodes: tuple[GraphNode, ...]
    calls: tuple[GraphCall, ...]
    unresolved: tuple[UnfollowedCall, ...] = ()


@dataclass(frozen=True, slots=True)
class UnfollowedCall:
    """A call of which nobody knows what it runs."""

    caller: str
    call: str
    reason: str
    location: Location
