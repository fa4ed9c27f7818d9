"""What the rest of the monolith does to a slice: tables that other modules fill, routes that lie within its own.

In: the imports of the tree, the `Cut`, the other candidates. Out: `Dropped` values, each with its place. Neither is
mended here: a table that a plug-in module fills is emptier in the slice, and a router that sends `/users/<name>`
to the slice sends it `/users/me` as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from migrator.domain.assessments import Assessment
from migrator.domain.plans import Dropped
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.errors import InputError
from migrator.plan.looking.imports import ImportTree
from migrator.plan.slicing.closure import Closure
from migrator.plan.slicing.cutting import Cut
from migrator.plan.slicing.syntax import ModuleSyntax, UnitKind

_VARIABLE = re.compile(r"<[^<>]*>|\{[^{}]*\}")


def filled_elsewhere(imports: ImportTree, made: Cut, read: Callable[[str], ModuleSyntax]) -> tuple[Dropped, ...]:
    """Modules outside the slice that change one of its values when they are imported."""
    wanted = _changeable(made.closure)
    if not wanted:
        return ()
    inside = set(made.modules)
    found: list[Dropped] = []
    for module in imports.tree.modules:
        if module in inside or not any((each.module, each.attribute) in wanted for each in imports.of(module)):
            continue
        try:
            syntax = read(module)
        except InputError:
            continue  # nothing of the slice: a module that cannot be parsed is the analysis's matter
        found.extend(_changes(syntax, wanted))
    return tuple(dict.fromkeys(found))


def _changeable(closure: Closure) -> dict[tuple[str, str], str]:
    """Values of the slice, and functions that change one, each with the name of the value."""
    found: dict[tuple[str, str], str] = {}
    for module, syntax in closure.syntax.items():
        values = {
            name
            for unit in closure.units[module]
            if unit.kind is UnitKind.ASSIGNMENT
            for name in unit.binds
            if not name.startswith("__")
        }
        found |= {(module, name): name for name in values}
        for unit in syntax.units:
            if unit.kind in (UnitKind.FUNCTION, UnitKind.CLASS):
                for value in sorted(unit.changes & values):
                    found |= {(module, name): value for name in unit.binds}
    return found


def _changes(syntax: ModuleSyntax, wanted: dict[tuple[str, str], str]) -> Iterator[Dropped]:
    local: dict[str, str] = {}
    for unit in syntax.units:
        if unit.kind is UnitKind.IMPORT:
            imported = unit.imports[0]
            if (value := wanted.get((imported.module, imported.attribute))) is not None:
                local[imported.bound] = f"{value} of {imported.module}"
    for unit in syntax.units:
        if unit.script or unit.kind is UnitKind.IMPORT:
            continue
        for name in sorted({*unit.touches, *(call for call in unit.calls if "." not in call)} & set(local)):
            yield Dropped(
                f"{unit.location}: {local[name]}",
                "may be filled here when this module is imported; the slice does not import it",
            )


def routes_within(assessment: Assessment, others: Sequence[Assessment]) -> tuple[Dropped, ...]:
    """Routes of other views that a router, which sees parts of paths only, takes for the candidate's own."""
    found: list[Dropped] = []
    for own in _http(assessment):
        for other in others:
            if other.name == assessment.name:
                continue
            for trigger in _http(other):
                if _methods(own) & _methods(trigger) and _lies_within(_path(trigger), _path(own)):
                    found.append(
                        Dropped(
                            f"{trigger.location}: {_path(trigger)} of {other.name}",
                            f"fits {_path(own)} too, so its requests would reach the slice; "
                            "shift no traffic before the two are told apart",
                        )
                    )
    return tuple(dict.fromkeys(found))


def _http(assessment: Assessment) -> list[Trigger]:
    return [trigger for trigger in assessment.triggers if trigger.kind is TriggerKind.HTTP]


def _methods(trigger: Trigger) -> set[str]:
    methods = trigger.detail.get("methods")
    return {str(method) for method in methods} - {"HEAD", "OPTIONS"} if isinstance(methods, list | tuple) else set()


def _path(trigger: Trigger) -> str:
    return str(trigger.detail.get("path", ""))


def _lies_within(path: str, route: str) -> bool:
    """Whether a path is narrower than a route: as many parts, equal but where the route has a variable."""
    theirs, ours = path.split("/"), route.split("/")
    if len(theirs) != len(ours) or path == route:
        return False
    narrower = False
    for their, our in zip(theirs, ours, strict=True):
        if _VARIABLE.search(our):
            narrower = narrower or not _VARIABLE.search(their)
        elif their != our:
            return False
    return narrower
