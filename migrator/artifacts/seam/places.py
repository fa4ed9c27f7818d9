"""Where the seam's own files go in a monolith.

In: the source tree, a candidate, and perhaps the candidates that others may route in branches of their own. Out:
`SeamPlaces`: equal for all of them wherever the code allows it, so that their branches merge. Nothing is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from migrator.artifacts.seam.insertions import MODULE
from migrator.errors import UsageError
from migrator.source import SourceFile, SourceTree


@dataclass(frozen=True, slots=True)
class SeamPlaces:
    """Paths are relative to the monolith's root.

    Attributes:
        module: of the generated module.
        weights: of the file with the weights, which the module looks for beside itself.
        package: dotted name of the package that the module is imported from, or an empty string.
    """

    module: str
    weights: str
    package: str


def places_below(tree: SourceTree, own: SourceFile, folder: str | None) -> SeamPlaces:
    """The places for a candidate of a module.

    Args:
        own: the candidate's module.
        folder: where the generated module goes, relative to the root; None for the candidate's top-level package.

    Raises:
        UsageError: the module could not be imported from there.
    """
    base, package = _base(own)
    chosen = package if folder is None else Path(folder)
    if not chosen.is_relative_to(base) or not (tree.root / chosen).is_dir():
        raise UsageError(
            f"the seam cannot be imported from {chosen}", hint=f"name a folder below {tree.root / base} with --module"
        )
    return SeamPlaces(
        (chosen / f"{MODULE}.py").as_posix(),
        (chosen / f"{MODULE}.json").as_posix(),
        ".".join(chosen.relative_to(base).parts),
    )


def shared_folder(tree: SourceTree, name: str, others: Iterable[str]) -> str | None:
    """The folder to choose for a candidate so that the branches of others choose it too.

    It is the top-level package that most candidates are in, of those that can be imported where the candidate is.

    Args:
        name: of the candidate.
        others: names of all candidates of the monolith, whose order does not matter.

    Returns:
        A path relative to the root; None where the candidate is in no module of the tree.
    """
    own = _module_of(tree, name)
    if own is None:
        return None
    base, package = _base(own)
    counts: Counter[str] = Counter()
    for other in {name, *others}:
        file = _module_of(tree, other)
        if file is not None and _base(file)[0] == base:
            counts[_base(file)[1].as_posix()] += 1
    return max(counts, key=lambda folder: (counts[folder], folder)) if counts else package.as_posix()


def _base(own: SourceFile) -> tuple[Path, Path]:
    """The folder of the path's head that is on `sys.path`, and the top-level package below it, or the same folder."""
    parts = own.name.split(".")
    steps = len(parts) if own.is_package else len(parts) - 1
    base = Path(own.path).parent
    for _ in range(steps):
        base = base.parent
    return base, base / parts[0] if steps else base


def _module_of(tree: SourceTree, name: str) -> SourceFile | None:
    while name:
        name = name.rpartition(".")[0]
        if name in tree.modules:
            return tree.modules[name]
    return None
