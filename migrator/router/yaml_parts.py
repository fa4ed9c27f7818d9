"""The pieces that a written `router.yaml` is made of.

In: plain values. Out: ruamel's mappings and lists, which keep to one line where they are short.
"""

from __future__ import annotations

from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq


def flow(**values: Any) -> CommentedMap:
    """A mapping on one line."""
    mapping = CommentedMap(values)
    mapping.fa.set_flow_style()
    return mapping


def filled(**values: Any) -> CommentedMap:
    """Those that say something, on one line."""
    return flow(**{key: value for key, value in values.items() if value})


def listed(values: Any, *, flow: bool = True) -> CommentedSeq:
    """A list, on one line unless told otherwise."""
    sequence = CommentedSeq(values)
    if flow:
        sequence.fa.set_flow_style()
    return sequence


def number(value: float) -> int | float:
    """Without a point where it is whole."""
    return int(value) if value == int(value) else value
