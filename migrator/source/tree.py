"""The values of this stage: files of one source tree by the name they are imported under.

In: nothing. Out: `SourceTree`, `SourceFile`. How they are found is `discovery` and `reading`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from migrator.domain.assessments import Finding, Skipped


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One module of the tree.

    Attributes:
        name: dotted, as the monolith imports it; a package's name for its `__init__.py`.
        path: relative to the tree's root, with forward slashes.
        text: decoded, with its own line ends, without a byte order mark.
        is_package: whether it is an `__init__.py`, so that relative imports start at the module itself.
        sha256: of the bytes on disk, hexadecimal.
    """

    name: str
    path: str
    text: str
    is_package: bool
    sha256: str

    @property
    def lines(self) -> int:
        """Number of lines, counting a last one without a line end."""
        return self.text.count("\n") + (not self.text.endswith("\n") and bool(self.text))


@dataclass(frozen=True, slots=True)
class SourceTree:
    """Everything that was read below a root.

    Attributes:
        root: the absolute folder that paths are relative to.
        modules: dotted name to file, in the order of the names.
        skipped: what could not be read, in the order of the paths.
        findings: files of one dotted name.
        by_path: path relative to the root to file.
    """

    root: Path
    modules: Mapping[str, SourceFile]
    skipped: tuple[Skipped, ...] = ()
    findings: tuple[Finding, ...] = ()
    by_path: Mapping[str, SourceFile] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_path", {file.path: file for file in self.modules.values()})

    @property
    def lines(self) -> int:
        """Lines of all files together."""
        return sum(file.lines for file in self.modules.values())
