"""`migrator mend NAME`: turn a candidate's reads of ambient context into parameters."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli.completion import candidate_names
from migrator.cli.options import Config, DryRun, Format, Jobs, Json, OutputFormat, Quiet, Root, Yes, wants_json
from migrator.cli.terminal import note, print_json, say, working

if TYPE_CHECKING:
    from migrator.artifacts.seam import SeamChange
    from migrator.plan.context import Outcome

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command(
    epilog=(
        "Examples:  migrator mend shop.web.catalog.list_products --root sample_monolith --dry-run    "
        "migrator mend slash_command --root sample_monolith --json --dry-run"
    )
)
def mend(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", autocompletion=candidate_names, help="The candidate, as `migrator analyze` names it."
        ),
    ],
    root: Root = Path(),
    yes: Yes = False,
    dry_run: DryRun = False,
    config: Config = None,
    jobs: Jobs = 0,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Turn what a candidate reads of request, session, login and context variables into parameters.

    The function that the framework knows keeps its name and signature, takes the values and hands them to a new one
    that has its body. Reads that cannot be moved safely are listed with the reason and left alone. The verdict that is
    shown is that of another analysis, of the changed text.
    """
    from migrator import bootstrap
    from migrator.artifacts.seam import diff, settle
    from migrator.cli.formats.mend_text import document, gains, next_step

    if not dry_run:
        settle(root)
    with working(f"analyzing {root} as it is and as it would be", quiet=quiet):
        outcome, change = bootstrap.context_mend(root, name, jobs=jobs, config=config)
    as_json = wants_json(format, json)
    if not as_json and (dry_run or not quiet):
        _show(outcome, change, to_stdout=dry_run)
    written = _carry_out(change, yes=yes, dry_run=dry_run)
    if as_json:
        print_json(document(outcome, diff=diff(change), written=written))
        return
    for line in gains(outcome):
        say(line)
    if written and not quiet and (step := next_step(outcome, str(root))):
        note(f"next: {step}")


def _show(outcome: Outcome, change: SeamChange, *, to_stdout: bool) -> None:
    from migrator.artifacts.seam import diff

    tell = say if to_stdout else note
    if text := diff(change).rstrip("\n"):
        tell(text)
    for place in outcome.mend.left:
        tell(f"left as it is: {place.location}: {place.reason}")


def _carry_out(change: SeamChange, *, yes: bool, dry_run: bool) -> bool:
    """Ask, and change the files; whether that was done."""
    from migrator.artifacts.seam import apply
    from migrator.errors import UsageError

    if dry_run or not change.files:
        return False
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("nothing was written: there is nobody to ask", hint="add --yes, or --dry-run to look only")
        files = len(change.files)
        if not typer.confirm(f"Change {files} {'file' if files == 1 else 'files'} below {change.root}?", err=True):
            note("nothing was written")
            raise typer.Exit(1)
    apply(change)
    return True
