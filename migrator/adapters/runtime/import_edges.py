"""Run as a program: imports a module and writes down which module imported which.

In: the module's name, the path of a file. Out: the file: JSON lines, `[importer, imported]` each, in the order in which
they happened, those of modules that were there already included. Nothing of `migrator` is imported.
"""

from __future__ import annotations

import builtins
import json
import sys
from typing import Any


def main(module: str, path: str) -> None:
    """Import it."""
    plain = builtins.__import__
    edges: list[tuple[str, str]] = []

    def noted(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
        importer = (globals or {}).get("__name__", "")
        found = plain(name, globals, locals, fromlist, level)
        if level:
            package = (globals or {}).get("__package__") or importer
            base = package.rsplit(".", level - 1)[0] if level > 1 else package
            name = f"{base}.{name}" if name else base
        edges.append((importer, name))
        edges.extend((importer, inner) for each in fromlist or () if (inner := f"{name}.{each}") in sys.modules)
        return found

    builtins.__import__ = noted
    try:
        __import__(module)
    finally:
        builtins.__import__ = plain
        with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123  (pathlib would be one of the imports)
            for edge in dict.fromkeys(edges):
                file.write(json.dumps(edge) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
