"""What goes with a candidate that its Lambda function has replaced: the one decision that everything else here serves.

In: the tree without the candidate's seam, the model and the assessments of it. Out: a `Removal`. Nothing is edited, and
what the living users of the candidate do with it is left to `migrator.artifacts.removal`, which rewrites sends.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from migrator.domain.assessments import Assessment
from migrator.errors import Refused
from migrator.model import ProgramModel
from migrator.plan.removal.beside import read_beside
from migrator.plan.removal.leaving import leave
from migrator.plan.removal.naming_files import perhaps_unused
from migrator.plan.removal.program import Program, read_program
from migrator.plan.removal.registered import Registrations, covers, registrations
from migrator.plan.removal.routes import names_of, routes_of
from migrator.plan.removal.settling import Asked, settle
from migrator.plan.removal.telling import Telling
from migrator.plan.removal.values import Removal
from migrator.plan.slicing.candidates import find_candidate
from migrator.plan.slicing.syntax import ModuleSyntax, Unit
from migrator.source import SourceTree


def plan_removal(
    tree: SourceTree, model: ProgramModel, assessment: Assessment, others: Sequence[Assessment]
) -> Removal:
    """Decide what goes, what stays, and what has to be settled first.

    Args:
        tree: with the seams of other candidates at most.
        others: all candidates; the one that goes may be among them.

    Raises:
        Refused: the candidate is a lambda, a nested function, or one handler of several in a class.
        InputError: the tree is not what was analyzed.
    """
    beside = read_beside(tree)
    program = read_program(tree, beside, model)
    own = _own(tree, program, assessment, others)
    told = registrations(program, assessment.triggers, assessment.name, own)
    words, group = names_of(own, program.syntax[program.home[own]], _registering(program, own, told))
    routes = routes_of(assessment, others, words, group)
    asked = Asked(program, beside, model, assessment, others, own, told, routes)
    settled = settle(asked)
    parts, notes = leave(asked, settled)
    telling = Telling(asked, settled)
    users = telling.users()
    return Removal(
        candidate=assessment.name,
        unit=own,
        home=program.file(own),
        parts=parts,
        gone=tuple(telling.gone(parts.files)),
        kept=tuple(telling.kept()),
        registrations=told.apart,
        users=users,
        around=_around(program, users, told),
        named_tests=tuple(telling.named_tests()),
        perhaps_unused=perhaps_unused(program, beside, settled.everything),
        obstacles=tuple(dict.fromkeys(telling.obstacles())),
        notes=notes,
    )


def _own(tree: SourceTree, program: Program, assessment: Assessment, others: Sequence[Assessment]) -> Unit:
    found = find_candidate(tree, assessment, lambda name: program.syntax[name])
    if found.unit is None:
        raise Refused(
            "is a function inside another one, and cannot be taken out of it by a program",
            hint="take it out by hand",
            location=str(assessment.location),
        )
    of_class = f"{found.module}.{found.entry.name}." if found.entry.method else ""
    rest = sorted(each.name for each in others if of_class and each.name.startswith(of_class))
    if len([name for name in rest if name != assessment.name]) > 0:
        raise Refused(
            f"its class answers other events too: {', '.join(name for name in rest if name != assessment.name)}",
            hint="take the method out by hand, or clean up when all of them are promoted",
            location=str(assessment.location),
        )
    return found.unit


def _registering(program: Program, own: Unit, told: Registrations) -> Iterator[ast.AST]:
    yield from getattr(own.node, "decorator_list", ())
    for each in told.apart:
        file = program.tree.by_path.get(each.location.path)
        syntax = program.syntax.get(file.name) if file is not None else None
        for node in ast.walk(syntax.module) if syntax is not None else ():
            if isinstance(node, ast.Call) and covers(each, each.location.path, node.lineno, node.col_offset + 1):
                yield node


def _around(program: Program, users: Mapping[str, tuple[Unit, ...]], told: Registrations) -> Mapping[str, ModuleSyntax]:
    paths = {each.location.path for each in told.apart}
    names = {*users, *(name for name, syntax in program.syntax.items() if syntax.file.path in paths)}
    return {name: program.syntax[name] for name in sorted(names)}
