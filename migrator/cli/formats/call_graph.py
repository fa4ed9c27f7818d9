"""A call graph as other programs read it.

In: a `CallGraph`. Out: text: the JSON of PyCG (a caller's name to a list of those it calls), or DOT for Graphviz. The
document of our own is `migrator.documents.call_graph`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from migrator.domain.call_graphs import CallGraph, NodeKind
from migrator.domain.json import json_text

_SHAPES: Final[Mapping[NodeKind, str]] = {
    NodeKind.MODULE: "folder",
    NodeKind.CLASS: "component",
    NodeKind.FUNCTION: "box",
    NodeKind.LAMBDA: "ellipse",
    NodeKind.LIBRARY: "cds",
    NodeKind.BUILTIN: "plaintext",
}

_TYPES: Final[Mapping[str, str]] = {
    "bool": "PyBool",
    "bytes": "PyBytes",
    "dict": "PyDict",
    "float": "PyNum",
    "int": "PyNum",
    "list": "PyList",
    "set": "PySet",
    "str": "PyStr",
    "tuple": "PyTuple",
}


def as_pycg(graph: CallGraph) -> str:
    """What PyCG's simple format says: every node is a key, also one that calls nothing."""
    called: dict[str, list[str]] = {_as_pycg_names_it(node.name): [] for node in graph.nodes}
    for call in graph.calls:
        called[_as_pycg_names_it(call.caller)].append(_as_pycg_names_it(call.callee))
    return json_text(called, indent=2)


def _as_pycg_names_it(name: str) -> str:
    """PyCG names the type of a literal in its own way where a method of it is called."""
    root, _, rest = name.partition(".")
    type_, dot, method = rest.partition(".")
    return f"<**{_TYPES[type_]}**>.{method}" if root == "<builtin>" and dot and type_ in _TYPES else name


def as_dot(graph: CallGraph) -> str:
    """A directed graph in DOT; nodes that neither call nor are called are left out."""
    joined = {name for call in graph.calls for name in (call.caller, call.callee)}
    lines = ["digraph calls {", "  rankdir=LR;", '  node [fontname="sans-serif"];']
    lines += [f"  {_quoted(node.name)} [shape={_SHAPES[node.kind]}];" for node in graph.nodes if node.name in joined]
    lines += [f"  {_quoted(call.caller)} -> {_quoted(call.callee)};" for call in graph.calls]
    return "\n".join([*lines, "}"])


def _quoted(name: str) -> str:
    """A quoted id of DOT, in which a backslash begins an escape of labels."""
    shown = "".join(char if char.isprintable() else "?" for char in name)
    return '"' + shown.replace("\\", "\\\\").replace('"', '\\"') + '"'


FORMATS: Final[Mapping[str, Callable[[CallGraph], str]]] = {"pycg": as_pycg, "dot": as_dot}
"""By the name of the format."""
