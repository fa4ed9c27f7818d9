"""How long a hundred templates take, of functions of the sample shop: the rendering alone, plans at hand.

Exit 1 where it is more than five seconds.
"""

from __future__ import annotations

import sys
import time

from migrator import bootstrap
from migrator.artifacts.service import make_template
from migrator.domain.effects import Effect
from migrator.errors import Refused
from migrator.plan import PlannedSlice, make_plan
from migrator.plan.looking.imports import ImportTree
from migrator.resources import sample_root
from migrator.source import read_tree

_NUMBER = 100
_LONGEST_S = 5.0


def main() -> int:
    """Plan, render, print."""
    plans = _plans()
    make_template(plans[0])  # what is compiled once
    began = time.perf_counter()
    lengths = [len(make_template(plans[number % len(plans)])) for number in range(_NUMBER)]
    seconds = time.perf_counter() - began
    print(f"{_NUMBER} templates of {len(plans)} functions: {seconds:.2f} s, {max(lengths):,} characters at most")
    return int(seconds > _LONGEST_S)


def _plans() -> list[PlannedSlice]:
    root = sample_root()
    tree = read_tree(root)
    imports = ImportTree(tree)
    analysis = bootstrap.analyze(root, jobs=1, places_on_disk=False)
    plans = []
    for candidate in analysis.candidates:
        try:
            plans.append(
                make_plan(
                    tree,
                    candidate,
                    others=analysis.candidates,
                    accepted=dict.fromkeys(Effect, "rendered only"),
                    accepted_unresolved="rendered only",
                    imports=imports,
                )
            )
        except Refused:
            continue
    return plans


if __name__ == "__main__":
    sys.exit(main())
