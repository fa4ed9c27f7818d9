"""First stage: a folder becomes a `SourceTree` (files, dotted names, hashes).

What the files mean is left to `migrator.facts`.
"""

from migrator.source.reading import SourceBytes, read_bytes, read_tree
from migrator.source.tree import SourceFile, SourceTree

__all__ = ["SourceBytes", "SourceFile", "SourceTree", "read_bytes", "read_tree"]
