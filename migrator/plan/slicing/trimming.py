"""What says that a module must not be taken apart: code that looks for its neighbors by name when it runs.

In: a unit and its module. Out: the reason with its place, or an empty string. What else is needed is `closure`.
"""

from __future__ import annotations

import ast

from migrator.plan.slicing.syntax import ModuleSyntax, Unit, UnitKind

# Read or called by a needed unit, they reach any name of the module.
_BY_NAME = {
    "globals": "reads the names of its module when it runs",
    "exec": "runs code that may use any name of its module",
    "eval": "evaluates code that may use any name of its module",
    "sys.modules": "may look names up in its own module when it runs",
}


def untrimmable(syntax: ModuleSyntax, unit: Unit) -> str:
    """Why a module with this needed unit travels whole."""
    if unit.kind is UnitKind.FUNCTION and unit.binds == {"__getattr__"}:
        return f"{unit.location}: the module's own __getattr__ may look for any of its names"
    for chain in sorted(unit.chains & _BY_NAME.keys()):
        if chain not in syntax.binders:
            return f"{unit.location}: {chain}: {_BY_NAME[chain]}"
    return ""


def patches_library(unit: Unit) -> bool:
    """Whether a statement puts something of its own into what a name stands for: `library.part = mine`."""
    match unit.nodes:
        case [ast.Assign(targets=[ast.Attribute()])]:
            return unit.kind is UnitKind.EFFECT
        case _:
            return False
