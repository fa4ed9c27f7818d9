"""The monolith's own classes below classes of libraries, followed from module to module by name.

In: an `ImportTree`, absolute names of base classes. Out: absolute names of classes. A base that a call makes
(`declarative_base()`) is written with `()`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from migrator.plan.looking.imported_names import absolute_name
from migrator.plan.looking.imports import ImportTree
from migrator.plan.looking.statements import statements


def subclasses(imports: ImportTree, bases: Iterable[str]) -> frozenset[str]:
    """First-party classes below some classes, by absolute name; a base that a call makes is one of them."""
    return imports.once(_subclasses, frozenset(bases))


def _subclasses(imports: ImportTree, bases: frozenset[str]) -> frozenset[str]:
    found: set[str] = set()
    wanted = set(bases)
    defined = [each for name in imports.tree.modules for each in imports.once(_classes, name)]
    while True:
        more = {name for name, theirs in defined if theirs & wanted and name not in found}
        if not more:
            return frozenset(found)
        found |= more
        known = set(more)
        while handed := _handed_on(imports, more) - known:
            known |= handed
            more = handed
        wanted |= {f"{name}{made}" for name in known for made in ("", ".Model", "()")}


def _handed_on(imports: ImportTree, names: set[str]) -> set[str]:
    """The names under which packages hand classes on: `shop.models.Order` for `shop.models.orders.Order`."""
    by_module: dict[str, set[str]] = {}
    for name in names:
        module, _, last = name.rpartition(".")
        by_module.setdefault(module, set()).add(last)
    found: set[str] = set()
    for name, file in imports.tree.modules.items():
        if file.is_package:
            for each in imports.of(name):
                taken = by_module.get(each.module, set())
                found |= {f"{name}.{last}" for last in taken if each.attribute in (last, "*")}
    return found


def _classes(imports: ImportTree, module_name: str) -> Sequence[tuple[str, frozenset[str]]]:
    """The classes of a module, each with its bases."""
    file = imports.tree.modules[module_name]
    module = imports.module(module_name) if "class " in file.text or "declarative_base" in file.text else None
    if module is None:
        return ()
    names = imports.names(module_name)
    found: list[tuple[str, frozenset[str]]] = []
    for node in statements(module):
        match node:
            case ast.ClassDef(name=name, bases=bases) if bases:
                told = {absolute_name(base, names, file) for base in bases if not isinstance(base, ast.Subscript)}
                found.append((f"{module_name}.{name}", frozenset(told - {""})))
    # What a function assigns is a row rather than a base: `order = Order(...)`.
    for node in module.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=called)):
                found.append((f"{module_name}.{name}", frozenset({f"{absolute_name(called, names, file)}()"})))
    return found


def module_of(imports: ImportTree, name: str) -> str:
    """The module that a class of the monolith stands in."""
    parts = name.split(".")
    return next(
        ".".join(parts[:depth]) for depth in range(len(parts), 0, -1) if ".".join(parts[:depth]) in imports.tree.modules
    )
