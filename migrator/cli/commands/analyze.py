"""`migrator analyze PATH...`: find the event-shaped functions of a monolith, or of many, and say which may move."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli.completion import remember_candidates
from migrator.cli.options import Config, Jobs, Json, NoColor, Quiet, Reported, ReportFormat, wants_json
from migrator.cli.progress import progress_shown
from migrator.cli.terminal import print_json
from migrator.domain.wording import count

if TYPE_CHECKING:
    from migrator.domain.reports import Unanalyzed
    from migrator.errors import InputError

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_WORST_FIRST = ("keep", "refactor", "with-network", "ready")

Knowledge = Annotated[
    list[Path] | None,
    typer.Option("--knowledge", metavar="FILE", help="Own knowledge of libraries (TOML); may be repeated."),
]


@app.command(
    epilog=("Examples:  migrator analyze sample_monolith    migrator analyze sample_monolith --format json --jobs 1")
)
def analyze(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH", help="The monolith: a folder, or one file. Several for a fleet.")
    ],
    show_all: Annotated[bool, typer.Option("--all", help="The whole table instead of the overview.")] = False,
    fail_on: Annotated[
        str,
        typer.Option(
            "--fail-on",
            metavar="VERDICT",
            help="Exit 1 when a candidate has this verdict or a worse one: keep, refactor, with-network, ready.",
        ),
    ] = "",
    knowledge: Knowledge = None,
    config: Config = None,
    jobs: Jobs = 0,
    format: Reported = ReportFormat.TEXT,
    json: Json = False,
    no_color: NoColor = False,
    quiet: Quiet = False,
) -> None:
    """Find the event-shaped functions of a monolith and say which may move.

    Nothing of the monolith is imported or run. Functions are ranked: 1 is the one to move first. Several repositories are
    ranked together, each by its own migrator.toml; one that cannot be analyzed is named at the end, and the exit code is 3.
    """
    from migrator.bootstrap.fleets import analyze_fleet
    from migrator.cli.formats.analysis_json import document_of
    from migrator.errors import UsageError

    if fail_on and fail_on not in _WORST_FIRST:
        raise UsageError(f"--fail-on {fail_on!r} is no verdict", hint=f"one of {', '.join(_WORST_FIRST)}")
    named = paths[0] if len(paths) == 1 else f"{len(paths)} repositories"
    with progress_shown(f"analyzing {named}", quiet=quiet) as progress:
        report = analyze_fleet(paths, jobs=jobs, knowledge=tuple(knowledge or ()), config=config, progress=progress)
    for analysis in report.analyses:
        remember_candidates(Path(analysis.root), (candidate.name for candidate in analysis.candidates))
    at_fault = _WORST_FIRST[: _WORST_FIRST.index(fail_on) + 1] if fail_on else ()
    failing = [pair for pair in report.ranked if pair[1].verdict in at_fault]
    if wants_json(format, json):
        print_json(document_of(report))
    elif format is ReportFormat.GITHUB:
        from migrator.cli.formats.analysis_github import report_annotations, report_summary
        from migrator.cli.formats.github_annotations import print_annotations, write_summary

        rest = shlex.join(["migrator", "analyze", *map(str, paths), "--json"])
        print_annotations(report_annotations(report, failing), rest=rest)
        write_summary(report_summary(report))
    else:
        from migrator.cli.formats.page import stdout_page
        from migrator.cli.formats.report_text import write_report

        write_report(stdout_page(no_color=no_color), report, show_all=show_all, quiet=quiet)
    if report.failed:
        raise not_analyzed(report.failed)
    if failing:
        raise typer.Exit(1)


def not_analyzed(failed: Sequence[Unanalyzed]) -> InputError:
    """What ends a run whose report is made of the other repositories."""
    from migrator.errors import InputError

    reasons = "".join(f"\n  {one.reason}" for one in failed)
    return InputError(
        f"{count(len(failed), 'repository', 'repositories')} could not be analyzed:{reasons}",
        hint=next((one.hint for one in failed if one.hint), ""),
    )
