"""The dotted names by which a function can be reached in a program: its own, and those of modules that hand it on.

In: the text of the modules, a qualified name. Out: names, and a test whether an expression of a file is one of them.
Values that are stored and passed along are not followed: what is not found stays with legacy.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import libcst as cst
from libcst.metadata import QualifiedNameSource

from migrator.artifacts.seam.reading import Parsed
from migrator.source import SourceFile, SourceTree

_STAR = "*"


@dataclass(frozen=True, slots=True)
class _HandedOn:
    module: str
    source: str
    name: str
    bound: str


def aliases_of(tree: SourceTree, name: str) -> frozenset[str]:
    """All names of a function of module level."""
    last = name.rpartition(".")[2]
    handed = [
        each
        for file in tree.modules.values()
        if "import" in file.text and (last in file.text or f"import {_STAR}" in file.text)
        for each in _handed_on(file)
    ]
    found = {name}
    while True:
        more = {
            f"{each.module}.{alias.rpartition('.')[2] if each.name == _STAR else each.bound}"
            for each in handed
            for alias in found
            if (
                each.source == alias.rpartition(".")[0] if each.name == _STAR else f"{each.source}.{each.name}" == alias
            )
        }
        if more <= found:
            return frozenset(found)
        found |= more


def wanted_in(
    parsed: Parsed, file: SourceFile, name: str, aliases: frozenset[str]
) -> Callable[[cst.BaseExpression], bool]:
    """The test whether an expression of a file can be nothing else than the function.

    Args:
        name: the function's own.
        aliases: see `aliases_of`.
    """

    def is_it(qualified: object) -> bool:
        dotted, source = str(getattr(qualified, "name", "")), getattr(qualified, "source", None)
        if source is QualifiedNameSource.LOCAL:
            # Also where the file imports the function, a name that it binds itself is another one.
            return f"{file.name}.{dotted}" == name
        rest = dotted.lstrip(".")
        return _resolved(file, len(dotted) - len(rest), rest) in aliases

    def wanted(node: cst.BaseExpression) -> bool:
        names = parsed.qualified.get(node, set())
        names = names() if callable(names) else names
        return bool(names) and all(is_it(each) for each in names)

    return wanted


def _resolved(file: SourceFile, level: int, rest: str) -> str:
    """A dotted name behind `level` dots, as seen from a file."""
    if level == 0:
        return rest
    parts = file.name.split(".")
    keep = len(parts) - level + (1 if file.is_package else 0)
    return ".".join((*parts[: max(keep, 0)], *([rest] if rest else [])))


def _handed_on(file: SourceFile) -> Iterator[_HandedOn]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an old escape is the monolith's own matter
            module = ast.parse(file.text)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom):
            source = _resolved(file, node.level, node.module or "")
            for alias in node.names:
                yield _HandedOn(file.name, source, alias.name, alias.asname or alias.name)
