"""The composition root: which implementation stands behind each port, chosen from flags and configuration.

Everything is imported where it is built, so that a command pays only for what it uses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.bootstrap.analyzing import analyze, analyze_with_model, model_of, source_of
from migrator.bootstrap.graphs import call_graph

if TYPE_CHECKING:
    from migrator.artifacts.seam import Choices, SeamChange
    from migrator.bootstrap.rollouts import (
        Side,
        bonds_of,
        controller,
        figures_of,
        joined,
        open_comparisons,
        open_sides,
        open_state,
        opened_plane,
        weights_sync,
    )
    from migrator.config import Drafted
    from migrator.domain.assessments import Analysis, Assessment
    from migrator.domain.checks import Check
    from migrator.domain.machine import Examination
    from migrator.domain.services import ServiceChoices
    from migrator.model import ProgramModel
    from migrator.plan import PlannedSlice
    from migrator.plan.context import Outcome
    from migrator.source import SourceTree

__all__ = [
    "Side",
    "analyze",
    "analyze_with_model",
    "ask_index",
    "bonds_of",
    "call_graph",
    "context_mend",
    "controller",
    "deploy_command",
    "draft_configuration",
    "examine_machine",
    "figures_of",
    "frameworks",
    "joined",
    "open_comparisons",
    "open_sides",
    "open_state",
    "opened_plane",
    "planned_slice",
    "seam_addition",
    "service_checks",
    "service_choices",
    "source_of",
    "weights_sync",
]


if not TYPE_CHECKING:  # type checkers know these names by the import above

    def __getattr__(name: str) -> object:
        """The rollout half's share, loaded when it is asked for: an analysis has no use for it."""
        from importlib import import_module

        if name in __all__ and name not in globals():
            return getattr(import_module("migrator.bootstrap.rollouts"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def draft_configuration(root: Path) -> Drafted:
    """What `migrator.toml` could say of a monolith; nothing is written yet.

    Raises:
        InputError: it is not a folder, or what stands in the file's place cannot be read.
    """
    from migrator.config import drafted

    return drafted(root)


def frameworks() -> tuple[str, ...]:
    """The frameworks whose registrations the analyzer finds, by name, sorted."""
    from migrator.model.frameworks import FRAMEWORKS

    return tuple(sorted(framework.name for framework in FRAMEWORKS))


def planned_slice(
    root: Path,
    name: str,
    *,
    accept: Mapping[str, str] | None = None,
    strategy: str = "",
    front: str = "http-api",
    handler_needed: bool = True,
    jobs: int = 0,
    config: Path | None = None,
    analyzed: tuple[Analysis, ProgramModel] | None = None,
) -> PlannedSlice:
    """The plan for extracting one candidate.

    Args:
        accept: effects (or `unresolved`) that the user takes on, each with a reason.
        strategy: `function`, `module` or `application`; empty leaves it to the code.
        front: what stands before a route: `http-api`, `rest-api` or `load-balancer`.
        handler_needed: False gives a plan also where no handler can be made as yet.
        analyzed: what `analyze_with_model` says, with lines as they would be without the seam, where it is known already.

    Raises:
        UsageError: no candidate answers to the name, or no effect to one of `accept`.
        Refused: it must not move, or cannot move yet.
        InputError: see `analyze`.
    """
    from migrator.domain.effects import Effect
    from migrator.domain.plans import EventSource, Strategy
    from migrator.errors import UsageError
    from migrator.plan import make_plan

    reasons = dict(accept or {})
    unresolved = reasons.pop("unresolved", "")
    known = {effect.value for effect in Effect}
    if wrong := sorted(set(reasons) - known):
        raise UsageError(
            f"--accept {wrong[0]}: there is no such effect", hint=f"one of: unresolved, {', '.join(sorted(known))}"
        )
    analysis, model = analyzed or analyze_with_model(root, jobs=jobs, config=config, places_on_disk=False)
    tree, settings = source_of(root, config)
    planned = make_plan(
        tree,
        _named(tree, analysis, name),
        others=analysis.candidates,
        accepted={Effect(effect): reason for effect, reason in reasons.items()},
        accepted_unresolved=unresolved,
        front=EventSource(front),
        strategy=Strategy(strategy) if strategy else None,
        settings_module=settings.settings_module,
        handler_needed=handler_needed,
        skipped=analysis.skipped,
        model=model,
    )
    return planned if handler_needed else _with_what_refuses_a_handler(planned)


def _named(tree: SourceTree, analysis: Analysis, name: str) -> Assessment:
    """The candidate that is meant; of a function that is none it is said why."""
    from migrator.errors import UsageError
    from migrator.plan import unreached
    from migrator.verdicts import find

    try:
        return find(analysis.candidates, name, analysis.skipped)
    except UsageError as error:
        raise unreached(tree, analysis.candidates, name) or error from None


def _with_what_refuses_a_handler(planned: PlannedSlice) -> PlannedSlice:
    """The same slice; where no handler can be made for it, that stands first."""
    from dataclasses import replace

    from migrator.artifacts import describe_handler
    from migrator.domain.plans import Target
    from migrator.errors import Refused
    from migrator.plan import undelivered

    if planned.plan.target is Target.NONE:
        return planned
    try:
        describe_handler(planned)
    except Refused as refused:
        return replace(planned, plan=undelivered(planned.plan, refused))
    return planned


def seam_addition(
    root: Path, name: str, choices: Choices, *, jobs: int = 0, config: Path | None = None
) -> tuple[str, SeamChange]:
    """The change that puts the seam in for one candidate, and the candidate's whole name; nothing is written.

    Raises:
        UsageError: no candidate answers to the name, or the seam cannot be imported from where it is wanted.
        Refused: the candidate cannot be routed from legacy code, or nothing was found to route.
        InputError: see `analyze`.
    """
    from migrator.artifacts.seam import add
    from migrator.config import configuration
    from migrator.source import read_tree

    analysis = analyze(root, jobs=jobs, config=config)
    settings = configuration(root, config=config)
    tree = read_tree(root, roots=settings.roots, exclude=settings.exclude)
    found = _named(tree, analysis, name)
    return found.name, add(tree, found, choices)


def context_mend(root: Path, name: str, *, jobs: int = 0, config: Path | None = None) -> tuple[Outcome, SeamChange]:
    """What making a candidate's ambient context explicit does to its verdict and to the files; nothing is written.

    The verdict behind the change is that of a second analysis, of the changed text in memory.

    Raises:
        UsageError: no candidate answers to the name.
        Refused: a file that would change has the seam in it.
        InputError: see `analyze`.
    """
    import hashlib
    from dataclasses import replace

    from migrator.artifacts.seam import SeamChange
    from migrator.artifacts.seam.changes import present
    from migrator.artifacts.seam.reading import Unreadable, decode
    from migrator.errors import Refused
    from migrator.plan.context import context_graph, left_out_texts, mend, outcome
    from migrator.verdicts import assess, find

    tree, settings = source_of(root, config)
    model = model_of(tree, settings, jobs)
    before = find(assess(model), name)
    made = mend(tree, context_graph(model, before), lambda: left_out_texts(tree))
    old: dict[str, bytes | None] = {}
    new: dict[str, bytes | None] = {}
    modules = dict(tree.modules)
    for path, text in made.texts.items():
        file = tree.by_path[path]
        old[path] = data = present(tree.root, path) or b""
        try:
            source = decode(data)
        except Unreadable as error:
            raise Refused(f"this file {error}", hint="mend it by hand", location=str(tree.root / path)) from error
        if source.text != file.text or (tree.root / path).is_symlink():
            raise Refused(
                "has the seam in it, or is a link, or has just changed; nothing was done",
                hint="take the seam out first: migrator seam remove",
                location=str(tree.root / path),
            )
        new[path] = changed = source.encode(text)
        modules[file.name] = replace(file, text=text, sha256=hashlib.sha256(changed).hexdigest())
    again = model_of(replace(tree, modules=modules), settings, jobs) if new else model
    return outcome(again, made, before), SeamChange(tree.root, new, old, ())


def service_choices(root: Path, config: Path | None = None) -> ServiceChoices:
    """What `migrator.toml` chooses about the services that are generated.

    Raises:
        InputError: the configuration cannot be read, or has mistakes.
    """
    from migrator.config import configuration

    return configuration(root, config=config).service


def ask_index(planned: PlannedSlice) -> PlannedSlice:
    """Let pip's index say on which architecture, and in which kind of package, a slice can be deployed.

    Raises:
        Refused: no handler can be made for it.
    """
    from migrator.adapters.packages import PipIndex
    from migrator.artifacts import deployed

    return deployed(planned, PipIndex(fetch=True))


def service_checks(
    folder: Path,
    root: Path | None = None,
    *,
    ask_index: bool = False,
    measure: bool = False,
    programs: bool = False,
    ask_advisories: bool = False,
    only: Sequence[str] = (),
    skip: Sequence[str] = (),
) -> Iterator[Check]:
    """Run every check of a service folder; each is handed out as it ends, in their order.

    Args:
        root: the monolith, if it is not where the service was generated from.
        ask_index: also ask pip's index about the requirements.
        measure: also start the function on the local Lambda, for figures.
        programs: also run programs of others: checkov, parliament, cloudsplaining, check-jsonschema, pip-audit.
        ask_advisories: let pip-audit ask the advisory service.
        only: names of the checks that are run; none for all.
        skip: names of those that are not.

    Raises:
        InputError: it is not a service folder.
        UsageError: there is no check of that name among those that would run.
    """
    from migrator.adapters.checks import checks, run_checks
    from migrator.adapters.packages import PipIndex
    from migrator.artifacts import load_manifest
    from migrator.errors import InputError, UsageError

    if not folder.is_dir() or (load_manifest(folder) is None and not (folder / "template.yaml").is_file()):
        raise InputError(
            "this is not a service folder",
            hint="make one with: migrator extract NAME --root PATH -o DIR",
            location=str(folder),
        )
    index = PipIndex(fetch=True) if ask_index else None
    known = tuple(checks(root, index, measured=measure, programs=programs))
    for name in (*only, *skip):
        if name not in known:
            raise UsageError(f"there is no check {name!r}", hint=f"the checks are: {', '.join(known)}")
    left_out = {*skip, *(name for name in known if only and name not in only)}
    return run_checks(
        folder, root, index, measured=measure, programs=programs, advisories=ask_advisories, left_out=left_out
    )


def deploy_command(folder: Path) -> str:
    """The command that deploys a service folder, or an empty string where its template cannot be translated."""
    from migrator.adapters.checks.deploying import deploy_command

    return deploy_command(folder)


def examine_machine(root: Path, config: Path | None = None) -> Examination:
    """What this machine has of what the program uses, and where each setting comes from.

    Args:
        root: the monolith whose settings hold.
        config: `migrator.toml`, if it is not the one in the folder.
    """
    import datetime
    import os

    from migrator.adapters.machine import examine
    from migrator.config import configuration
    from migrator.domain.machine import Examination, Part, Presence
    from migrator.errors import MigratorError

    found = examine(datetime.date.today(), os.environ, Path.home())
    try:
        settings = configuration(root, config=config)
    except MigratorError as error:
        wrong = Part("migrator.toml", "settings", Presence.BROKEN, str(error), "analysis and plan", error.hint)
        return Examination((*found.parts, wrong))
    read = f"read from {settings.path}" if settings.path is not None else "there is none; defaults hold"
    origins = "; ".join(f"{name}: {origin}" for name, origin in sorted(settings.origins.items()))
    return Examination((*found.parts, Part("migrator.toml", "settings", Presence.PRESENT, f"{read} ({origins})")))
