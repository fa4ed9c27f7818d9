"""Names that the modules of a slice bind once and for all, and texts that are made of them.

In: modules, by path. Out: dotted names with the expression that each is bound to. What is bound in a loop, a branch or
by a function is left out.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping

from migrator.plan.looking.parsed import parsed_text


def dotted(path: str) -> str:
    """`shop.api` for `shop/api.py` and for `shop/api/__init__.py`."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def bound_once(modules: Mapping[str, str]) -> Mapping[str, ast.expr]:
    """Dotted names that are assigned once, at the top of their module."""
    found: dict[str, ast.expr] = {}
    for path, text in modules.items():
        tree = parsed_text(text)
        times = Counter(_bound(tree))
        changed = {name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}
        for statement in tree.body:
            match statement:
                case ast.Assign(targets=targets, value=value):
                    names = targets
                case ast.AnnAssign(target=target, value=ast.expr() as value):
                    names = [target]
                case _:
                    continue
            for name in names:
                if isinstance(name, ast.Name) and times[name.id] == 1 and name.id not in changed:
                    found[f"{dotted(path)}.{name.id}"] = value
    return found


def _bound(node: ast.AST) -> Iterator[str]:
    """Every name that the module's own scope binds, as often as it does."""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
                continue
            case ast.Lambda():
                continue
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.alias():
                yield (child.asname or child.name).split(".")[0]
            case _:
                pass
        yield from _bound(child)
