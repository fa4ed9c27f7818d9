"""The monoliths that `make accuracy` unpacks, analyzed once, and the candidates that are drawn from each.

In: the folder with the monoliths. Out: `Monolith` values. Analyses are kept below the cache of the user and made anew
on demand: they take minutes, and slices are tried more often than the analyzer changes.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from migrator import bootstrap
from migrator.documents.analysis import CODEC
from migrator.domain.assessments import Assessment, Verdict
from migrator.errors import InputError
from migrator.plan.looking.imports import ImportTree
from migrator.source import SourceTree, read_tree

NAMES = ("pretix", "weblate", "indico")
CACHE = user_cache_path("migrator") / "slices"


@dataclass(frozen=True, slots=True)
class Monolith:
    """A monolith and what the analyzer says of it."""

    name: str
    tree: SourceTree
    candidates: tuple[Assessment, ...]
    imports: ImportTree

    def drawn(self, number: int) -> tuple[Assessment, ...]:
        """The candidates of every verdict but `keep` whose names have the lowest hashes."""
        movable = [each for each in self.candidates if each.verdict is not Verdict.KEEP]
        return tuple(sorted(movable, key=lambda each: hashlib.sha256(each.name.encode()).digest())[:number])


def monoliths(folder: Path, *, fresh: bool = False) -> Iterator[Monolith]:
    """Those that are there."""
    for name in NAMES:
        roots = sorted(path.parent for path in folder.glob(f"*/{name}") if path.is_dir())
        if roots:
            tree = read_tree(roots[0])
            yield Monolith(name, tree, _analyzed(roots[0], fresh=fresh), ImportTree(tree))


def _analyzed(root: Path, *, fresh: bool) -> tuple[Assessment, ...]:
    kept = CACHE / "analyses" / f"{root.name}.json"
    if kept.is_file() and not fresh:
        try:
            return CODEC.load_text(kept.read_text("utf-8"), source=str(kept)).candidates
        except InputError:
            pass  # of another version of the document
    sys.stderr.write(f"analyzing {root}\n")
    analysis = bootstrap.analyze(root, jobs=1, places_on_disk=False)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(CODEC.dump_text(analysis), "utf-8")
    return analysis.candidates
