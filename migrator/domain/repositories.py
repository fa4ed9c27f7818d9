"""What the repositories of a report are called, so short that a name fits before every candidate.

In: roots as the user named them. Out: a name for each, none twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import PurePath


def names_of(roots: Iterable[str]) -> Mapping[str, str]:
    """Root to name, in the order of the roots: the end of its path, as long as it takes to tell it from the others."""
    parts = {root: PurePath(root).parts or (root,) for root in roots}
    depths = dict.fromkeys(parts, 1)
    while True:
        names = {root: str(PurePath(*parts[root][-depth:])) for root, depth in depths.items()}
        times = Counter(names.values())
        longer = [root for root, name in names.items() if times[name] > 1 and depths[root] < len(parts[root])]
        if not longer:
            # Other roots than these differ in spelling alone, such as `shop` and `./shop`.
            return {root: name if times[name] == 1 else root for root, name in names.items()}
        for root in longer:
            depths[root] += 1
