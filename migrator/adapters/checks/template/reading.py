"""The template as it is written: its values, and the line on which each stands.

In: a service folder. Out: `Template`. Short forms such as `!Ref X` come as `{"Ref": "X"}`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

FILE: Final = "template.yaml"


@dataclass(frozen=True, slots=True)
class Template:
    """A template that was read.

    Attributes:
        text: the file.
        document: what it says; its mappings know their lines.
    """

    text: str
    document: Mapping[str, Any]

    @property
    def resources(self) -> Mapping[str, Any]:
        """By logical id."""
        found = self.document.get("Resources")
        return found if isinstance(found, Mapping) else {}

    @property
    def parameters(self) -> Mapping[str, Any]:
        """By name."""
        found = self.document.get("Parameters")
        return found if isinstance(found, Mapping) else {}

    def line(self, *path: str | int) -> int:
        """The line of the deepest part of a path that the file has, or 0 where it has none of it."""
        node: Any = self.document
        found = 0
        for step in path:
            if isinstance(node, Mapping) and step in node:
                key = next((key for key in node if key == step), None)
                found = _line(key) or _line(node[step]) or found
                node = node[step]
            elif (
                isinstance(node, Sequence) and not isinstance(node, str) and isinstance(step, int) and step < len(node)
            ):
                node = node[step]
                found = _line(node) or found
            else:
                break
        return found

    def place(self, *path: str | int) -> str:
        """`template.yaml:LINE` of a path, or only the file's name."""
        line = self.line(*path)
        return f"{FILE}:{line}" if line else FILE


def read_template(folder: Path) -> Template | str:
    """The template of a folder, or why it cannot be read."""
    try:
        text = (folder / FILE).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return f"cannot be read: {error}"
    return _parsed(text)


@lru_cache(maxsize=4)
def _parsed(text: str) -> Template | str:
    from cfnlint.decode.cfn_yaml import loads

    try:
        document = loads(text)
    except Exception as error:  # the loader's own errors, of several libraries
        return f"is not YAML: {error}"
    if not isinstance(document, Mapping):
        return "is not a mapping"
    return Template(text, document)


def _line(node: object) -> int:
    mark = getattr(node, "start_mark", None)
    return int(mark.line) + 1 if mark is not None else 0
