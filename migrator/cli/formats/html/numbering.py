"""Values that are kept once and named by a number.

In: hashable values. Out: a number each, the same for equal values, in the order in which they first came.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value", bound=Hashable)


class Numbers(Generic[Value]):
    """A table that grows as it is asked."""

    def __init__(self) -> None:
        self._numbers: dict[Value, int] = {}

    def of(self, value: Value) -> int:
        """The number of a value, from 0."""
        return self._numbers.setdefault(value, len(self._numbers))

    @property
    def values(self) -> tuple[Value, ...]:
        """By number."""
        return tuple(self._numbers)
