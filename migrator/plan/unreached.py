"""Functions of the monolith that somebody names as a candidate and that no event reaches by itself.

In: a `SourceTree`, the candidates, a name. Out: what is said of it, or None where the tree has no such function, or
several. A function that a candidate hands its work to, as `migrator mend` makes them, is told with that candidate.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from migrator.domain.assessments import Assessment
from migrator.errors import UsageError
from migrator.plan.looking.imported_names import dotted_name
from migrator.plan.looking.parsed import parsed
from migrator.source import SourceFile, SourceTree

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_ALONE = "to move it alone, make it a task or a command of its own"


def unreached(tree: SourceTree, candidates: Sequence[Assessment], name: str) -> UsageError | None:
    """The error for a name that is a function's of module level, or the only one that ends in it at a dot."""
    found = list(_named(tree, name))
    if len(found) != 1:
        return None
    file, node = found[0]
    full = f"{file.name}.{node.name}"
    callers = [each.name for each in candidates if _calls(tree, each, node.name)]
    hint = f"{_ALONE}; `migrator analyze PATH --all` lists what is a candidate"
    if callers:
        hint = f"{callers[0]} calls it and is one: extract that; {_ALONE}"
    return UsageError(
        f"{full} is no candidate: no event reaches it but through other functions",
        hint=hint,
        location=f"{file.path}:{node.lineno}:{node.col_offset + 1}",
    )


def _named(tree: SourceTree, name: str) -> Iterator[tuple[SourceFile, ast.FunctionDef | ast.AsyncFunctionDef]]:
    module, _, function = name.rpartition(".")
    for file in tree.modules.values():
        if module and not f".{file.name}".endswith(f".{module}"):
            continue
        if not function or f"def {function}" not in file.text:
            continue
        for node in parsed(file).body:
            if isinstance(node, _FUNCTIONS) and node.name == function:
                yield file, node


def _calls(tree: SourceTree, candidate: Assessment, function: str) -> bool:
    """Whether the candidate's own lines call something of that name."""
    where = candidate.location
    file = tree.by_path.get(where.path)
    if file is None or function not in file.text:
        return False
    return any(
        isinstance(node, ast.Call)
        and where.line <= node.lineno <= where.end_line
        and dotted_name(node.func).rpartition(".")[2] == function
        for node in ast.walk(parsed(file))
    )
