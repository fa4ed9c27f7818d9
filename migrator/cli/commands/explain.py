"""`migrator explain NAME`: show why a function got its verdict, line by line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from migrator.cli.cache_options import NoCache, analysis_cache
from migrator.cli.commands.analyze import Knowledge
from migrator.cli.completion import candidate_names, remember_candidates
from migrator.cli.options import Config, Format, Jobs, Json, NoColor, OutputFormat, Quiet, Root, wants_json
from migrator.cli.progress import progress_shown
from migrator.cli.terminal import print_json
from migrator.cli.usage_options import TrafficLogs, check_logs, with_usages

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command(
    epilog=(
        "Examples:  migrator explain shop.api.tax.quote --root sample_monolith    "
        "migrator explain place --root sample_monolith --all"
    )
)
def explain(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            autocompletion=candidate_names,
            help="A candidate, or an end of its name that no other candidate has.",
        ),
    ],
    root: Root = Path(),
    show_all: Annotated[bool, typer.Option("--all", help="All evidence, however much.")] = False,
    traffic: TrafficLogs = None,
    knowledge: Knowledge = None,
    config: Config = None,
    jobs: Jobs = 0,
    no_cache: NoCache = False,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
    no_color: NoColor = False,
    quiet: Quiet = False,
) -> None:
    """Show why a function got its verdict: triggers, effects with the way to each line, hazards, what to do.

    As JSON this is the document of `analyze` with this candidate alone.
    """
    from dataclasses import replace

    from migrator import bootstrap
    from migrator.verdicts import find

    check_logs(traffic)
    with progress_shown(str(root), quiet=quiet) as progress:
        analysis = bootstrap.analyze(
            root,
            jobs=jobs,
            knowledge=tuple(knowledge or ()),
            config=config,
            progress=progress,
            cache=analysis_cache(no_cache=no_cache),
        )
    (analysis,) = with_usages((analysis,), traffic, quiet=quiet)
    remember_candidates(root, (candidate.name for candidate in analysis.candidates))
    assessment = find(analysis.candidates, name, analysis.skipped)
    if wants_json(format, json):
        from migrator.documents.analysis import CODEC

        print_json(CODEC.dump(replace(analysis, candidates=(assessment,))))
        return
    from migrator.cli.formats.explanation_text import write_explanation
    from migrator.cli.formats.page import stdout_page
    from migrator.source.excerpts import Excerpts

    write_explanation(
        stdout_page(no_color=no_color),
        assessment,
        root=str(root),
        source=Excerpts(root).line,
        everything=show_all,
        quiet=quiet,
    )
