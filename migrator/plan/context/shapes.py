"""What kind of function a definition is, as far as it decides whether its signature can grow.

In: a `Definition`. Out: why it must stay as it is, or nothing. Whether it takes values for another one is `edges`.
"""

from __future__ import annotations

import libcst as cst

from migrator.plan.context.modules import Definition
from migrator.plan.context.naming import names_in

_SEES_ALL = frozenset({"locals", "vars", "exec", "eval"})


def unmendable(definition: Definition, *, registered: bool) -> str:
    """Why a function cannot take values as parameters; empty where it can.

    Args:
        registered: whether it is the candidate, whose decorators stay with its old name.
    """
    node = definition.node
    if definition.nested:
        return "in a function inside another one"
    if node.decorators and not registered:
        return f"in a function with decorators ({node.name.value}), which may depend on its arguments"
    if any(_is_binding(decorator) for decorator in node.decorators):
        return "in a property, a static method or a class method"
    if node.name.value.startswith("__"):
        return f"in {node.name.value}, which is called by the language"
    if not isinstance(node.body, cst.IndentedBlock):
        return "in a function of one line"
    if _yields(node.body):
        return "in a generator, which runs later than it is called"
    if names_in(node.body) & _SEES_ALL:
        return "in a function that looks at its own variables by name"
    if node.type_parameters is not None:
        return "in a function with type parameters"
    return ""


def _is_binding(decorator: cst.Decorator) -> bool:
    match decorator.decorator:
        case cst.Name(value="property" | "staticmethod" | "classmethod" | "cached_property"):
            return True
        case cst.Attribute(attr=cst.Name(value="setter" | "getter" | "deleter" | "cached_property")):
            return True
        case _:
            return False


def _yields(node: cst.CSTNode) -> bool:
    for child in node.children:
        if isinstance(child, cst.Yield):
            return True
        if not isinstance(child, cst.FunctionDef | cst.Lambda | cst.ClassDef) and _yields(child):
            return True
    return False


def docstrings(function: cst.FunctionDef) -> int:
    """How many statements of a body are its docstring: 0 or 1."""
    match function.body.body[:1]:
        case [cst.SimpleStatementLine(body=[cst.Expr(value=cst.SimpleString() | cst.ConcatenatedString())])]:
            return 1
        case _:
            return 0
