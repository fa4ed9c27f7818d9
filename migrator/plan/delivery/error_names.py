"""The exceptions that a task's options name, and how a handler imports them.

In: an expression (`(smtplib.SMTPException, OSError)`) and the module that it stands in. Out: `Errors`: the names, what
the slice has to hold for them, and what of other distributions they need.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping
from dataclasses import dataclass, field

from migrator.plan.delivery.deliveries import ErrorName
from migrator.plan.looking.imported_names import absolute_names, dotted_name
from migrator.plan.looking.parsed import parsed
from migrator.source import SourceFile, SourceTree


@dataclass(frozen=True, slots=True)
class Errors:
    """Exceptions that are known by name.

    Attributes:
        needed: module of the monolith to the names that are imported from it.
        external: modules of other distributions.
        unread: parts of the expression that are no names.
    """

    names: tuple[ErrorName, ...] = ()
    needed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    external: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def read_errors(written: str, file: SourceFile, tree: SourceTree) -> Errors:
    """Resolve every exception of an expression."""
    node = ast.parse(written, mode="eval").body
    items = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    imported = absolute_names(parsed(file), file)
    names: list[ErrorName] = []
    needed: dict[str, tuple[str, ...]] = {}
    external: list[str] = []
    unread: list[str] = []
    for item in items:
        dotted = dotted_name(item)
        root, _, rest = dotted.partition(".")
        if not root:
            unread.append(ast.unparse(item))
        elif root not in imported and hasattr(builtins, root):
            names.append(ErrorName(dotted, ""))
        else:
            absolute = f"{imported[root]}.{rest}".rstrip(".") if root in imported else f"{file.name}.{dotted}"
            module, name = _split(absolute, tree)
            if module:
                first = name.split(".", 1)[0]
                names.append(ErrorName(name, f"from {module} import {first}"))
                needed[module] = (*needed.get(module, ()), first)
            else:
                module, _, last = absolute.rpartition(".")
                external.append(module)
                names.append(ErrorName(f"{module}.{last}", f"import {module}"))
    return Errors(tuple(names), needed, tuple(external), tuple(unread))


def _split(absolute: str, tree: SourceTree) -> tuple[str, str]:
    """The longest module of the tree that a name begins with, and the rest; two empty strings for none."""
    parts = absolute.split(".")
    for depth in range(len(parts) - 1, 0, -1):
        if (module := ".".join(parts[:depth])) in tree.modules:
            return module, ".".join(parts[depth:])
    return "", ""
