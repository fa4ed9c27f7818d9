"""`migrator runbook NAME`: what a person does by night who did not build it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from migrator.cli.completion import candidate_names
from migrator.cli.options import Config, Jobs, Quiet, Root, State
from migrator.cli.terminal import note, working

app = typer.Typer(rich_markup_mode=None, add_completion=False)


class RunbookFormat(StrEnum):
    """How the runbook is written."""

    MARKDOWN = "markdown"
    HTML = "html"


@app.command(
    epilog=(
        "Examples:  migrator runbook shop.api.tax.quote --root sample_monolith    "
        "migrator runbook shop-api-tax-quote --root sample_monolith -o tax.html"
    )
)
def runbook(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            autocompletion=candidate_names,
            help="A candidate, as `migrator analyze` names it, or a route of the router configuration.",
        ),
    ],
    root: Root = Path(),
    router: Annotated[
        Path | None,
        typer.Option(
            "--router",
            metavar="FILE",
            help="The router configuration.  [default: router.yaml, or what migrator.toml names]",
            show_default=False,
        ),
    ] = None,
    service: Annotated[
        Path | None,
        typer.Option(
            "--service",
            metavar="DIR",
            help="The service folder.  [default: its place below the repository's top]",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write it there.  [default: print it]", show_default=False),
    ] = None,
    format: Annotated[
        RunbookFormat | None,
        typer.Option("--format", help="[default: html for a FILE that ends so, else markdown]", show_default=False),
    ] = None,
    stage: Annotated[
        str, typer.Option("--stage", metavar="NAME", help="Section of samconfig.toml whose stack is meant.")
    ] = "prod",
    state: State = "",
    config: Config = None,
    jobs: Jobs = 0,
    quiet: Quiet = False,
) -> None:
    """Write the runbook of a rollout: for somebody who is paged at night and did not build it.

    It is made from the plan that is executed, the service's template and the router configuration: how to take everything
    back, every step with its gates, what to watch, how to do it all by hand without this tool, and what to look through
    after a rollback. Every command in it can be typed as it stands. Nothing is asked and nothing is changed.
    """
    import sys

    from migrator.artifacts.runbook import runbook_html, runbook_markdown
    from migrator.bootstrap.runbooks import Asked, runbook_of
    from migrator.replacing import replace_file

    with working(f"reading {root}", quiet=quiet):
        context, notes = runbook_of(Asked(name, root, router, service, stage, state, config, jobs))
    for line in () if quiet else notes:
        note(line)
    chosen = format or _by_ending(output)
    text = runbook_html(context) if chosen is RunbookFormat.HTML else runbook_markdown(context)
    if output is None:
        sys.stdout.write(text)
        return
    replace_file(output, text.encode())
    if not quiet:
        note(f"wrote {output}")


def _by_ending(output: Path | None) -> RunbookFormat:
    ends = output.suffix.lower() if output is not None else ""
    return RunbookFormat.HTML if ends in (".html", ".htm") else RunbookFormat.MARKDOWN
