"""Functions that nobody looks up: what only they change does not change in the running program.

In: the solved program. Out: bodies. A module may offer a function that none of the analyzed code uses, such as one by
which tests replace a connection; tests are not part of what is analyzed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from migrator.facts.expressions import Name, parts_of
from migrator.facts.records import Define, Import, ScopeKind
from migrator.model.index import FunctionInfo
from migrator.model.registrations import Program
from migrator.model.solver import Body


def unused_bodies(program: Program, starts: Collection[Body], called: Collection[Body]) -> set[Body]:
    """Bodies of functions at module level whose name nobody reads, imports that are not used included."""
    started = {body.info for body in starts}
    return {
        body
        for body in program.tables.solver.bodies.values()
        if body not in called and body.info not in started and _is_unread(program, body.info)
    }


def _is_unread(program: Program, info: FunctionInfo) -> bool:
    scope = info.scope
    if info.owner is not None or scope.kind is not ScopeKind.FUNCTION or scope.parent != 0 or scope.decorators:
        return False
    if _names_in(info.module.body) & {scope.name}:
        return False
    return not any(_reads(program, reader, info) for reader in _readers(program, info.module.body, scope.name))


def _reads(program: Program, reader: Body, info: FunctionInfo) -> bool:
    """Whether a body that has looked a function up may do something with it, rather than import it for nothing."""
    bound = {step.name for step in reader.info.module.imports.values() if step.attribute == info.scope.name}
    if not reader.info.runs_on_import or not bound:
        return True
    return any(_readers(program, reader.info, name) for name in bound)


def _names_in(body: FunctionInfo) -> set[str]:
    """The names that a module's own statements read."""
    scopes = body.module.facts.scopes
    waiting: list[object] = [step for step in body.scope.steps if not isinstance(step, Define | Import)]
    for step in body.scope.steps:
        if isinstance(step, Define):
            defined = scopes[step.scope]
            waiting += [*defined.decorators, *defined.bases, *defined.keywords]
    return {part.id for each in waiting for part in parts_of(each) if isinstance(part, Name)}


def _readers(program: Program, module: FunctionInfo, name: str) -> Iterable[Body]:
    """The other bodies that have looked a module's name up."""
    solver = program.tables.solver
    own = solver.body(module, None)
    return [reader for reader, _ in own.local(name).readers() if reader is not own]
