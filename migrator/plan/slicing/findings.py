"""What a slice leaves behind or cannot be sure of, with its place.

In: a `Closure`. Out: `Dropped` values: code that runs when a module is imported and does not travel, code
that is only known at run time (`exec`, dynamic imports).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from migrator.domain.plans import Dropped
from migrator.plan.looking.imported_names import dotted_name
from migrator.plan.slicing.closure import Closure
from migrator.plan.slicing.syntax import ModuleSyntax, Unit, UnitKind

_DYNAMIC = {
    "exec": "runs code that cannot be read here",
    "eval": "runs code that cannot be read here",
    "__import__": "imports a module that is only known at run time",
    "importlib.import_module": "imports a module that is only known at run time",
    "import_module": "imports a module that is only known at run time",
    "import_string": "imports a module that is only known at run time",
    "globals": "looks names up that are only known at run time",
}
# They work in a handler as long as the names that they look up are registered with its own application.
_FRAMEWORK = {"url_for": "knows the candidate's own routes only, and raises BuildError for any other"}


def findings_in(closure: Closure) -> tuple[Dropped, ...]:
    """Everything worth saying, in the order of modules and lines."""
    found: list[Dropped] = []
    for module, syntax in closure.syntax.items():
        kept = closure.units[module]
        for unit in syntax.units:
            if unit in kept:
                found.extend(_unsure(syntax, unit))
            elif _acts_on_import(syntax, unit, kept):
                shown = _first_line(syntax, unit)
                found.append(Dropped(f"{unit.location}: {shown}", "runs when the module is imported; not needed here"))
    return tuple(dict.fromkeys([*closure.dropped, *found]))


def _unsure(syntax: ModuleSyntax, unit: Unit) -> Iterator[Dropped]:
    words = {**_DYNAMIC, **_FRAMEWORK}
    hits = {chain: words[chain] for chain in unit.chains if chain in words}
    hits |= {
        chain: words[tail] for chain in unit.chains if "." in chain and (tail := chain.rpartition(".")[2]) in _FRAMEWORK
    }
    if not hits:
        return
    for node in unit.nodes:
        for chain, part in _chains(node):
            if chain in hits:
                yield Dropped(f"{syntax.location(part)}: {chain}", hits[chain])


def _chains(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Each dotted name as a whole, in the order of the text."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, ast.Name | ast.Attribute) and (name := dotted_name(current)):
            yield name, current
        else:
            waiting.extend(reversed(list(ast.iter_child_nodes(current))))


def _acts_on_import(syntax: ModuleSyntax, unit: Unit, kept: frozenset[Unit]) -> bool:
    """Whether a unit that stays behind does something when imported, to more than what stays with it."""
    if unit.script or unit.kind not in (UnitKind.EFFECT, UnitKind.BLOCK) or unit.binds:
        return False
    owners = {
        binder.kind
        for name in (*unit.touches, *(call.split(".", 1)[0] for call in unit.calls))
        for binder in syntax.binders.get(name, ())
        if binder not in kept
    }
    return bool(unit.calls or unit.touches) and owners != {UnitKind.ASSIGNMENT}


def _first_line(syntax: ModuleSyntax, unit: Unit) -> str:
    line = syntax.file.text.splitlines()[unit.location.line - 1].strip()
    return line if len(line) <= 80 else f"{line[:77]}..."
