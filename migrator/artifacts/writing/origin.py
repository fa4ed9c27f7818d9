"""Where the monolith lies that a service was cut from, as seen from the service's folder.

In: two folders, or the text of `.migrator/origin.json`. Out: the text, or the monolith's folder. The path is a relative
one, so that it holds in every clone of a repository that has both. It is a hint: `--root` says it better.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

ORIGIN = ".migrator/origin.json"
_SCHEMA = "migrator.origin/1"


def dump(folder: Path, root: Path) -> bytes:
    """The text of the file."""
    relative = Path(os.path.relpath(root.resolve(), folder.resolve())).as_posix()
    return (json.dumps({"schema": _SCHEMA, "root": relative}, indent=2, ensure_ascii=False) + "\n").encode()


def load(folder: Path, text: bytes | None) -> Path | None:
    """The monolith's folder, whether it is there or not; None where nothing usable is said."""
    if text is None:
        return None
    try:
        document = json.loads(text)
    except ValueError:
        return None
    if not isinstance(document, dict) or document.get("schema") != _SCHEMA or not isinstance(document.get("root"), str):
        return None
    return Path(os.path.normpath(folder.absolute() / document["root"]))
