"""Functions that are nothing but an edge: they take values from the context and hand them to another function.

In: a definition with its reads. Out: its one call, and the function that an earlier mend has moved its body to. They
are what makes mending a second time change nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from migrator.plan.context.modules import Definition, Modules
from migrator.plan.context.reads import Read, Reads, parameters
from migrator.plan.context.shapes import docstrings
from migrator.plan.context.values import Parameter


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a body has gone.

    Attributes:
        name: the last part of the new function's name.
        parameters: what it takes, beside the old function's own parameters.
    """

    name: str
    parameters: tuple[Parameter, ...]


def edge_call(modules: Modules, definition: Definition, reads: Reads) -> cst.Call | None:
    """The call of another first-party function that is all there is, with each read as an argument of its own."""
    call = _only_call(definition.node)
    if call is None or not _is_own(modules, definition, call.func):
        return None
    values = {id(argument.value) for argument in call.args}
    return call if all(id(read.node) in values for read in reads.found) and not reads.left else None


def moved(modules: Modules, definition: Definition, reads: Reads) -> Moved | None:
    """The function that has the body of an edge now; None where it does not get all that the edge gets."""
    call = edge_call(modules, definition, reads)
    if call is None or not reads.found:
        return None
    by_node: dict[int, Read] = {id(read.node): read for read in reads.found}
    made = [
        Parameter(argument.keyword.value, read.source, read.hint, read.total)
        for argument in call.args
        if argument.keyword is not None and (read := by_node.get(id(argument.value)))
    ]
    own = list(parameters(definition.node))[1 if definition.owner else 0 :]
    handed = [definition.module.code(argument.value) for argument in call.args if id(argument.value) not in by_node]
    name = call.func.attr if isinstance(call.func, cst.Attribute) else call.func
    if own != handed or len(made) != len(reads.found) or not isinstance(name, cst.Name):
        return None
    same = definition.module.absolute(name).rpartition(".")[0] == definition.module.file.name
    return Moved(name.value, tuple(made)) if same or definition.owner else None


def _only_call(function: cst.FunctionDef) -> cst.Call | None:
    if not isinstance(function.body, cst.IndentedBlock):
        return None
    match function.body.body[docstrings(function) :]:
        case [cst.SimpleStatementLine(body=[cst.Return(value=cst.Await(expression=cst.Call() as call))])]:
            return call
        case [cst.SimpleStatementLine(body=[cst.Return(value=cst.Call() as call)])]:
            return call
        case _:
            return None


def _is_own(modules: Modules, definition: Definition, function: cst.BaseExpression) -> bool:
    """Whether an expression names a function of the tree, or a method of the same class."""
    match function:
        case cst.Attribute(value=cst.Name(value=holder), attr=cst.Name(value=name)) if (
            definition.owner and holder == definition.first
        ):
            return any(
                each.owner == definition.owner and each.node.name.value == name for each in definition.module.functions
            )
        case cst.Name() | cst.Attribute():
            owner = modules.defining(definition.module.absolute(function)).rpartition(".")[0]
            return owner in modules.tree.modules
        case _:
            return False
