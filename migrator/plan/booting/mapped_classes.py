"""Classes that are mapped to tables: which modules hold one, since they find each other by name.

In: an `ImportTree`. Out: the modules, and a `Started` that imports them all.
"""

from __future__ import annotations

import ast

from migrator.domain.plans import Boot, BootKind
from migrator.plan.booting.boot_rules import DECLARATIVE, NeedsBoot
from migrator.plan.booting.started import START, Started
from migrator.plan.looking.imported_names import dotted_name
from migrator.plan.looking.imports import ImportTree
from migrator.plan.looking.subclasses import module_of, subclasses


def start_mapped(imports: ImportTree, needed: NeedsBoot) -> Started:
    """Every module that holds a mapped class or a table, imported."""
    modules = tuple(sorted(mapped_modules(imports)))
    boot = Boot(BootKind.MAPPED, START, needed.told, imports=modules)
    return Started(boot, modules)


def mapped_modules(imports: ImportTree) -> frozenset[str]:
    """Modules that hold a mapped class, or a table that relationships name by a text."""
    return imports.once(_mapped_modules, "")


def _mapped_modules(imports: ImportTree, _: str) -> frozenset[str]:
    classes = {module_of(imports, each) for each in subclasses(imports, DECLARATIVE)}
    return frozenset(classes | {name for name in imports.tree.modules if _holds_table(imports, name)})


def _holds_table(imports: ImportTree, name: str) -> bool:
    """Whether a module makes a table as SQLAlchemy does: `Table("name", ..., Column(...))`, from wherever it has both."""
    if "Table(" not in imports.tree.modules[name].text:
        return False
    module = imports.module(name)
    for statement in module.body if module is not None else ():
        match statement:
            case (
                ast.Assign(value=ast.Call(func=func, args=[ast.Constant(value=str()), *rest]))
                | ast.Expr(value=ast.Call(func=func, args=[ast.Constant(value=str()), *rest]))
            ) if dotted_name(func).rpartition(".")[2] == "Table":
                if any(
                    isinstance(each, ast.Call) and dotted_name(each.func).rpartition(".")[2] == "Column"
                    for each in rest
                ):
                    return True
    return False
