"""Decides what travels with a candidate and where it will run.

In: a `SourceTree`, the candidate's `Assessment`, the other assessments of the same analysis. Out: a
`PlannedSlice`. Whether it may move at all is `refusals`, what it needs `closure`, the text `rewrite`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from migrator.domain.assessments import Assessment
from migrator.domain.effects import Effect
from migrator.domain.locations import Location
from migrator.domain.plans import Dropped, Plan, SlicedDefinition, Strategy, Target
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.errors import Refused
from migrator.plan.candidates import Found, find_candidate
from migrator.plan.closure import Closure, follow
from migrator.plan.findings import findings_in
from migrator.plan.hooks import hooks_left_behind
from migrator.plan.reading import reader
from migrator.plan.refusals import refuse_unfit
from migrator.plan.registrations import read_registrations
from migrator.plan.requirements import requirements_of
from migrator.plan.rewrite import rewrite
from migrator.plan.slices import PlannedSlice
from migrator.plan.surroundings import filled_elsewhere, routes_within
from migrator.plan.syntax import ModuleSyntax, UnitKind
from migrator.source import SourceTree

RUNTIME = "python3.13"
ARCHITECTURE = "arm64"
# A quarter of a vCPU-GB: enough for a Python process with Powertools (54 MB measured), and the place where
# the cost of a short call is about flat; sizing by evidence replaces it.
MEMORY_MB = 256
# An HTTP API gives up after 30 s (its hard limit); a handler that takes longer answers nobody.
TIMEOUT_S = 29


def make_plan(
    tree: SourceTree,
    assessment: Assessment,
    *,
    others: Sequence[Assessment] = (),
    accepted: Mapping[Effect, str] | None = None,
    accepted_unresolved: str = "",
) -> PlannedSlice:
    """Plan the extraction of one candidate.

    Args:
        others: the other candidates of the analysis, whose registrations do not travel either.
        accepted: effects that the user takes on, each with a reason.
        accepted_unresolved: why the unresolved calls are harmless, where the verdict is unproven.

    Raises:
        Refused: the candidate must not move, or cannot move yet; the message says what to do.
        InputError: a module that is needed cannot be parsed.
    """
    accepted = dict(accepted or {})
    refuse_unfit(assessment, accepted, accepted_unresolved)
    triggers = tuple(trigger for trigger in assessment.triggers if trigger.kind is TriggerKind.HTTP)
    routes = [trigger.location for trigger in (*triggers, *_routes(others))]
    read = reader(tree, routes)
    registered = read_registrations(tree, triggers, read)
    found = find_candidate(tree, assessment, read)
    if found.entry.method:
        _check_view(found, registered.views, assessment)
    closure = _follow(tree, found, read)
    modules = {
        _path(tree, name): rewrite(
            syntax,
            closure.units[name],
            stars={node: names for node, names in closure.stars.items() if node in syntax.by_node},
            lifted=[found.lifted] if found.lifted is not None and name == found.module else [],
        )
        for name, syntax in closure.syntax.items()
    }
    others_dropped = tuple(
        Dropped(f"{trigger.location}: {trigger.kind.value} trigger", "stays with the legacy application")
        for trigger in assessment.triggers
        if trigger.kind is not TriggerKind.HTTP
    )
    plan = Plan(
        candidate=assessment.name,
        strategy=Strategy.FUNCTION,
        definitions=_definitions(closure, found),
        modules=(found.module, *sorted(name for name in closure.syntax if name != found.module)),
        requirements=requirements_of(closure.external, tree.root),
        settings=(),
        secrets=(),
        data_files=(),
        dropped=(
            *findings_in(closure),
            *filled_elsewhere(tree, closure, read),
            *routes_within(assessment, others),
            *hooks_left_behind(tree, assessment.location.path),
            *others_dropped,
        ),
        target=Target.ZIP,
        runtime=RUNTIME,
        architecture=ARCHITECTURE,
        memory_mb=MEMORY_MB,
        timeout_s=TIMEOUT_S,
        seam="http",
    )
    return PlannedSlice(
        plan=plan,
        assessment=assessment,
        entry=found.entry,
        registrations=registered.registrations,
        modules=dict(sorted(modules.items())),
        source_hashes={tree.modules[name].path: tree.modules[name].sha256 for name in sorted(closure.syntax)},
        accepted=accepted,
    )


def _routes(others: Sequence[Assessment]) -> tuple[Trigger, ...]:
    """Routes of other candidates: a decorator that only registers gives back the function as it is."""
    return tuple(trigger for other in others for trigger in other.triggers if trigger.kind is TriggerKind.HTTP)


def _follow(tree: SourceTree, found: Found, read: Callable[[str], ModuleSyntax]) -> Closure:
    if found.unit is not None:
        return follow(tree, {found.module: (found.unit,)}, read)
    syntax = read(found.module)
    needed = {unit: None for name in sorted(found.lifted_uses) for unit in syntax.binders.get(name, ())}
    return follow(tree, {found.module: tuple(needed)}, read)


def _definitions(closure: Closure, found: Found) -> tuple[SlicedDefinition, ...]:
    """Functions, classes and constants of the slice, the candidate's own module first."""
    ordered = sorted(closure.syntax, key=lambda name: (name != found.module, name))
    definitions = [
        SlicedDefinition(
            f"{module}.{'+'.join(sorted(unit.binds))}", unit.location, unit.location.end_line - unit.location.line + 1
        )
        for module in ordered
        for unit in closure.syntax[module].units
        if unit in closure.units[module]
        and unit.kind in (UnitKind.FUNCTION, UnitKind.CLASS, UnitKind.ASSIGNMENT, UnitKind.BLOCK)
    ]
    if found.lifted is not None:
        syntax = closure.syntax[found.module]
        where = syntax.ranges[found.lifted]
        place = Location(syntax.file.path, where.start.line, where.end.line, where.start.column + 1)
        name = f"{found.module}.{found.entry.name}"
        definitions.insert(0, SlicedDefinition(name, place, place.end_line - place.line + 1))
    return tuple(definitions)


def _path(tree: SourceTree, name: str) -> str:
    """Where a module stands below the source folder: by its dotted name, wherever the monolith keeps it."""
    file = tree.modules[name]
    return name.replace(".", "/") + ("/__init__.py" if file.is_package else ".py")


def _check_view(found: Found, views: frozenset[str], assessment: Assessment) -> None:
    if views and views != {found.entry.name}:
        raise Refused(
            f"{assessment.name} answers for other classes: {', '.join(sorted(views))}; "
            "handlers are not made for inherited views yet",
            hint="keep it where it is for now, or give each class its own method",
            location=str(assessment.location),
        )
