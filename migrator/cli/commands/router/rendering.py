"""`migrator router render`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from migrator.cli.commands.router.files import File, RouterOption, file_of
from migrator.cli.terminal import note, say


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

    config = load_router(file_of(file, router))
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
