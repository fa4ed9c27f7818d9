"""Names that the modules of a slice bind once and for all.

In: modules, by path. Out: dotted names. What is bound in a loop, a branch or by a function is left out.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping


def dotted(path: str) -> str:
    """`shop.api` for `shop/api.py` and for `shop/api/__init__.py`."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def bound_once(modules: Mapping[str, str]) -> frozenset[str]:
    """Dotted names that are assigned once, at the top of their module."""
    found: set[str] = set()
    for path, text in modules.items():
        tree = ast.parse(text)
        times = Counter(_bound(tree))
        changed = {name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}
        for statement in tree.body:
            targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
            for target in targets if isinstance(statement, ast.Assign | ast.AnnAssign) else ():
                if isinstance(target, ast.Name) and times[target.id] == 1 and target.id not in changed:
                    found.add(f"{dotted(path)}.{target.id}")
    return frozenset(found)


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
