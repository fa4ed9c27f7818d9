"""Assignments that only gave a read its name: the parameter has it now, and the statement goes.

In: a function, a read in it. Out: the statement, or None where it does more.
"""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from migrator.plan.context.bindings import bindings
from migrator.plan.context.shapes import docstrings


@dataclass(frozen=True, slots=True)
class Assigned:
    """A statement `name = value` at the top of a function's body."""

    statement: cst.SimpleStatementLine
    name: str
    value: cst.BaseExpression


def assigned_by(function: cst.FunctionDef, value: cst.BaseExpression) -> Assigned | None:
    """The statement that gives a value its only name, where nothing else would be lost with it."""
    if not isinstance(function.body, cst.IndentedBlock):
        return None
    for statement in function.body.body[docstrings(function) :]:
        match statement:
            case cst.SimpleStatementLine(
                body=[cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=found)],
                leading_lines=leading,
                trailing_whitespace=cst.TrailingWhitespace(comment=None),
            ) if found is value:
                commented = any(line.comment is not None for line in leading)
                if commented or value.lpar or bindings(function, name) != 1:
                    return None
                return Assigned(statement, name, value)
    return None
