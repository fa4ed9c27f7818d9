"""The type of what JSON can say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    JsonValue: TypeAlias = "str | int | float | bool | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
else:
    # A recursive alias is for type checkers alone: what reads annotations at run time cannot resolve it.
    JsonValue = Any
