"""Names for new parameters and functions, free in every scope that they come into.

In: definitions, wanted names. Out: names.
"""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Collection

import libcst as cst

_TAKEN = frozenset(dir(builtins)) | frozenset(keyword.kwlist) | frozenset(keyword.softkwlist)


def names_in(node: cst.CSTNode) -> frozenset[str]:
    """Every name that stands anywhere in a node, attributes and keywords left out."""
    found: set[str] = set()
    waiting: list[cst.CSTNode] = [node]
    while waiting:
        current = waiting.pop()
        match current:
            case cst.Name(value=value):
                found.add(value)
            case cst.Attribute(value=inner):
                waiting.append(inner)
            case cst.Arg(value=inner):
                waiting.append(inner)
            case _:
                waiting.extend(current.children)
    return frozenset(found)


def free_name(wanted: str, taken: Collection[str]) -> str:
    """The wanted name, or one like it, that nothing has yet."""
    if wanted not in taken and wanted not in _TAKEN:
        return wanted
    for candidate in (f"request_{wanted}", f"{wanted}_value", *(f"{wanted}_{number}" for number in range(2, 1000))):
        if candidate not in taken and candidate not in _TAKEN:
            return candidate
    raise AssertionError("a thousand names are taken")
