"""Where a candidate stands in the tree, and what a handler has to call.

In: a `SourceTree`, an `Assessment`. Out: a `Found` candidate: its module, the unit to start from, and for a
function inside another one the function itself, taken out where it needs nothing of what surrounds it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from migrator.domain.assessments import Assessment
from migrator.errors import InputError, Refused
from migrator.plan.slices import EntryPoint
from migrator.plan.slicing.scopes import bound_inside, names_in
from migrator.plan.slicing.syntax import FunctionNode, ModuleSyntax, Unit, UnitKind
from migrator.source import SourceTree


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate in the tree.

    Attributes:
        unit: what travels whole for it; None where it is taken out of another function.
        lifted: the function that is taken out, or None.
        lifted_uses: names of the module that the lifted function reads.
    """

    module: str
    entry: EntryPoint
    unit: Unit | None
    lifted: FunctionNode | None = None
    lifted_uses: frozenset[str] = frozenset()


def find_candidate(
    tree: SourceTree,
    assessment: Assessment,
    read: Callable[[str], ModuleSyntax],
) -> Found:
    """The definition that an assessment speaks of.

    Raises:
        InputError: the tree has no such definition (it changed since the analysis).
        Refused: it cannot be taken out: a lambda, a function that needs what surrounds it.
    """
    place = str(assessment.location)
    file = tree.by_path.get(assessment.location.path)
    if file is None or not assessment.name.startswith(f"{file.name}."):
        raise InputError(
            f"{assessment.name} is not in the source tree", hint="analyze the folder again", location=place
        )
    parts = assessment.name[len(file.name) + 1 :].split(".")
    syntax = read(file.name)
    if any(part.startswith("<lambda") for part in parts):
        raise Refused(
            f"{assessment.name} is a lambda", hint="give it a name with def, then extract again", location=place
        )
    if "<locals>" in parts:
        return _lifted(syntax, assessment)
    line = assessment.location.line
    units = [
        unit
        for unit in syntax.binders.get(parts[0], ())
        if unit.kind in (UnitKind.FUNCTION, UnitKind.CLASS, UnitKind.BLOCK)
        and unit.location.line <= line <= unit.location.end_line
    ]
    if not units:
        raise InputError(f"no definition of {assessment.name} here", hint="analyze the folder again", location=place)
    unit = units[0]
    match unit.node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            entry = EntryPoint(file.name, parts[0])
        case ast.ClassDef() if len(parts) <= 2:
            entry = EntryPoint(file.name, parts[0], parts[1] if len(parts) == 2 else "*")
        case _:
            raise Refused(
                f"{assessment.name} is defined in a way that cannot be cut out yet",
                hint="move the definition to the top level of its module",
                location=place,
            )
    return Found(file.name, entry, unit)


def _lifted(syntax: ModuleSyntax, assessment: Assessment) -> Found:
    place = str(assessment.location)
    name = assessment.name.rsplit(".", 1)[1]
    around = _nested(syntax.module, name, assessment.location.line)
    if not around:
        raise InputError(f"no definition of {assessment.name} here", hint="analyze the folder again", location=place)
    *outer, function = around
    # By itself, every name that it does not bind is its module's; those that a function around it binds are not.
    free = names_in([function], syntax.left_behind).uses - {name}
    captured = free & frozenset().union(*(bound_inside(each) for each in outer))
    if captured:
        raise Refused(
            f"{assessment.name} uses what only exists inside the function around it: {', '.join(sorted(captured))}",
            hint="move it to the top level of its module and hand these over as arguments",
            location=place,
        )
    if name in syntax.binders:
        raise Refused(
            f"{assessment.name} cannot be taken out of its function: its module has another {name}",
            hint="give one of the two another name",
            location=place,
        )
    return Found(syntax.file.name, EntryPoint(syntax.file.name, name), None, function, frozenset(free - captured))


def _nested(module: ast.Module, name: str, line: int) -> tuple[FunctionNode, ...]:
    """The functions around a function of this name on this line, the outermost first, and the function itself."""
    waiting: list[tuple[ast.AST, tuple[FunctionNode, ...]]] = [(module, ())]
    found: tuple[FunctionNode, ...] = ()
    while waiting:
        node, around = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            around = (*around, node)
            if node.name == name and len(around) > len(found) and node.lineno <= line <= (node.end_lineno or 0):
                found = around
        waiting.extend((child, around) for child in _blocks(node))
    return found


def _blocks(node: ast.AST) -> Iterator[ast.AST]:
    return (
        child
        for child in ast.iter_child_nodes(node)
        if isinstance(child, ast.stmt | ast.excepthandler | ast.match_case)
    )
