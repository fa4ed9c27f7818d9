"""`migrator router`: validate, render, show and apply the router configuration."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from migrator.cli.options import DryRun, Format, Json, OutputFormat, Yes, wants_json
from migrator.cli.terminal import note, print_json, say

if TYPE_CHECKING:
    from migrator.bootstrap import Side
    from migrator.domain.json import JsonValue
    from migrator.router import RouterConfig
    from migrator.router.changes import Change

app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=False,
    epilog="Examples:  migrator router validate router.yaml    migrator router apply router.yaml --dry-run",
)

DEFAULT = Path("router.yaml")

File: TypeAlias = Annotated[
    Path | None,
    typer.Argument(metavar="FILE", help="The router configuration.  [default: router.yaml]", show_default=False),
]
RouterOption: TypeAlias = Annotated[
    Path | None, typer.Option("--router", metavar="FILE", help="The same as FILE.", show_default=False)
]
Directory: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--directory",
        metavar="DIR",
        help="The folder of the running Envoy.  [default: below XDG_STATE_HOME]",
        show_default=False,
    ),
]


@app.callback()
def _group() -> None:
    """Validate, render, show and apply the router configuration: which share of which calls goes to Lambda."""


@app.command(epilog="Examples:  migrator router validate    migrator router validate router.yaml --json")
def validate(
    file: File = None, router: RouterOption = None, format: Format = OutputFormat.TEXT, json: Json = False
) -> None:
    """Check a router configuration and print every mistake with its line and column; exits 3 when there is one."""
    from migrator.router import RouterError, load_router

    path = _path(file, router)
    try:
        config = load_router(path)
    except RouterError as error:
        if wants_json(format, json):
            mistakes: list[JsonValue] = [
                {"line": one.line, "column": one.column, "key": one.key, "message": one.message}
                for one in error.mistakes
            ]
            print_json({"file": error.source, "valid": False, "routes": None, "mistakes": mistakes})
        else:
            for line in error.lines:
                say(line)
            note(f"{_counted(len(error.mistakes), 'mistake')} in {error.source}")
        raise typer.Exit(error.exit_code) from None
    if wants_json(format, json):
        print_json({"file": str(path), "valid": True, "routes": len(config.entries), "mistakes": []})
    else:
        say(f"{path}: ok, {_counted(len(config.entries), 'route')}")


@app.command(epilog="Examples:  migrator router render    migrator router render router.yaml -o envoy")
def render(
    file: File = None,
    router: RouterOption = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="DIR", help="Write the files there.", show_default=False),
    ] = None,
) -> None:
    """Print Envoy's configuration as JSON, or write its files and print the command that starts Envoy on them.

    Files that a running Envoy reads are not touched: that is what apply is for. Where the folder has files already,
    their weights stay: they are the last that were live. The weight keys are the runtime keys by which a weight can
    be set on Envoy's admin port by hand, in parts of 10,000; forced is 100, or 0 where the canary has none.
    """
    import shlex

    from migrator.adapters.dataplanes.envoy import (
        default_directory,
        render_files,
        rendered_text,
        start_command,
        write_files,
    )
    from migrator.adapters.envoy.directory import PlaneDirectory
    from migrator.adapters.envoy.names import names_of
    from migrator.router import load_router

    config = load_router(_path(file, router))
    if output is None:
        folder = PlaneDirectory(default_directory(config.http_plane.admin))
        keys = {entry.name: names_of(entry.name) for entry in config.routes}
        shown = rendered_text(
            {
                "directory": str(folder.path),
                "weight_keys": {
                    name: {"canary": one.canary_key, "legacy": one.legacy_key, "forced": one.forced_key}
                    for name, one in keys.items()
                },
                "files": render_files(config, folder),
            }
        )
        say(shown)
        return
    folder = PlaneDirectory(output.resolve())
    command = start_command(folder)
    for path in write_files(config, folder):
        note(f"wrote {path}")
    say(shlex.join(command))


@app.command(epilog="Examples:  migrator router show    migrator router show router.yaml --json")
def show(
    file: File = None,
    router: RouterOption = None,
    directory: Directory = None,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
) -> None:
    """Show each route as configured and as live on the data plane."""
    from migrator.cli.formats.router_text import json_routes, show_lines
    from migrator.router import load_router

    config = load_router(_path(file, router))
    changes = [change for _, found in _compare(config, directory) for change in found]
    if wants_json(format, json):
        plane = config.plane
        shown: JsonValue = (
            {"kind": plane.kind, "admin": plane.admin, "listen": plane.listen} if plane is not None else None
        )
        seam: JsonValue = {"weights": str(config.weights_file)} if config.seam is not None else None
        print_json({"plane": shown, "seam": seam, "routes": json_routes(changes)})
        return
    for line in show_lines(changes):
        say(line)


@app.command(epilog="Examples:  migrator router apply --dry-run    migrator router apply router.yaml --yes")
def apply(
    file: File = None,
    router: RouterOption = None,
    directory: Directory = None,
    weights: Annotated[
        bool, typer.Option("--weights", help="Also set live weights to those of the file; else they stay.")
    ] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
) -> None:
    """Make the running data plane serve the routes of the file, after showing what would change.

    Weights that are live stay as they are unless --weights is given: a rollout may have moved them, or rolled them
    back. When the file has a mistake, or the plane refuses it, what runs keeps running.
    """
    from migrator.cli.formats.router_text import json_routes, plan_lines
    from migrator.domain.routes import Weight
    from migrator.router import load_router

    config = load_router(_path(file, router))
    as_json = wants_json(format, json)
    compared = _compare(config, directory)
    changes = [change for _, found in compared for change in found]
    plan = list(plan_lines(changes, weights=weights))
    for line in plan:
        (note if as_json else say)(line)
    todo = [line for line in plan if not line.startswith(" ")]
    if not todo and not as_json:
        say("nothing to do: what is live is what the file says")
    if todo and not dry_run:
        _confirm(yes)
        for side, found in compared:
            side.ensure_all()
            for change in found if weights else ():
                if change.weight_differs and change.configured is not None:
                    side.plane.shift(change.route.name, Weight(change.configured))
            if not as_json:
                say(f"applied to {side.shown}: {_counted(len(side.routes), 'route')}")
    if as_json:
        print_json({"applied": bool(todo) and not dry_run, "routes": json_routes(changes)})


def _path(file: Path | None, router: Path | None) -> Path:
    from migrator.errors import UsageError

    if file is not None and router is not None and file != router:
        raise UsageError(f"two files are named: {file} and --router {router}")
    return file or router or DEFAULT


def _compare(config: RouterConfig, directory: Path | None) -> list[tuple[Side, tuple[Change, ...]]]:
    """Each plane of the configuration with what differs on it."""
    from migrator.bootstrap import open_sides
    from migrator.router.changes import compare_routes

    found = []
    for side in open_sides(config, directory):
        live = side.plane.routes()
        weights = {name: weight for name in live if (weight := side.plane.weights(name)) is not None}
        resolution = side.plane.capabilities.resolution
        found.append((side, compare_routes(side.routes, live, weights, resolution=resolution)))
    return found


def _confirm(yes: bool) -> None:
    import sys

    from migrator.errors import UsageError

    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("nobody can be asked here", hint="look at the plan with --dry-run, then say --yes")
    typer.confirm("apply this?", abort=True, err=True)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
