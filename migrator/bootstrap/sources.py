"""The lines of the files that a report is of, for whoever shows them beside the evidence.

In: where each repository lies. Out: `CodeOf`. Only files that an analysis of the folder would read are given, whatever the
report says: a document from elsewhere cannot have a page show other files of this machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from migrator.domain.reports import Report


class CodeOf:
    """The files of repositories, read when the first of one is asked for.

    Args:
        folders: where the repositories lie, by root; one that is missing has no files.
        config: `migrator.toml` of the one repository, if it is not the one in its folder.
    """

    def __init__(self, folders: Mapping[str, Path], config: Path | None = None) -> None:
        self._folders = folders
        self._config = config
        self._read: dict[str, Mapping[str, str]] = {}

    def lines(self, root: str, path: str) -> Sequence[str]:
        """The lines of a file without their ends, the first one at 0; none where it is not there."""
        text = self._texts(root).get(path)
        return text.replace("\r\n", "\n").split("\n") if text is not None else ()

    def sizes(self, root: str) -> Mapping[str, int]:
        """Path to number of lines of every file."""
        return {path: _lines(text) for path, text in self._texts(root).items()}

    def doubts(self, report: Report) -> Iterator[str]:
        """A sentence for each repository whose lines may be others than the report speaks of, or are not there."""
        for analysis in report.analyses:
            folder = self._folders.get(analysis.root)
            if folder is None:
                continue
            sizes = self.sizes(analysis.root)
            if not sizes and analysis.files:
                yield f"{analysis.root}: there is no code in {folder}, so that the page has no excerpts of it"
            elif (len(sizes), sum(sizes.values())) != (analysis.files, analysis.lines):
                yield f"{analysis.root}: the code is not as it was when it was analyzed; excerpts may show other lines"

    def _texts(self, root: str) -> Mapping[str, str]:
        from migrator.bootstrap import source_of
        from migrator.errors import InputError

        if root not in self._read:
            texts: Mapping[str, str] = {}
            if root in self._folders:
                try:
                    tree, _ = source_of(self._folders[root], self._config, keep_lines=True)
                    texts = {path: file.text for path, file in tree.by_path.items()}
                except InputError:  # it has gone since, or was never here
                    texts = {}
            self._read[root] = texts
        return self._read[root]


def _lines(text: str) -> int:
    return text.count("\n") + (not text.endswith("\n") and bool(text))


def folders_of(report: Report, paths: Sequence[Path], root: Path | None) -> Mapping[str, Path]:
    """Where the repositories of a report lie.

    Args:
        paths: what the report is of; what is a folder or a `.py` file among them was analyzed there.
        root: where those of documents lie: the folder itself for one repository, else the folder that theirs are below.
            None where nobody says, and their files are not shown.
    """
    here = {str(path): path for path in paths if path.is_dir() or path.suffix == ".py"}
    kept = [analysis.root for analysis in report.analyses if analysis.root not in here]
    if root is None or not kept:
        return here
    if len(kept) == 1:
        return {**here, kept[0]: root}
    below = {name: root / name for name in kept if not Path(name).is_absolute() and ".." not in Path(name).parts}
    return {**here, **below}
