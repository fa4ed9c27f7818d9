"""`migrator router apply`: make what carries the calls do what the file says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli.commands.router.files import Directory, File, RouterOption, compared, confirm, counted, file_of
from migrator.cli.options import DryRun, Format, Json, OutputFormat, State, Yes, wants_json
from migrator.cli.terminal import note, print_json, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from migrator.domain.rollouts import RolloutState
    from migrator.rollout.by_route import PlaneByRoute
    from migrator.router import RouterConfig
    from migrator.router.changes import Change


def apply(
    file: File = None,
    router: RouterOption = None,
    directory: Directory = None,
    weights: Annotated[
        bool, typer.Option("--weights", help="Also set live weights to those of the file; else they stay.")
    ] = False,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Where somebody else has set a weight: take it, also into the file.")
    ] = False,
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite",
            help="Where somebody else has set a weight: set the one of before again; forget the fences of rollouts.",
        ),
    ] = False,
    state: State = "",
    yes: Yes = False,
    dry_run: DryRun = False,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
) -> None:
    """Make the running data plane serve the routes of the file, after showing what would change.

    Weights that are live stay as they are unless --weights is given: a rollout may have moved them, or rolled them
    back. When the file has a mistake, or the plane refuses it, what runs keeps running. Where a weight is live that
    was not set through the router, nothing is changed unless --adopt or --overwrite says what to do about it.

    No weight is given that a recorded rollout has not given or asked for: what was rolled back stays at 0, whatever the
    file says. Where the records are kept is said by --state; --overwrite passes over them.
    """
    from contextlib import ExitStack

    from migrator.bootstrap import bonds_of, joined, open_sides
    from migrator.bootstrap.recorded import recorded_rollouts
    from migrator.cli.formats.router_text import json_routes, plan_lines
    from migrator.errors import UsageError
    from migrator.router import load_router

    if adopt and (overwrite or weights):
        raise UsageError("--adopt takes the weights that are live; --overwrite and --weights set others")
    path = file_of(file, router)
    config = load_router(path)
    as_json = wants_json(format, json)
    tell = note if as_json else say
    recorded = {} if overwrite else recorded_rollouts(state, (entry.name for entry in config.entries))
    config, held = _held(config, recorded)
    for line in held.values():
        note(line)
    with ExitStack() as stack:
        sides = open_sides(config, directory)
        plane = joined(sides, bonds_of(config), stack)
        found = compared(sides)
        changes = [change for _, of_side in found for change in of_side]
        drifted = [change for change in changes if change.drifted]
        others = [_settled(change, adopt=adopt) if adopt or overwrite else change for change in changes]
        plan = [*_drift_plan(drifted, adopt=adopt, overwrite=overwrite), *plan_lines(others, weights=weights)]
        if overwrite:
            plan.append(
                "~ every route: begins anew with whatever keeps its rollouts (fences of older records are forgotten)"
            )
        for line in plan:
            tell(line)
        todo = [line for line in plan if not line.startswith(" ")]
        if not todo and not as_json:
            say("nothing to do: what is live is what the file says")
        _refuse_drift(drifted, adopt=adopt, told=adopt or overwrite)
        if todo and not dry_run:
            confirm("apply this?", yes=yes)
            _settle_drift(config, plane, path, drifted, adopt=adopt)
            for side, _ in found:
                side.ensure_all()
            if overwrite:
                _forget_fences(plane, changes)
            if weights:
                _set_weights(config, plane, changes, recorded)
            for side in sides if not as_json else ():
                say(f"applied to {side.shown}: {counted(len(side.routes), 'route')}")
    if as_json:
        print_json({"applied": bool(todo) and not dry_run, "routes": json_routes(changes), "held": held})


def _held(config: RouterConfig, recorded: Mapping[str, RolloutState]) -> tuple[RouterConfig, dict[str, str]]:
    """The configuration without the weights that rollouts do not let be given, and what is said of each."""
    from migrator.bootstrap import bonds_of
    from migrator.rollout.bounding import bounded
    from migrator.router.edit import weighted

    said = {entry.name: entry.route.weight for entry in config.entries}
    bonds, given, lines = bonds_of(config), dict(said), {}
    for name, state in recorded.items():
        weight = bounded(state, said[name])
        if weight >= said[name]:
            continue
        lines[name] = f"{name}: {said[name]:g} % of the file is not given: its rollout is {state.phase} at {weight:g} %"
        for other, moved in bonds.moved(name, weight, said).items():
            given[other] = min(given[other], moved)
    less = {name: weight for name, weight in given.items() if weight < said[name]}
    return (weighted(config, less) if less else config), lines


def _settled(change: Change, *, adopt: bool) -> Change:
    """As it will stand once its drift is settled: adopted weights are also in the file then."""
    from dataclasses import replace

    if not change.drifted:
        return change
    return replace(change, live=change.configured if adopt else change.recorded)


def _drift_plan(drifted: Sequence[Change], *, adopt: bool, overwrite: bool) -> list[str]:
    from migrator.cli.formats.router_text import drift_text, percent

    lines = []
    for change in drifted:
        name = change.route.name
        if adopt:
            lines.append(f"~ {name}: the live weight {percent(change.live)} is taken, also into the file")
        elif overwrite:
            lines.append(f"~ {name}: weight {percent(change.live)} -> {percent(change.recorded)}, which was set last")
        else:
            lines.append(f"! {name}: {drift_text(change)}")
    return lines


def _refuse_drift(drifted: Sequence[Change], *, adopt: bool, told: bool) -> None:
    from migrator.errors import Refused

    strange = [change.route.name for change in drifted if change.strange]
    if strange and adopt:
        raise Refused(
            f"there is no weight of {', '.join(strange)} to take: somebody has pointed it elsewhere",
            hint="set it anew: --overwrite",
        )
    if drifted and not told:
        names = ", ".join(change.route.name for change in drifted)
        raise Refused(
            f"nothing was changed: somebody else has set the weight of {names}",
            hint="take what is live: --adopt; or set what was set last: --overwrite",
        )


def _settle_drift(
    config: RouterConfig, plane: PlaneByRoute, path: Path, drifted: Sequence[Change], *, adopt: bool
) -> None:
    """Take what is live for what was set last, or the other way round; a sticky group goes together."""
    from migrator.domain.routes import Weight
    from migrator.router.changes import State
    from migrator.router.edit import edit_files, set_weights

    # Of what is pointed elsewhere nothing may be known: everything goes to legacy then.
    told = {change.route.name: (change.live if adopt else change.recorded) or 0.0 for change in drifted}
    of_the_file = {change.route.name for change in drifted if change.state is not State.EXTRA}
    if adopt and of_the_file:
        groups = {name: group for group in config.groups.values() for name in group}
        wanted = {other: told[name] for name in of_the_file for other in groups.get(name, (name,))}
        wanted.update({name: told[name] for name in of_the_file})
        edit_files(path, lambda files: set_weights(files, wanted))
    for name, weight in told.items():
        plane.shift(name, Weight(weight), overwrite=True)


def _forget_fences(plane: PlaneByRoute, changes: Sequence[Change]) -> None:
    """Set what is live once more by hand: a store of rollouts that was lost must not lock the planes for its successor."""
    for change in changes:
        live = plane.weights(change.route.name)
        if live is not None:
            plane.shift(change.route.name, live, overwrite=True)


def _set_weights(
    config: RouterConfig, plane: PlaneByRoute, changes: Sequence[Change], recorded: Mapping[str, RolloutState]
) -> None:
    """Set the configured weights, what others depend on first; none that a rollout has taken away since it was looked at."""
    from migrator.domain.routes import Weight
    from migrator.rollout.bounding import fence_of

    above = {entry.name: entry.not_above for entry in config.entries}
    configured = {
        change.route.name: change.configured
        for change in changes
        if change.weight_differs and change.configured is not None
    }
    done: set[str] = set()

    def settle(name: str) -> None:
        if name in done or name not in configured:
            return
        done.add(name)
        for dependency in above.get(name, ()):
            settle(dependency)
        live, wanted = plane.weights(name), configured[name]
        if live is not None and live.canary != wanted:
            record = recorded.get(name)
            by_people = record is not None and record.proposing is not None
            plane.shift(name, Weight(wanted), fence=fence_of(record) if record is not None and by_people else None)

    for name in configured:
        settle(name)
