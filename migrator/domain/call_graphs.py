"""The call graph of a program: who calls whom, with the first place of each call."""

from __future__ import annotations

from collections.abc import Iterable
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


def joined(root: str, graphs: Iterable[CallGraph]) -> CallGraph:
    """The graphs of programs that know nothing of each other as one: what they call outside of the tree they share."""
    nodes: dict[str, GraphNode] = {}
    calls: list[GraphCall] = []
    unresolved: list[UnfollowedCall] = []
    for graph in graphs:
        nodes.update((node.name, node) for node in graph.nodes)
        calls += graph.calls
        unresolved += graph.unresolved
    return CallGraph(
        root,
        tuple(nodes[name] for name in sorted(nodes)),
        tuple(sorted(calls, key=lambda call: (call.caller, call.callee))),
        tuple(sorted(unresolved, key=lambda call: (call.caller, call.call, call.location))),
    )
