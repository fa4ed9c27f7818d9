"""Places of findings: as they are written, taken apart, and as they are reached from the current folder.

In: `path`, `path:line` or `path:line:column`; a root and a path below it. Out: the three; one path.
"""

from __future__ import annotations

from pathlib import PurePath


def file_of(root: str, path: str) -> PurePath:
    """A file of an analyzed tree, as it is reached from the folder that the root is relative to.

    Args:
        root: as the user named it: a folder, or the file itself.
        path: relative to it.
    """
    whole = PurePath(root)
    return whole if whole.suffix == ".py" and whole.name == path else whole / path


def linked_file(root: str, path: str) -> PurePath:
    """A file of an analyzed tree as a page names it that stands in the current folder; at the top of the repository where
    the root lies elsewhere.
    """
    whole = file_of(root, path)
    return PurePath(path) if whole.is_absolute() or ".." in PurePath(root).parts else whole


def placed(location: str) -> tuple[str, int, int]:
    """Path, line and column of a place; 0 for what it does not say."""
    head, _, last = location.rpartition(":")
    if not head or not last.isdecimal():
        return location, 0, 0
    further, _, before = head.rpartition(":")
    if further and before.isdecimal():
        return further, int(before), int(last)
    return head, int(last), 0
