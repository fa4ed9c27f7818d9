"""`migrator router render`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from migrator.cli.commands.router.files import File, RouterOption, file_of
from migrator.cli.terminal import note, say

if TYPE_CHECKING:
    from migrator.router import RouterConfig


def render(
    file: File = None,
    router: RouterOption = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="DIR", help="Write the files there.", show_default=False),
    ] = None,
) -> None:
    """Print what each plane would be given, as JSON; or write Envoy's files and print the command that starts it.

    Files that a running Envoy reads are not touched: that is what apply is for. Where the folder has files already,
    their weights stay: they are the last that were live. The weight keys are the runtime keys by which a weight can
    be set on Envoy's admin port by hand, in parts of 10,000; forced is 100, or 0 where the canary has none.
    """
    import shlex

    from migrator.adapters.dataplanes.envoy import rendered_text, start_command, write_files
    from migrator.adapters.envoy.directory import PlaneDirectory
    from migrator.router import load_router

    config = load_router(file_of(file, router))
    if output is None:
        say(rendered_text(_rendered(config)))
        return
    folder = PlaneDirectory(output.resolve())
    command = start_command(folder)
    for path in write_files(config, folder):
        note(f"wrote {path}")
    say(shlex.join(command))


def _rendered(config: RouterConfig) -> dict[str, Any]:
    """What each plane of a configuration would be given at the configured weights."""
    found: dict[str, Any] = {}
    if config.plane is not None:
        found.update(_envoy(config))
    if config.balancer is not None:
        from migrator.adapters.dataplanes.alb import rendered_rules

        found["rules"] = rendered_rules(entry.route for entry in config.balancer_routes)
    if config.seam_routes:
        from migrator.adapters.dataplanes.seam import rendered_weights

        found["weights"] = rendered_weights(entry.route for entry in config.seam_routes)
    if config.alias_routes:
        from migrator.adapters.dataplanes.lambda_alias import rendered_aliases

        found["aliases"] = rendered_aliases(entry.route for entry in config.alias_routes)
    return found


def _envoy(config: RouterConfig) -> dict[str, Any]:
    from migrator.adapters.dataplanes.envoy import default_directory, render_files
    from migrator.adapters.envoy.directory import PlaneDirectory
    from migrator.router.envoy_names import names_of

    folder = PlaneDirectory(default_directory(config.http_plane.admin))
    keys = {entry.name: names_of(entry.name) for entry in config.routes}
    return {
        "directory": str(folder.path),
        "weight_keys": {
            name: {"canary": one.canary_key, "legacy": one.legacy_key, "forced": one.forced_key}
            for name, one in keys.items()
        },
        "files": render_files(config, folder),
    }
