"""The type of what JSON can say, and its text as people may look at it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    JsonValue: TypeAlias = "str | int | float | bool | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
else:
    # A recursive alias is for type checkers alone: what reads annotations at run time cannot resolve it.
    JsonValue = Any


def json_text(value: object, *, indent: int | None = None, separators: tuple[str, str] | None = None) -> str:
    """JSON that says the value, with letters as they are, and as an escape what no one can see: controls, marks of
    direction, and lone surrogates, which have no bytes in UTF-8.
    """
    text = json.dumps(value, indent=indent, separators=separators, ensure_ascii=False)
    if text.replace("\n", "").isprintable():  # as nearly all text is
        return text
    strange = "".join(char for char in set(text) if not char.isprintable() and char != "\n")
    return re.sub(f"[{re.escape(strange)}]", lambda found: json.dumps(found[0])[1:-1], text)
