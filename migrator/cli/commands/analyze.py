"""`migrator analyze PATH`: find the event-shaped functions of a monolith and say which may move."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from migrator.cli.completion import remember_candidates
from migrator.cli.options import Config, Jobs, Json, NoColor, Quiet, Reported, ReportFormat, wants_json
from migrator.cli.terminal import print_json, working

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
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The monolith: a folder, or one file.")],
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

    Nothing of the monolith is imported or run. Functions are ranked: 1 is the one to move first.
    """
    from migrator import bootstrap
    from migrator.errors import UsageError

    if fail_on and fail_on not in _WORST_FIRST:
        raise UsageError(f"--fail-on {fail_on!r} is no verdict", hint=f"one of {', '.join(_WORST_FIRST)}")
    with working(f"analyzing {path}", quiet=quiet):
        analysis = bootstrap.analyze(path, jobs=jobs, knowledge=tuple(knowledge or ()), config=config)
    remember_candidates(path, (candidate.name for candidate in analysis.candidates))
    at_fault = _WORST_FIRST[: _WORST_FIRST.index(fail_on) + 1] if fail_on else ()
    failing = [candidate for candidate in analysis.candidates if candidate.verdict in at_fault]
    if wants_json(format, json):
        from migrator.documents.analysis import CODEC

        print_json(CODEC.dump(analysis))
    elif format is ReportFormat.GITHUB:
        from migrator.cli.formats.analysis_github import annotations_of, summary_of
        from migrator.cli.formats.github_annotations import print_annotations, write_summary

        print_annotations(
            annotations_of(analysis, failing), rest=shlex.join(["migrator", "analyze", str(path), "--json"])
        )
        write_summary(summary_of(analysis))
    else:
        from migrator.cli.formats.analysis_text import write_analysis, write_table
        from migrator.cli.formats.page import stdout_page

        page = stdout_page(no_color=no_color)
        if show_all:
            write_table(page, analysis)
        else:
            write_analysis(page, analysis, looked_for=bootstrap.frameworks(), quiet=quiet)
    if failing:
        raise typer.Exit(1)
