"""All files of a router configuration as one document: the main file, and the routes of those that it includes.

In: the tree of each file. Out: `RouterTree`: its routes are numbered through, the main file's first, and each mistake
stands in its own file. What the files say is left to `shape`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from migrator.router.mistakes import KeyPath, Mistake
from migrator.router.yaml_tree import YamlTree


@dataclass(frozen=True, slots=True)
class RouterTree:
    """The trees of a configuration.

    Attributes:
        trees: the main file's, then the included ones'.
        firsts: the number of each one's first route.
        source: the main file, as messages name it.
    """

    trees: tuple[YamlTree, ...]
    firsts: tuple[int, ...]
    source: str

    @property
    def main(self) -> YamlTree:
        """The tree of the main file."""
        return self.trees[0]

    @property
    def routes(self) -> int:
        """How many routes there are, good or bad."""
        return self.firsts[-1] + _count(self.trees[-1])

    def has(self, path: KeyPath) -> bool:
        """Whether a path stands in the configuration."""
        tree, local = self._local(path)
        return tree.has(local)

    def mistake(self, path: KeyPath, message: str, *, of_key: bool = False) -> Mistake:
        """A mistake at a path, in the file that has it."""
        tree, local = self._local(path)
        return tree.mistake(local, message, of_key=of_key)

    def line(self, path: KeyPath, *, seen_from: int) -> str:
        """`line 5`, or `line 5 of FILE` where the route that it is said to stands in another file."""
        tree, local = self._local(path)
        number = tree.place(local).line
        here, _ = self._local(("routes", seen_from))
        return f"line {number}" if tree is here else f"line {number} of {tree.source or self.source}"

    def main_file(self, *, seen_from: int) -> str:
        """`the file`, or the main file's name where the route that it is said to stands in another one."""
        here, _ = self._local(("routes", seen_from))
        return "the file" if here is self.main else self.source

    def _local(self, path: KeyPath) -> tuple[YamlTree, KeyPath]:
        match path:
            case ("routes", int(number), *rest):
                at = bisect_right(self.firsts, number) - 1
                return self.trees[at], ("routes", number - self.firsts[at], *rest)
        return self.main, path


def joined(trees: Sequence[YamlTree], source: str) -> RouterTree:
    """One document of the trees of a main file and of those that it includes.

    Args:
        source: the main file, as messages name it.
    """
    return RouterTree(tuple(trees), tuple(accumulate((_count(tree) for tree in trees[:-1]), initial=0)), source)


def _count(tree: YamlTree) -> int:
    routes = tree.value.get("routes") if isinstance(tree.value, dict) else None
    return len(routes) if isinstance(routes, list) else 0
