"""`migrator doctor`: what this machine has and what it lacks."""

from __future__ import annotations

from pathlib import Path

import typer

from migrator.cli.options import Config, Format, Json, OutputFormat, Quiet, Root, wants_json
from migrator.cli.terminal import note, print_json, say

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command(epilog="Examples:  migrator doctor    migrator doctor --format json")
def doctor(
    root: Root = Path(),
    config: Config = None,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Say what this machine has, what is missing or old, and what to do about it.

    Looks at Python, the requirements, the local stack, programs of others, whether a region and credentials for AWS are
    set (never at their values), how old the facts of the cloud are, and where each setting comes from. Nothing outside
    is asked. Exit 1 when something is missing without which nothing works.
    """
    from migrator import bootstrap
    from migrator.cli.formats.doctor_text import closing_line, examination_lines
    from migrator.documents.doctor import CODEC

    found = bootstrap.examine_machine(root, config)
    if wants_json(format, json):
        print_json(CODEC.dump(found))
    else:
        say("\n".join(examination_lines(found)))
        if not quiet:
            note(closing_line(found))
    if not found.healthy:
        raise typer.Exit(1)
