"""`migrator router sync`: fill the seam's file of weights from where they are kept for several hosts."""

from __future__ import annotations

from typing import Annotated

import typer

from migrator.cli.commands.router.files import File, RouterOption, file_of
from migrator.cli.options import DryRun, Format, Json, OutputFormat, wants_json
from migrator.cli.terminal import note, print_json, say


def sync(
    file: File = None,
    router: RouterOption = None,
    every: Annotated[
        str,
        typer.Option(
            "--every", metavar="DURATION", help="Go on, and look again after each; left out: once.", show_default=False
        ),
    ] = "",
    dry_run: DryRun = False,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
) -> None:
    """Fill the file that the seam reads from S3, Parameter Store or AppConfig, in one step and only with what is good.

    What cannot be read, or is no file of weights, changes nothing: the seam goes on with the last good one. With --every
    such a failure is said and the next look comes all the same; without it the exit code says it.
    """
    from migrator.bootstrap import weights_sync
    from migrator.cli.rollout_session import seconds
    from migrator.errors import MigratorError
    from migrator.router import load_router

    pause = seconds("--every", every) if every else 0.0
    as_json = wants_json(format, json)
    looker = weights_sync(load_router(file_of(file, router)), dry_run=dry_run)
    with looker:
        while True:
            try:
                synced = looker.look()
            except MigratorError as error:
                if not pause:
                    raise
                note(str(error))
            else:
                if as_json:
                    print_json({"file": synced.file, "source": synced.source, "changed": synced.changed})
                elif synced.changed or not pause:
                    say(f"{synced.file}: {'filled from' if synced.changed else 'is what stands in'} {synced.source}")
            if not pause:
                return
            looker.wait(pause)
