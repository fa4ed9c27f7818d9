"""`migrator check DIR`: check a service folder."""

from __future__ import annotations

import shlex
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from migrator.cli.options import AskIndex, Json, Quiet
from migrator.cli.route_completion import service_folders
from migrator.cli.terminal import note, print_json, say
from migrator.domain.checks import FailOn

app = typer.Typer(rich_markup_mode=None, add_completion=False)


class CheckFormat(StrEnum):
    """How the report is written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


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


@app.command(
    epilog="Examples:  migrator check services/tax    migrator check services/tax --format sarif --fail-on warning"
)
def check(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", autocompletion=service_folders, help="A folder that `migrator extract` wrote."),
    ],
    root: Monolith = None,
    fail_on: Annotated[
        FailOn,
        typer.Option(
            "--fail-on", help="From what on the exit is 1; unknown: also where a check could not say anything."
        ),
    ] = FailOn.ERROR,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="NAME", help="Run this check alone; may be said again.")
    ] = None,
    skip: Annotated[
        list[str] | None, typer.Option("--skip", metavar="NAME", help="Leave this check out; may be said again.")
    ] = None,
    ask_index: AskIndex = False,
    ask_advisories: Annotated[
        bool, typer.Option("--ask-advisories", help="Let pip-audit ask the advisory service about the requirements.")
    ] = False,
    measure: Measure = False,
    format: Annotated[
        CheckFormat,
        typer.Option(
            "--format",
            help="text for people, json for programs, sarif for code hosts, github for annotations in GitHub Actions.",
        ),
    ] = CheckFormat.TEXT,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Check a service folder, and print the command that deploys it.

    Looks at the manifest (also which files of the monolith have changed since), Python, requirements, the template (SAM
    translator, cfn-lint, limits of AWS, checkov), what its roles may do (parliament, cloudsplaining), pipelines,
    advisories, and runs its own tests. A program that is not there, or a service that may not be asked, leaves its check
    unknown. Nothing is changed, and nothing outside this machine is asked without --ask-index or --ask-advisories.
    """
    from migrator import __version__, bootstrap
    from migrator.artifacts import load_manifest
    from migrator.cli.formats.check_sarif import sarif_of
    from migrator.cli.formats.check_text import check_lines, closing_lines
    from migrator.documents.check import CODEC
    from migrator.domain.checks import Check, CheckOutcome, CheckReport
    from migrator.errors import MigratorError

    form = CheckFormat.JSON if json else format
    done: list[Check] = []
    for each in bootstrap.service_checks(
        folder,
        root,
        ask_index=ask_index,
        measure=measure,
        programs=True,
        ask_advisories=ask_advisories,
        only=only or (),
        skip=skip or (),
    ):
        done.append(each)
        silent = quiet and each.outcome is CheckOutcome.PASSED and not each.findings
        if form is CheckFormat.TEXT and not silent:
            say("\n".join(check_lines(each, folder)))
    try:
        manifest = load_manifest(folder)
    except MigratorError:  # told by its check
        manifest = None
    candidate = manifest.candidate if manifest is not None else ""
    report = CheckReport(str(folder), candidate, tuple(done), bootstrap.deploy_command(folder))
    if form is CheckFormat.JSON:
        print_json(CODEC.dump(report))
    elif form is CheckFormat.SARIF:
        print_json(sarif_of(report, __version__))
    elif form is CheckFormat.GITHUB:
        from migrator.cli.formats.check_github import annotations_of, summary_of
        from migrator.cli.formats.github_annotations import print_annotations, write_summary

        print_annotations(annotations_of(report), rest=shlex.join(["migrator", "check", str(folder)]))
        write_summary(summary_of(report))
    elif not quiet:
        for line in closing_lines(report):
            note(line)
    if report.reaches(fail_on):
        raise typer.Exit(1)
