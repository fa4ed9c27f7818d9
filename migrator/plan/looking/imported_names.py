"""What the imports of a module bind, by absolute dotted name.

In: a module parsed by `ast`, and its file. Out: local name to absolute name. Imports inside functions count as the
module's: nobody gives two things one name.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from migrator.plan.looking.statements import statements
from migrator.source import SourceFile


def absolute_names(module: ast.Module, file: SourceFile) -> Mapping[str, str]:
    """Local name to the absolute dotted name that it stands for; stars are left out."""
    found: dict[str, str] = {}
    for node in statements(module):
        match node:
            case ast.Import(names=aliases):
                for alias in aliases:
                    first = alias.name.split(".", 1)[0]
                    found[alias.asname or first] = alias.name if alias.asname else first
            case ast.ImportFrom(module=source, names=aliases, level=level):
                full = absolute_module(file, source or "", level)
                found.update(
                    {alias.asname or alias.name: f"{full}.{alias.name}" for alias in aliases if alias.name != "*"}
                )
    return found


def dotted_name(node: ast.expr) -> str:
    """`a.b.c` as written, or an empty string for anything else."""
    parts: list[str] = []
    inner = node
    while isinstance(inner, ast.Attribute):
        parts.append(inner.attr)
        inner = inner.value
    return ".".join([inner.id, *reversed(parts)]) if isinstance(inner, ast.Name) else ""


def absolute_name(node: ast.expr, imported: Mapping[str, str], file: SourceFile) -> str:
    """The absolute dotted name of a name or attribute; a name that no import binds is the module's own."""
    root, dot, rest = dotted_name(node).partition(".")
    if not root:
        return ""
    return f"{imported.get(root, f'{file.name}.{root}')}{dot}{rest}"


def absolute_module(file: SourceFile, source: str, level: int) -> str:
    """The module that `from ...source import` with so many dots takes from; empty where that leaves its package."""
    if not level:
        return source
    package = file.name.split(".") if file.is_package else file.name.split(".")[:-1]
    if level - 1 > len(package) or (not package and level > 1):
        return ""
    base = package[: len(package) - (level - 1)]
    return ".".join([*base, *([source] if source else [])])
