"""Modules that code names by a text: `"shop.checks.Stock"` in a list of classes that are imported when it runs.

In: an `ImportTree`, the name of a module. Out: the modules of the tree whose top level has what a text names, and those
that Django's `include` is given by name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from migrator.domain.locations import Location
from migrator.plan.looking.imports import ImportTree

_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_QUOTED = re.compile(rf"""["']({_DOTTED.pattern})["']""")


def modules_named_in(imports: ImportTree, name: str) -> Sequence[tuple[str, Location]]:
    """The modules, each with the place of the text."""
    file = imports.tree.modules[name]
    tops = {module.split(".", 1)[0] for module in imports.tree.modules}
    if not any(text.split(".", 1)[0] in tops for text in _QUOTED.findall(file.text)):
        return ()
    found: dict[str, Location] = {}
    for node in imports.nodes(name)[ast.Constant]:
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and _DOTTED.fullmatch(text) and text.split(".", 1)[0] in tops:
            module = _holder(imports, text)
            if module and module not in found:
                found[module] = Location(file.path, node.lineno, node.end_lineno or node.lineno, node.col_offset + 1)  # type: ignore[attr-defined]
    for node in imports.nodes(name)[ast.Call]:
        for given in _included(node):
            if given.value in imports.tree.modules:
                place = Location(file.path, given.lineno, given.end_lineno or given.lineno, given.col_offset + 1)
                found.setdefault(str(given.value), place)
    return tuple(found.items())


def _included(call: ast.AST) -> Sequence[ast.Constant]:
    """The texts in `include("shop.api.urls")` and `include(("shop.api.urls", "api"))`."""
    match call:
        case ast.Call(
            func=ast.Name(id="include") | ast.Attribute(attr="include"), args=[ast.Tuple(elts=[first, *_]), *_]
        ):
            pass
        case ast.Call(func=ast.Name(id="include") | ast.Attribute(attr="include"), args=[first, *_]):
            pass
        case _:
            return ()
    return (first,) if isinstance(first, ast.Constant) else ()


def _holder(imports: ImportTree, text: str) -> str:
    """The module that defines what a text names, or an empty string: names of modules alone are names of loggers too."""
    parts = text.split(".")
    for depth in range(len(parts) - 1, 0, -1):
        module = ".".join(parts[:depth])
        if module in imports.tree.modules:
            return module if parts[depth] in imports.once(_defined, module) else ""
    return ""


def _defined(imports: ImportTree, name: str) -> frozenset[str]:
    module = imports.module(name)
    found: set[str] = set(imports.names(name))
    for node in module.body if module is not None else ():
        match node:
            case ast.FunctionDef(name=own) | ast.AsyncFunctionDef(name=own) | ast.ClassDef(name=own):
                found.add(own)
            case ast.Assign(targets=targets):
                found.update(target.id for target in targets if isinstance(target, ast.Name))
    return frozenset(found)
