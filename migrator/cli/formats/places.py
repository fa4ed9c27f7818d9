"""Places of findings as they are written, taken apart.

In: `path`, `path:line` or `path:line:column`. Out: the three.
"""

from __future__ import annotations


def placed(location: str) -> tuple[str, int, int]:
    """Path, line and column of a place; 0 for what it does not say."""
    head, _, last = location.rpartition(":")
    if not head or not last.isdecimal():
        return location, 0, 0
    further, _, before = head.rpartition(":")
    if further and before.isdecimal():
        return further, int(before), int(last)
    return head, int(last), 0
