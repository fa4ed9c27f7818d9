"""`migrator callgraph PATH`: who calls whom, for other programs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from migrator.cli.commands.analyze import Knowledge
from migrator.cli.options import Config, Jobs, Quiet
from migrator.cli.progress import progress_shown
from migrator.cli.terminal import note, print_json, say

app = typer.Typer(rich_markup_mode=None, add_completion=False)


class GraphFormat(StrEnum):
    """How a call graph is written."""

    JSON = "json"
    DOT = "dot"
    PYCG = "pycg"


@app.command(
    epilog=(
        "Examples:  migrator callgraph sample_monolith --format pycg --jobs 1    "
        "migrator callgraph sample_monolith --format dot"
    )
)
def callgraph(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The monolith's folder, or one file of it.")] = Path(),
    format: Annotated[
        GraphFormat,
        typer.Option("--format", help="A document with places; DOT for Graphviz; or what PyCG writes."),
    ] = GraphFormat.JSON,
    knowledge: Knowledge = None,
    config: Config = None,
    jobs: Jobs = 0,
    quiet: Quiet = False,
) -> None:
    """Write who calls whom: modules, functions and lambdas, and what they call of libraries and of Python itself.

    A call is that of the line that makes it: what is passed as an argument is called by whoever calls the parameter, and a
    decorated function by way of what the decorator has made. Nothing is imported or run.
    """
    from migrator import bootstrap

    with progress_shown(str(path), quiet=quiet) as progress:
        graph = bootstrap.call_graph(
            path, jobs=jobs, knowledge=tuple(knowledge or ()), config=config, progress=progress
        )
    if format is GraphFormat.JSON:
        from migrator.documents.call_graph import CODEC

        print_json(CODEC.dump(graph))
    else:
        from migrator.cli.formats.call_graph import FORMATS

        say(FORMATS[format.value](graph))
    if not quiet:
        note(f"{len(graph.nodes):,} nodes, {len(graph.calls):,} calls, {len(graph.unresolved):,} not followed")
