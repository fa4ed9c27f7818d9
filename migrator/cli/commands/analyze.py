"""`migrator analyze PATH...`: find the event-shaped functions of a monolith, or of many, and say which may move."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli.baseline_options import (
    BaselineFile,
    Failed,
    FailOn,
    WriteBaseline,
    compared,
    failed,
    kept,
    limits_of,
    renew,
    tell_failed,
)
from migrator.cli.cache_options import NoCache, analysis_cache
from migrator.cli.completion import remember_candidates
from migrator.cli.options import AnalysisFormat, Analyzed, Config, Jobs, Json, NoColor, Quiet
from migrator.cli.progress import progress_shown
from migrator.cli.terminal import inert, print_json
from migrator.cli.usage_options import TrafficLogs, check_logs, with_usages
from migrator.domain.wording import count

if TYPE_CHECKING:
    from migrator.domain.reports import Report, Unanalyzed
    from migrator.errors import InputError

app = typer.Typer(rich_markup_mode=None, add_completion=False)

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
    fail_on: FailOn = None,
    baseline: BaselineFile = None,
    write_baseline: WriteBaseline = False,
    traffic: TrafficLogs = None,
    knowledge: Knowledge = None,
    config: Config = None,
    jobs: Jobs = 0,
    no_cache: NoCache = False,
    format: Analyzed = AnalysisFormat.TEXT,
    json: Json = False,
    no_color: NoColor = False,
    quiet: Quiet = False,
) -> None:
    """Find the event-shaped functions of a monolith and say which may move.

    Nothing of the monolith is imported or run. Functions are ranked: 1 is the one to move first. Several repositories are
    ranked together, each by its own migrator.toml; one that cannot be analyzed is named at the end, and the exit code is 3.
    """
    from dataclasses import replace

    from migrator.bootstrap.fleets import analyze_fleet

    check_logs(traffic)
    limits = limits_of(fail_on, baseline=baseline, write=write_baseline)
    before = kept(baseline, paths, write=write_baseline)
    named = str(paths[0]) if len(paths) == 1 else count(len(paths), "repository", "repositories")
    with progress_shown(named, quiet=quiet) as progress:
        report = analyze_fleet(
            paths,
            jobs=jobs,
            knowledge=tuple(knowledge or ()),
            config=config,
            progress=progress,
            cache=analysis_cache(no_cache=no_cache),
        )
    report = replace(report, analyses=with_usages(report.analyses, traffic, quiet=quiet))
    for analysis in report.analyses:
        remember_candidates(Path(analysis.root), (candidate.name for candidate in analysis.candidates))
    report = compared(report, before, baseline)
    found = failed(report, limits)
    form = AnalysisFormat.JSON if json else format
    if form is AnalysisFormat.TEXT:
        from migrator.cli.formats.page import stdout_page
        from migrator.cli.formats.report_text import write_report

        write_report(stdout_page(no_color=no_color), report, show_all=show_all, quiet=quiet)
    else:
        _FORMATS[form](report, found, shlex.join(["migrator", "analyze", *map(str, paths), "--json"]))
    if found and form is not AnalysisFormat.GITHUB:
        tell_failed(found)
    if write_baseline and baseline is not None and not found:
        renew(report, before, baseline)
    if report.failed:
        raise not_analyzed(report.failed)
    if found:
        raise typer.Exit(1)


def _json(report: Report, found: Failed, _: str) -> None:
    from migrator.cli.formats.analysis_json import document_of

    print_json(document_of(report, found.changes))


def _github(report: Report, found: Failed, rest: str) -> None:
    from migrator.cli.formats import changes_github
    from migrator.cli.formats.analysis_github import report_annotations, report_summary
    from migrator.cli.formats.github_annotations import print_annotations, write_summary

    if report.changes is None:
        print_annotations(report_annotations(report, found.candidates), rest=rest)
        write_summary(report_summary(report))
    else:
        print_annotations(changes_github.annotations_of(report, found.changes, found.candidates), rest=rest)
        write_summary(changes_github.summary_of(report))


def _sarif(report: Report, _: Failed, __: str) -> None:
    from migrator import __version__
    from migrator.cli.formats.analysis_sarif import sarif_of

    print_json(sarif_of(report, __version__))


def _markdown(report: Report, _: Failed, __: str) -> None:
    import sys

    from migrator.cli.formats.analysis_markdown import markdown_of

    sys.stdout.write(inert(markdown_of(report)))


_FORMATS: Mapping[AnalysisFormat, Callable[[Report, Failed, str], None]] = {
    AnalysisFormat.JSON: _json,
    AnalysisFormat.GITHUB: _github,
    AnalysisFormat.SARIF: _sarif,
    AnalysisFormat.MARKDOWN: _markdown,
}
"""What writes the others to stdout: a report, what it fails on, and the command that shows all of it."""


def not_analyzed(failed: Sequence[Unanalyzed]) -> InputError:
    """What ends a run whose report is made of the other repositories."""
    from migrator.errors import InputError

    reasons = "".join(f"\n  {one.reason}" for one in failed)
    return InputError(
        f"{count(len(failed), 'repository', 'repositories')} could not be analyzed:{reasons}",
        hint=next((one.hint for one in failed if one.hint), ""),
    )
