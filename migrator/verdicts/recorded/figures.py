"""Many numbers kept as counts of steps, from which quantiles are told to one percent.

In: numbers, one by one and in any order. Out: quantiles. Steps lie 2 % apart, so that the middle of one is within 1 % of
each number in it, and a figure takes as many counts as there are different steps: some hundred from a millisecond to an
hour. Figures of parts are added up, and say the same as one of the whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil, exp, log
from typing import Final

_STEP: Final = log(1.02)
_SMALLEST: Final = 1e-9
"""What is smaller is nothing: a nanosecond, and less than a byte."""


@dataclass(slots=True)
class Figure:
    """Numbers of one kind, 0 or above.

    Attributes:
        counts: how many lie in each step; step k has those above 1.02^(k-1) and up to 1.02^k.
        nothing: how many are 0.
        low, high: the least and the greatest.
    """

    counts: dict[int, int] = field(default_factory=dict)
    nothing: int = 0
    low: float = float("inf")
    high: float = 0.0

    def add(self, number: float) -> None:
        """One more number."""
        if number > _SMALLEST:
            step = ceil(log(number) / _STEP)
            self.counts[step] = self.counts.get(step, 0) + 1
        else:
            number = 0.0
            self.nothing += 1
        if number < self.low:
            self.low = number
        if number > self.high:
            self.high = number

    def merge(self, other: Figure) -> None:
        """All numbers of another figure."""
        for step, count in other.counts.items():
            self.counts[step] = self.counts.get(step, 0) + count
        self.nothing += other.nothing
        self.low, self.high = min(self.low, other.low), max(self.high, other.high)

    @property
    def size(self) -> int:
        """How many numbers."""
        return self.nothing + sum(self.counts.values())

    def quantile(self, share: float) -> float | None:
        """The number that so large a share is not above, by nearest rank; None without numbers.

        Args:
            share: 0 to 1.
        """
        size = self.size
        if not size:
            return None
        rank = max(1, ceil(share * size - 1e-9)) - self.nothing
        if rank <= 0:
            return 0.0
        for step in sorted(self.counts):
            rank -= self.counts[step]
            if rank <= 0:
                # An only number, and the ends, are told as they are.
                return min(max(exp((step - 0.5) * _STEP), self.low), self.high)
        raise AssertionError("a rank is at most the number of numbers")
