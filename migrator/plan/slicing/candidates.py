"""Where a candidate stands in the tree, and what a handler has to call.

In: a `SourceTree`, an `Assessment`. Out: a `Found` candidate: its module, the unit to start from, and for a
function inside another one the function itself, taken out where it needs nothing of what surrounds it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import libcst as cst
from libcst.metadata import BaseAssignment, BuiltinScope, GlobalScope, MetadataWrapper, ScopeProvider

from migrator.domain.assessments import Assessment
from migrator.errors import InputError, Refused
from migrator.plan.slices import EntryPoint
from migrator.plan.slicing.syntax import ModuleSyntax, Unit, UnitKind
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
    lifted: cst.FunctionDef | None = None
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
        case cst.FunctionDef():
            entry = EntryPoint(file.name, parts[0])
        case cst.ClassDef() if len(parts) <= 2:
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
    finder = _Functions(name, assessment.location.line, syntax)
    syntax.module.visit(finder)
    if finder.found is None:
        raise InputError(f"no definition of {assessment.name} here", hint="analyze the folder again", location=place)
    function = finder.found
    inside = _Nodes()
    for child in function.children:
        if child not in syntax.left_behind:
            child.visit(inside)
    uses: set[str] = set()
    captured: set[str] = set()
    wrapper = MetadataWrapper(syntax.module, unsafe_skip_copy=True)
    for scope in {scope for scope in wrapper.resolve(ScopeProvider).values() if scope is not None}:
        for access in scope.accesses:
            if id(access.node) not in inside.seen:
                continue
            for referent in access.referents:
                if isinstance(referent.scope, GlobalScope | BuiltinScope):
                    uses.update([referent.name.split(".", 1)[0]] if isinstance(referent.scope, GlobalScope) else [])
                elif not _defined_in(referent, inside.seen, function):
                    captured.add(referent.name)
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
    return Found(syntax.file.name, EntryPoint(syntax.file.name, name), None, function, frozenset(uses))


def _defined_in(referent: BaseAssignment, seen: set[int], function: cst.FunctionDef) -> bool:
    node = getattr(referent, "node", None)
    return node is not None and (id(node) in seen or node is function)


class _Nodes(cst.CSTVisitor):
    def __init__(self) -> None:
        self.seen: set[int] = set()

    def on_visit(self, node: cst.CSTNode) -> bool:
        self.seen.add(id(node))
        return True


class _Functions(cst.CSTVisitor):
    def __init__(self, name: str, line: int, syntax: ModuleSyntax) -> None:
        self._name = name
        self._line = line
        self._syntax = syntax
        self.found: cst.FunctionDef | None = None

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        if node.name.value == self._name:
            where = self._syntax.ranges[node]
            if where.start.line <= self._line <= where.end.line:
                self.found = node
