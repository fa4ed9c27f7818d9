"""What travels, definition by definition, for a person to look at.

In: a `SourceTree`, a `Cut`, the candidate as it was found. Out: `SlicedDefinition` values.
"""

from __future__ import annotations

from migrator.domain.locations import Location
from migrator.domain.plans import SlicedDefinition
from migrator.plan.slicing.candidates import Found
from migrator.plan.slicing.cutting import Cut
from migrator.plan.slicing.syntax import UnitKind
from migrator.source import SourceTree


def definitions_of(tree: SourceTree, made: Cut, found: Found) -> tuple[SlicedDefinition, ...]:
    """Functions, classes and constants of the slice, the candidate's own module first; whole modules as one each."""
    closure = made.closure
    definitions: list[SlicedDefinition] = []
    for module in sorted(made.modules, key=lambda name: (name != found.module, name)):
        if (syntax := closure.syntax.get(module)) is None:
            file = tree.modules[module]
            definitions.append(SlicedDefinition(module, Location(file.path, 1, max(1, file.lines)), file.lines))
            continue
        definitions.extend(
            SlicedDefinition(
                f"{module}.{'+'.join(sorted(unit.binds))}",
                unit.location,
                unit.location.end_line - unit.location.line + 1,
            )
            for unit in syntax.units
            if unit in closure.units[module]
            and unit.kind in (UnitKind.FUNCTION, UnitKind.CLASS, UnitKind.ASSIGNMENT, UnitKind.BLOCK)
        )
    if found.lifted is not None:
        syntax = closure.syntax.get(found.module)
        if syntax is not None:
            place = syntax.location(found.lifted)
            name = f"{found.module}.{found.entry.name}"
            definitions.insert(0, SlicedDefinition(name, place, place.end_line - place.line + 1))
    return tuple(definitions)
