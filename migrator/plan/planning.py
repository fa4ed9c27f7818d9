"""Decides what travels with a candidate and where it will run.

In: a `SourceTree`, the candidate's `Assessment`, the other assessments of the same analysis. Out: a
`PlannedSlice`. Whether it may move at all is `refusals`, how events reach it `delivering`, how much travels `cutting`,
the text `rewrite`.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from migrator.collector import without_collector
from migrator.domain.assessments import Assessment, Skipped
from migrator.domain.effects import Effect
from migrator.domain.plans import Boot, Dropped, EventSource, Plan, Strategy, Target
from migrator.domain.sdk_calls import SdkUse
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.errors import InputError, Refused
from migrator.model import ProgramModel
from migrator.plan.absent import in_the_way, unread_behind, unread_modules
from migrator.plan.around.cross_origin import said_of_origins
from migrator.plan.around.left import left_around
from migrator.plan.booting.boot_text import boot_text
from migrator.plan.definitions import definitions_of
from migrator.plan.delivery.deliveries import Convention, Delivery
from migrator.plan.delivery.delivering import FRONTS, Delivering, delivering
from migrator.plan.delivery.sends_within import with_sends_within
from migrator.plan.encodings import saying_utf8
from migrator.plan.language import newer_syntax
from migrator.plan.looking.imports import ImportTree
from migrator.plan.memory import memory_of
from migrator.plan.outside.data_files import data_files
from migrator.plan.outside.told import read_outside
from migrator.plan.refusals import NETWORK, refuse_object_mapper, refuse_unfit, unneeded
from migrator.plan.registrations import LOOKED_UP, read_registrations
from migrator.plan.requirements import TargetEnvironment, requirements_of
from migrator.plan.slices import PlannedSlice, Registration
from migrator.plan.slicing.candidates import Found, find_candidate
from migrator.plan.slicing.carried import Carried, carried_by
from migrator.plan.slicing.cutting import cut
from migrator.plan.slicing.findings import findings_in
from migrator.plan.slicing.import_time import import_time
from migrator.plan.slicing.reading import Readings
from migrator.plan.slicing.rewrite import rewrite
from migrator.plan.slicing.surroundings import filled_elsewhere, routes_within
from migrator.plan.slicing.syntax import ModuleSyntax, Unit
from migrator.plan.slicing.third_party import ThirdParty
from migrator.plan.undelivered import told
from migrator.source import SourceTree

RUNTIME = "python3.13"
ARCHITECTURE = "arm64"
# An HTTP API gives up after 30 s (its hard limit); a handler that takes longer answers nobody.
TIMEOUT_S = 29
# Nobody waits for an answer: long enough for a slow neighbor, a third of the 900 s after which Lambda ends a run.
BACKGROUND_TIMEOUT_S = 300
_SEAMS = {
    **dict.fromkeys(FRONTS, "http"),
    EventSource.QUEUE: "task",
    EventSource.SCHEDULE: "schedule",
}


@without_collector()
def make_plan(
    tree: SourceTree,
    assessment: Assessment,
    *,
    others: Sequence[Assessment] = (),
    accepted: Mapping[Effect, str] | None = None,
    accepted_unresolved: str = "",
    front: EventSource = EventSource.HTTP_API,
    strategy: Strategy | None = None,
    settings_module: str = "",
    handler_needed: bool = True,
    imports: ImportTree | None = None,
    readings: Readings | None = None,
    skipped: Sequence[Skipped] = (),
    model: ProgramModel | None = None,
) -> PlannedSlice:
    """Plan the extraction of one candidate.

    Args:
        others: the other candidates of the analysis, whose registrations do not travel either.
        accepted: effects that the user takes on, each with a reason.
        accepted_unresolved: why the unresolved calls are harmless, where the verdict is unproven.
        front: what stands before a route: an HTTP API, a REST API or a load balancer.
        strategy: how much travels; None leaves it to the code (see `cutting`).
        settings_module: Django's, where the user names it.
        handler_needed: False gives a plan also where no handler can be made as yet; its target is `none` then.
        imports: of the same tree, where several of its candidates are planned.
        readings: of the same imports.
        skipped: files that the analysis could not read.
        model: of the same tree; without it, nothing is said of the calls of the cloud's SDK.

    Raises:
        Refused: the candidate must not move, or cannot move yet; the message says what to do.
        InputError: a module that is needed cannot be read or parsed.
    """
    imports = imports or ImportTree(tree)
    unread = unread_modules(tree, skipped)
    accepted = dict(accepted or {})
    refuse_unfit(assessment, accepted, accepted_unresolved, partial(unread_behind, imports, unread))
    in_vain = unneeded(assessment, accepted)
    accepted = {effect: reason for effect, reason in accepted.items() if effect not in in_vain}
    moved, undelivered = _moved(tree, assessment, front, handler_needed=handler_needed)
    delivery = moved.delivery
    routes = [*moved.left_behind, *(trigger.location for trigger in _routes(others, assessment))]
    read = (readings or Readings(imports)).reader(routes)
    by_route = delivery.source in FRONTS
    registered = read_registrations(tree, moved.triggers if by_route else (), read)
    found = find_candidate(tree, assessment, read)
    if found.entry.method:
        _check_view(found, registered.views, assessment)
    made = cut(
        tree,
        found.module,
        _start(found, read, delivery, _routing(tree, moved) if strategy is not Strategy.FUNCTION else ()),
        read,
        wanted=strategy,
        settings_module=settings_module,
        imports=imports,
        jobs=_jobs(others),
    )
    closure = made.closure
    obstacle = in_the_way(imports, unread, made.external, made.missing)
    external = (*made.external, *(ThirdParty(module, assessment.location) for module in delivery.external))
    if made.strategy is Strategy.FUNCTION and strategy is Strategy.FUNCTION:
        refuse_object_mapper(assessment, accepted, [imported.module for imported in external])
    needed = requirements_of(
        external, tree.root, TargetEnvironment(RUNTIME.removeprefix("python"), ARCHITECTURE), imports.guard
    )
    modules = {_path(tree, name): tree.modules[name].text for name in made.whole.names}
    if found.module in made.whole.names:
        modules[_path(tree, found.module)] = _whole_home(read(found.module), found)
    if made.boot is not None:
        _refuse_taken(tree, made.boot, assessment)
        modules[f"{made.boot.module}.py"] = boot_text(made.boot)
    modules |= {
        _path(tree, name): rewrite(
            syntax,
            closure.units[name],
            stars={unit: names for unit, names in closure.stars.items() if unit in closure.units[name]},
            lifted=[found.lifted] if found.lifted is not None and name == found.module else [],
        )
        for name, syntax in closure.syntax.items()
    }
    obstacle = obstacle or newer_syntax(
        {tree.modules[name].path: tree.modules[name].text for name in made.modules}, RUNTIME
    )
    if obstacle is not None:
        if handler_needed or isinstance(obstacle, InputError):
            raise obstacle
        undelivered = (*undelivered, told(obstacle, "the slice"))
    carried = carried_by(imports, made, found)
    delivery = with_sends_within(delivery, tree, carried.values(), assessment, moved.triggers)
    frameworks = [trigger.framework for trigger in moved.triggers if by_route]
    around = left_around(imports, carried, assessment.location.path, frameworks, made.boot)
    origins = said_of_origins(imports, carried, frameworks, made.boot, delivery.source)
    files = data_files(imports, carried, made.boot.kind if made.boot is not None else None)
    outside = read_outside(carried, made.boot)
    others_dropped = tuple(
        Dropped(f"{trigger.location}: {trigger.kind.value} trigger", "stays with the legacy application")
        for trigger in assessment.triggers
        if trigger not in moved.triggers
    )
    plan = Plan(
        candidate=assessment.name,
        strategy=made.strategy,
        definitions=definitions_of(tree, made, found),
        modules=(found.module, *(name for name in made.modules if name != found.module)),
        requirements=needed.requirements,
        settings=outside.settings,
        secrets=outside.secrets,
        data_files=tuple(sorted(files.paths.values())),
        dropped=(
            *undelivered,
            *(
                Dropped(f"--accept {each}", "there is nothing to take on: not found in this function")
                for each in in_vain
            ),
            *made.dropped,
            *made.whole.dropped,
            *files.dropped,
            *findings_in(closure),
            *needed.findings,
            *filled_elsewhere(imports, made, read),
            *routes_within(assessment, others),
            *around.others,
            *origins.dropped,
            *delivery.dropped,
            *others_dropped,
        ),
        target=Target.NONE if undelivered else Target.ZIP,
        runtime=RUNTIME,
        architecture=ARCHITECTURE,
        memory_mb=memory_of(assessment, made.strategy).mb,
        timeout_s=_timeout_s(delivery),
        seam="none" if undelivered else _SEAMS.get(delivery.source, "none"),
        source=delivery.source,
        kept=(*delivery.kept, *origins.kept),
        network=bool(assessment.effect_names & NETWORK),
        because=made.because,
        boot=made.boot,
        access_checks=around.checks,
        import_time=import_time(carried, closure),
        sdk=_sdk(model, assessment, carried),
        cross_origin=origins.rules,
    )
    return PlannedSlice(
        plan=plan,
        assessment=assessment,
        entry=found.entry,
        registrations=registered.registrations or tuple(Registration(trigger) for trigger in moved.triggers),
        modules={path: saying_utf8(text) for path, text in sorted(modules.items())},
        source_hashes={
            **{tree.modules[name].path: tree.modules[name].sha256 for name in made.modules},
            **{path: hashlib.sha256(files.contents[target]).hexdigest() for target, path in files.paths.items()},
        },
        accepted=accepted,
        delivery=delivery,
        data=files.contents,
    )


def _moved(
    tree: SourceTree, assessment: Assessment, front: EventSource, *, handler_needed: bool
) -> tuple[Delivering, tuple[Dropped, ...]]:
    """How events reach the function; without a handler that is called directly, with what stands in the way."""
    try:
        return delivering(tree, assessment, front), ()
    except Refused as refused:
        if handler_needed:
            raise
        why = told(refused, "a handler", str(assessment.location))
        return Delivering(assessment.triggers, Delivery(EventSource.DIRECT, Convention.ARGUMENTS), ()), (why,)


def _sdk(model: ProgramModel | None, assessment: Assessment, carried: Mapping[str, Carried]) -> SdkUse:
    """What the slice asks of the cloud's SDK: the candidate with all that it reaches, and the modules on import."""
    if model is None:
        return SdkUse()
    return model.sdk_use(assessment.name, {name: each.lines for name, each in carried.items()})


def _timeout_s(delivery: Delivery) -> int:
    if delivery.source in FRONTS:
        return TIMEOUT_S
    limit = delivery.queue.time_limit_s if delivery.queue is not None else None
    return BACKGROUND_TIMEOUT_S if limit is None else max(1, math.ceil(limit))


def _routes(others: Sequence[Assessment], own: Assessment) -> tuple[Trigger, ...]:
    """Routes of other candidates: a decorator that only registers gives back the function as it is."""
    apart = (other for other in others if other.name != own.name)
    return tuple(trigger for other in apart for trigger in other.triggers if trigger.kind is TriggerKind.HTTP)


def _jobs(others: Sequence[Assessment]) -> frozenset[tuple[str, int]]:
    """Functions that frameworks call by name; receivers of signals are called by the code that sends them."""
    called = {TriggerKind.QUEUE, TriggerKind.SCHEDULE, TriggerKind.COMMAND}
    return frozenset(
        (other.location.path, other.location.line)
        for other in others
        if any(trigger.kind in called for trigger in other.triggers)
    )


def _routing(tree: SourceTree, moved: Delivering) -> tuple[str, ...]:
    """Modules whose routes a handler looks up in the application's own."""
    places = (each.location.path for each in moved.triggers if each.framework in LOOKED_UP)
    return tuple(dict.fromkeys(tree.by_path[path].name for path in places if path in tree.by_path))


def _start(
    found: Found, read: Callable[[str], ModuleSyntax], delivery: Delivery, routing: Sequence[str]
) -> dict[str, tuple[Unit, ...]]:
    """What travels in any case: the candidate, what its handler names, and the modules that register it."""
    start: dict[str, dict[Unit, None]] = {found.module: {}}
    if found.unit is not None:
        start[found.module][found.unit] = None
    else:
        syntax = read(found.module)
        for name in sorted(found.lifted_uses):
            start[found.module].update(dict.fromkeys(syntax.binders.get(name, ())))
    for module, names in delivery.needed.items():
        binders = read(module).binders
        start.setdefault(module, {}).update({unit: None for name in names for unit in binders.get(name, ())})
    for module in routing:
        start.setdefault(module, {}).update(dict.fromkeys(read(module).units))
    return {module: tuple(units) for module, units in start.items()}


def _whole_home(syntax: ModuleSyntax, found: Found) -> str:
    """The candidate's module with everything in it, but for the registration that stays behind."""
    lifted = [found.lifted] if found.lifted is not None else []
    return rewrite(syntax, frozenset(syntax.units), stars={}, lifted=lifted)


def _path(tree: SourceTree, name: str) -> str:
    """Where a module stands below the source folder: by its dotted name, wherever the monolith keeps it."""
    file = tree.modules[name]
    return name.replace(".", "/") + ("/__init__.py" if file.is_package else ".py")


def _refuse_taken(tree: SourceTree, boot: Boot, assessment: Assessment) -> None:
    if (own := tree.modules.get(boot.module)) is not None:
        raise Refused(
            f"the monolith's {own.path} has the name of the module that starts the application in the slice",
            hint="rename it in the monolith; the slice keeps the monolith's names",
            location=str(assessment.location),
        )


def _check_view(found: Found, views: frozenset[str], assessment: Assessment) -> None:
    if views and views != {found.entry.name}:
        raise Refused(
            f"{assessment.name} answers for other classes: {', '.join(sorted(views))}; "
            "handlers are not made for inherited views yet",
            hint="keep it where it is for now, or give each class its own method",
            location=str(assessment.location),
        )
