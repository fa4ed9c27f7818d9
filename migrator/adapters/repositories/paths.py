"""Paths of a repository, as they are named by others.

In: a path from the top, with forward slashes. Out: whether it stays within the repository's own files.
"""

from __future__ import annotations

import os


def stays_within(path: str) -> bool:
    """Whether a path names something below the top, and nothing of git's own."""
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        return False
    return "\0" not in path and not any(part in ("", ".", "..") or part.lower() == ".git" for part in path.split("/"))
