"""`migrator report PATH...`: what an analysis says, as a page or a document to hand around."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from migrator.cli.baseline_options import BaselineFile, compared, kept
from migrator.cli.cache_options import NoCache, analysis_cache
from migrator.cli.commands.analyze import Knowledge, not_analyzed
from migrator.cli.options import Config, Jobs, Quiet
from migrator.cli.progress import progress_shown
from migrator.cli.report_files import STDOUT, Kind
from migrator.cli.terminal import note
from migrator.cli.usage_options import TrafficLogs, check_logs, with_usages
from migrator.domain.wording import count

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_PAGE = Path("report.html")


@app.command(
    epilog=(
        "Examples:  migrator report sample_monolith -o shop.html    "
        "migrator analyze sample_monolith --json | migrator report - --format markdown"
    )
)
def report(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH",
            help="Folders, which are analyzed, and what `migrator analyze --json` has written; - is standard input.",
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write it there; - is standard output.  [default: report.html for a page, else standard output]",
            show_default=False,
        ),
    ] = None,
    format: Annotated[
        Kind | None,
        typer.Option("--format", help="[default: what the name of FILE says, else html]", show_default=False),
    ] = None,
    root: Annotated[
        Path | None,
        typer.Option(
            "--root",
            metavar="DIR",
            help="Where the code of a document lies, for excerpts on the page.  [default: there are none]",
            show_default=False,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is no report.")] = False,
    baseline: BaselineFile = None,
    traffic: TrafficLogs = None,
    knowledge: Knowledge = None,
    config: Config = None,
    jobs: Jobs = 0,
    no_cache: NoCache = False,
    quiet: Quiet = False,
) -> None:
    """Write what an analysis says as a page to read and search, as Markdown, SARIF, JSON or text.

    Several paths make one report across all of them. The page is one file that needs no network; it shows lines of the
    code, so hand it to those who may read the code. Nothing of a monolith is imported or run.
    """
    import sys
    from dataclasses import replace

    from migrator.bootstrap.reports import report_of
    from migrator.bootstrap.sources import CodeOf, folders_of
    from migrator.cli.formats.report_kinds import text_of
    from migrator.cli.report_files import kind_of, require_writable, write_report_file

    kind = kind_of(format, output)
    check_logs(traffic, others=paths)
    target = output or (_PAGE if kind is Kind.HTML else STDOUT)
    if target != STDOUT:
        require_writable(target, force=force)
    before = kept(baseline, paths)
    named = str(paths[0]) if len(paths) == 1 else count(len(paths), "path")
    with progress_shown(named, quiet=quiet) as progress:
        found = report_of(
            paths,
            jobs=jobs,
            knowledge=tuple(knowledge or ()),
            config=config,
            progress=progress,
            cache=analysis_cache(no_cache=no_cache),
        )
    found = replace(found, analyses=with_usages(found.analyses, traffic, quiet=quiet))
    found = compared(found, before, baseline)
    with progress_shown(named, quiet=quiet) as progress:
        progress("writing", 0)
        code = CodeOf(folders_of(found, paths, root), config)
        text = text_of(kind, found, code)
        doubts = tuple(code.doubts(found)) if kind is Kind.HTML and not quiet else ()
    for doubt in doubts:
        note(doubt)
    if target == STDOUT:
        sys.stdout.write(text)
    else:
        size = write_report_file(target, kind, text)
        if not quiet:
            candidates = sum(len(analysis.candidates) for analysis in found.analyses)
            repositories = count(len(found.analyses), "repository", "repositories")
            note(f"wrote {target}: {count(candidates, 'candidate')} of {repositories}, {size / 1000:,.0f} kB")
    if found.failed:
        raise not_analyzed(found.failed)
