"""`migrator init`: write a `migrator.toml` from what the monolith's files show."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from migrator.cli.options import DryRun, Force, Format, Json, OutputFormat, Quiet, Root, Yes, wants_json
from migrator.cli.terminal import note, print_json, say, working

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command(
    epilog="Examples:  migrator init --root sample_monolith --dry-run    migrator init --root sample_monolith --yes"
)
def init(
    root: Root = Path(),
    yes: Yes = False,
    dry_run: DryRun = False,
    force: Force = False,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write a migrator.toml from what is found: source roots, frameworks, Django's settings, folders to leave out.

    The file is shown first. One that was written or edited by hand is never overwritten without --force.
    """
    from migrator import bootstrap
    from migrator.errors import Refused, UsageError

    as_json = wants_json(format, json)
    with working(f"looking at {root}", quiet=quiet):
        drafted = bootstrap.draft_configuration(root)
    if dry_run:
        if as_json:
            print_json(drafted.document(written=False))
        else:
            say(drafted.text.rstrip("\n"))
            note(f"{drafted.path}: would be {drafted.state}" if drafted.state != "edited" else _edited(drafted.path))
        return
    if drafted.state == "edited" and not force:
        raise Refused(
            "was written or edited by hand; nothing was changed",
            hint="compare it with `migrator init --dry-run`, or replace it with --force",
            location=str(drafted.path),
        )
    if drafted.state != "unchanged":
        if not quiet:
            note(drafted.text.rstrip("\n"))
        if not yes:
            if not sys.stdin.isatty():
                raise UsageError(
                    "nothing was written: there is nobody to ask", hint="add --yes, or --dry-run to look only"
                )
            if not typer.confirm(f"Write {drafted.path}?", err=True):
                raise typer.Exit(1)
        drafted.write()
    if as_json:
        print_json(drafted.document(written=drafted.state != "unchanged"))
        return
    say(f"{drafted.path}: {'changed' if drafted.state == 'edited' else drafted.state}")
    if not quiet:
        note(f"next: migrator analyze {root}")


def _edited(path: Path) -> str:
    return f"{path}: was written or edited by hand; --force would replace it"
