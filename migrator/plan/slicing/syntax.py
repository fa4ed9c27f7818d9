"""The values that a module is read into: units that can be kept or left behind, with what each binds and uses.

In: nothing. Out: `ModuleSyntax`, `Unit`, `Imported`. A unit is what travels or stays as a whole: a function,
a class, one imported name, an assignment, a `try` with everything in it. An `if` at module level is not a
unit: what stands in it is, so that a conditional import keeps its condition and loses its neighbors.
How a module is read is `reading`; which units are needed is `closure`; writing them down again, for which libcst finds
the same units in the text, is `rewrite`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from migrator.domain.locations import Location
from migrator.source import SourceFile

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
STAR = "*"


class UnitKind(StrEnum):
    """What a unit is."""

    FUNCTION = "function"
    CLASS = "class"
    IMPORT = "import"
    ASSIGNMENT = "assignment"
    EFFECT = "effect"
    BLOCK = "block"
    DOCSTRING = "docstring"


@dataclass(frozen=True, slots=True)
class Imported:
    """One imported name.

    Attributes:
        module: absolute dotted name of the module.
        attribute: what is taken from it; `*` for a star, an empty string for `import module`.
        bound: the name that the import binds; an empty string for a star.
        whole_path: `import a.b` binds `a`: whether `bound` stands for the first part of `module` only.
        location: the statement.
    """

    module: str
    attribute: str
    bound: str
    whole_path: bool
    location: Location


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """What travels or stays as a whole.

    Attributes:
        node: the statement, or the alias within an import.
        binds: names that it gives to the module.
        uses: names of the module, or of nobody known, that it reads.
        chains: every dotted name that it reads, as written (`shop.tax.rates`), its own local names too.
        touches: names of the module whose value it may change in place when the module is imported.
        changes: names whose value it changes in place whenever it runs.
        calls: dotted names that it calls when the module is imported (decorators too).
        imports: for an import the one name; for anything else the imports inside it.
        location: its own lines; those of a function or class start at its `def` or `class`.
        script: whether it stands under `if __name__ == "__main__"`.
        types_only: whether it stands under `if TYPE_CHECKING`, so that nothing runs it.
    """

    index: int
    nodes: tuple[ast.AST, ...]
    kind: UnitKind
    binds: frozenset[str]
    uses: frozenset[str]
    chains: frozenset[str]
    touches: frozenset[str]
    changes: frozenset[str]
    calls: tuple[str, ...]
    imports: tuple[Imported, ...]
    location: Location
    script: bool = False
    types_only: bool = False

    @property
    def future(self) -> bool:
        """Whether it is `from __future__ import ...`."""
        return self.kind is UnitKind.IMPORT and self.imports[0].module == "__future__"

    @property
    def node(self) -> ast.AST:
        """Its statement or alias, the first one on its line."""
        return self.nodes[0]


@dataclass(frozen=True, slots=True, eq=False)
class ModuleSyntax:
    """A module and its units in the order of the text.

    Attributes:
        binders: name to the units that bind it.
        left_behind: decorators that are nothing but a registration and do not travel.
    """

    file: SourceFile
    module: ast.Module
    units: tuple[Unit, ...]
    binders: Mapping[str, tuple[Unit, ...]]
    left_behind: frozenset[ast.expr]

    @property
    def stars(self) -> Iterator[Unit]:
        """The `from x import *` at module level."""
        return (unit for unit in self.units if unit.kind is UnitKind.IMPORT and unit.imports[0].attribute == STAR)

    def location(self, node: ast.stmt | ast.expr) -> Location:
        """The place of a statement or expression."""
        return Location(self.file.path, node.lineno, node.end_lineno or node.lineno, node.col_offset + 1)
