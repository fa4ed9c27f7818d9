"""First stage: a folder becomes a `SourceTree` (files, dotted names, hashes).

What the files mean is left to `migrator.facts`.
"""

from migrator.source.reading import read_tree
from migrator.source.tree import SourceFile, SourceTree

__all__ = ["SourceFile", "SourceTree", "read_tree"]
