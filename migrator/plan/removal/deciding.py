"""What goes with a candidate that its Lambda function has replaced: the one decision that everything else here serves.

In: the tree without the candidate's seam, the model and the assessments of it. Out: a `Removal`. Nothing is edited, and
what the living users of the candidate do with it is left to `migrator.artifacts.removal`, which rewrites sends.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

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
from migrator.plan.removal.values import Obstacle, Question, Removal
from migrator.plan.slicing.candidates import find_candidate
from migrator.plan.slicing.syntax import ModuleSyntax, Unit, UnitKind
from migrator.source import SourceTree


def plan_removal(
    tree: SourceTree, model: ProgramModel, assessment: Assessment, others: Sequence[Assessment]
) -> Removal:
    """Decide what goes, what stays, and what has to be settled first.

    Args:
        tree: with the seams of other candidates at most.
        others: all candidates; the one that goes may be among them.

    Raises:
        Refused: the candidate is a lambda, or a nested function.
        InputError: the tree is not what was analyzed.
    """
    beside = read_beside(tree)
    program = read_program(tree, beside, model)
    own = _own(tree, program, assessment)
    beside_it = _of_its_class(own, assessment, others)
    assessment = replace(assessment, triggers=tuple(each for one in (assessment, *beside_it) for each in one.triggers))
    told = registrations(program, assessment.triggers, assessment.name, own)
    words, group = names_of(own, program.syntax[program.home[own]], _registering(program, own, told))
    mine = {assessment.name, *(each.name for each in beside_it)}
    rest = [each for each in others if each.name not in mine]
    routes = routes_of(assessment, rest, words, group)
    asked = Asked(program, beside, model, assessment, rest, own, told, routes)
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
        obstacles=tuple(dict.fromkeys((*_handlers(beside_it), *telling.obstacles()))),
        notes=notes,
    )


def _own(tree: SourceTree, program: Program, assessment: Assessment) -> Unit:
    found = find_candidate(tree, assessment, lambda name: program.syntax[name])
    if found.unit is None:
        raise Refused(
            "is a function inside another one, and cannot be taken out of it by a program",
            hint="take it out by hand",
            location=str(assessment.location),
        )
    if found.unit.kind is UnitKind.BLOCK:
        raise Refused(
            "is defined inside a block, and cannot be taken out of it by a program",
            hint="take it out by hand",
            location=str(assessment.location),
        )
    return found.unit


def _of_its_class(own: Unit, assessment: Assessment, others: Sequence[Assessment]) -> tuple[Assessment, ...]:
    """The other candidates that lie in the same definition."""
    return tuple(
        each
        for each in others
        if each.name != assessment.name
        and each.location.path == own.location.path
        and own.location.line <= each.location.line <= own.location.end_line
    )


def _handlers(others: Sequence[Assessment]) -> Iterator[Obstacle]:
    for each in others:
        yield Obstacle(each.location, f"{each.name} would go with it, as one class", Question.HANDLERS)


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
