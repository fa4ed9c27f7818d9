"""The Python files of a monolith that its analysis leaves out, such as tests: they call functions too.

In: a `SourceTree`. Out: their texts. What cannot be read is passed over: it is only looked at for names.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from migrator.source import SourceTree

_SKIPPED = frozenset({"__pycache__", "build", "dist", "env", "node_modules", "site-packages", "venv"})


def left_out_texts(tree: SourceTree) -> Iterator[str]:
    """Texts of the files below the root that are no modules of the tree; environments and build output aside."""
    for folder, folders, files in os.walk(tree.root):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED and not name.startswith("."))
        relative = os.path.relpath(folder, tree.root).replace(os.sep, "/")
        for name in sorted(files):
            path = name if relative == "." else f"{relative}/{name}"
            if name.endswith(".py") and path not in tree.by_path:
                with contextlib.suppress(OSError):
                    yield (tree.root / path).read_text(encoding="utf-8", errors="replace")
