"""`migrator check DIR`: check a service folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from migrator.cli.options import AskIndex, Format, Json, OutputFormat, Quiet, wants_json
from migrator.cli.terminal import note, print_json, say

app = typer.Typer(rich_markup_mode=None, add_completion=False)


Monolith = Annotated[
    Path | None,
    typer.Option(
        "--root",
        metavar="DIR",
        help="The monolith.  [default: where it was when this was extracted]",
        show_default=False,
    ),
]


Measure = Annotated[
    bool,
    typer.Option("--measure", help="Also measure on the local Lambda: time to start, memory, what imports cost."),
]


@app.command(epilog="Examples:  migrator check services/tax    migrator check services/tax --format json")
def check(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that `migrator extract` wrote.")],
    root: Monolith = None,
    ask_index: AskIndex = False,
    measure: Measure = False,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Check a service folder: manifest, Python, requirements, SAM translator, cfn-lint, its own tests.

    Also says which files of the monolith have changed since the function was cut out of them. Nothing is changed,
    and nothing outside this machine is asked without --ask-index. Exit 1 when a check fails.
    """
    from migrator import bootstrap
    from migrator.artifacts import load_manifest
    from migrator.documents.check import CODEC
    from migrator.domain.checks import Check, CheckOutcome, CheckReport

    as_json = wants_json(format, json)
    done: list[Check] = []
    for each in bootstrap.service_checks(folder, root, ask_index=ask_index, measure=measure):
        done.append(each)
        if not as_json and not (quiet and each.outcome is CheckOutcome.PASSED):
            say(f"{each.outcome.value:8}{each.name:14}{each.summary}  ({each.seconds:.1f} s)")
            for finding in each.findings:
                place = f"{folder / finding.location}: " if finding.location else ""
                say("\n".join(f"  {line}" for line in f"{place}{finding.message}".splitlines()))
                if finding.hint:
                    say(f"    hint: {finding.hint}")
    manifest = load_manifest(folder) if done[0].outcome is CheckOutcome.PASSED else None
    report = CheckReport(str(folder), manifest.candidate if manifest is not None else "", tuple(done))
    if as_json:
        print_json(CODEC.dump(report))
    failed = sum(each.outcome is CheckOutcome.FAILED for each in done)
    if not quiet and not as_json:
        note(f"{len(done) - failed} of {len(done)} checks passed")
    if not report.passed:
        raise typer.Exit(1)
