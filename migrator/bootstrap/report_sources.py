"""The files of a report's repositories, for the excerpts of its page and the sizes of its modules.

In: the repositories' folders, as the report names them. Out: `FolderSources`, which `migrator.cli.formats.html.sources`
describes. A file that is not one of the analyzed tree is never read, whatever a document says of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

_LINE_END = re.compile(r"\r\n|\r|\n")  # what ends a line of Python (language reference, "Physical lines")


class FolderSources:
    """Reads a tree when it is first asked for; a repository that is not there, or not whole, has no lines.

    Args:
        config: `migrator.toml`, if it is not the one in each folder: it says which files are analyzed.
    """

    def __init__(self, config: Path | None = None) -> None:
        self._config = config
        self._texts: dict[str, Mapping[str, str]] = {}

    def lines(self, root: str, path: str) -> Sequence[str]:
        """The lines of a file as it is on disk now."""
        text = self._tree(root).get(path)
        return () if text is None else _LINE_END.split(text)

    def sizes(self, root: str) -> Mapping[str, int]:
        """Lines of each file, counting a last one without a line end."""
        return {
            path: text.count("\n") + (not text.endswith("\n") and bool(text)) for path, text in self._tree(root).items()
        }

    def _tree(self, root: str) -> Mapping[str, str]:
        found = self._texts.get(root)
        if found is None:
            found = self._texts[root] = self._read(Path(root))
        return found

    def _read(self, root: Path) -> Mapping[str, str]:
        from migrator.config import configuration
        from migrator.errors import InputError
        from migrator.source import read_tree

        try:
            settings = configuration(root, config=self._config)
            tree = read_tree(root, roots=settings.roots, exclude=settings.exclude)
        except InputError:
            return {}
        return {path: file.text for path, file in tree.by_path.items()}
