"""The most frequent of many texts, in bounded memory.

In: texts, one by one. Out: those that came most often. Counts are exact, and the order of the texts does not matter, as
long as no more than `KEPT` different ones come; beyond that the rare ones are forgotten from time to time.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

KEPT: Final = 20_000


class Frequent:
    """Texts with their counts."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, text: str) -> None:
        """One more of them."""
        self._counts[text] += 1
        if len(self._counts) > KEPT:
            self._counts = Counter(dict(self._counts.most_common(KEPT // 2)))

    def first(self, number: int) -> tuple[tuple[str, int], ...]:
        """The most frequent ones; of those that came equally often, the first by name."""
        return tuple(sorted(self._counts.items(), key=lambda entry: (-entry[1], entry[0]))[:number])
