"""How long a plan takes after the analysis: the first of a monolith, and a hundred of them.

Both are set beside the time that `ast` needs to parse the whole monolith once, in the same run. Exit 1 where the first
takes more than 2 s or a hundred more than 60 s of the processor. Needs `make accuracy` once, for the monoliths.
"""

from __future__ import annotations

import ast
import statistics
import sys
import time
import warnings

from platformdirs import user_cache_path

from migrator.domain.assessments import Assessment
from migrator.domain.effects import Effect
from migrator.errors import MigratorError
from migrator.plan import make_plan
from migrator.plan.looking.imports import ImportTree
from migrator.plan.slicing.reading import Readings
from migrator.source import SourceTree, read_tree
from tools.slices.corpus import Monolith, monoliths

FIRST_S, HUNDRED_S = 2.0, 60.0
CANDIDATES = 100


def main() -> int:
    """Measure and print."""
    sample = _sample()
    found = [*sample, *monoliths(user_cache_path("migrator") / "accuracy" / "unpacked")]
    if len(found) == len(sample):
        print("plans: only the sample is here; for the three monoliths run: make accuracy")
    return max([_measured(each) for each in found], default=0)


def _sample() -> list[Monolith]:
    from migrator import bootstrap
    from migrator.resources import sample_root

    tree = read_tree(sample_root())
    return [Monolith("sample shop", tree, bootstrap.analyze(sample_root(), jobs=1).candidates, ImportTree(tree))]


def _measured(monolith: Monolith) -> int:
    drawn = monolith.drawn(CANDIDATES)
    parsing = _parsing(monolith.tree)
    imports = ImportTree(monolith.tree)
    readings = Readings(imports)
    seconds: list[float] = []
    refused = 0
    for assessment in drawn:
        began = time.process_time()
        refused += not _planned(monolith, assessment, imports, readings)
        seconds.append(time.process_time() - began)
    first, all_of_them = seconds[0], sum(seconds) * CANDIDATES / len(seconds)
    print(
        f"{monolith.name}: first plan {first:.1f} s ({first / parsing:.1f} times ast.parse of it all), "
        f"later ones {statistics.median(seconds[1:]):.2f} s, {CANDIDATES} of them {all_of_them:.0f} s"
        + (f", {refused} of {len(drawn)} refused" if refused else "")
    )
    return int(first > FIRST_S or all_of_them > HUNDRED_S)


def _planned(monolith: Monolith, assessment: Assessment, imports: ImportTree, readings: Readings) -> bool:
    try:
        make_plan(
            monolith.tree,
            assessment,
            others=monolith.candidates,
            accepted=dict.fromkeys(Effect, "measured only"),
            accepted_unresolved="measured only",
            handler_needed=False,
            imports=imports,
            readings=readings,
        )
    except MigratorError:
        return False
    return True


def _parsing(tree: SourceTree) -> float:
    began = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for file in tree.modules.values():
            try:
                ast.parse(file.text)
            except SyntaxError:
                continue  # newer than the running Python
    return time.process_time() - began


if __name__ == "__main__":
    sys.exit(main())
