"""`migrator plan NAME`: show what would be cut out, and where it would run, before anything is written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from migrator.cli.completion import candidate_names
from migrator.cli.options import Config, Format, Jobs, Json, NoColor, OutputFormat, Quiet, Root, wants_json
from migrator.cli.planning_options import FRONTS, Accept, Front, FrontChoice, StrategyOption, reasons
from migrator.cli.terminal import print_json, working

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command(
    epilog=(
        "Examples:  migrator plan shop.api.tax.quote --root sample_monolith    "
        "migrator plan send_order_mail --root sample_monolith --strategy module --format json"
    )
)
def plan(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            autocompletion=candidate_names,
            help="A candidate, or an end of its name that no other candidate has.",
        ),
    ],
    root: Root = Path(),
    strategy: StrategyOption = None,
    accept: Accept = None,
    front: Front = FrontChoice.HTTP_API,
    show_all: Annotated[bool, typer.Option("--all", help="Every module and every setting, however many.")] = False,
    config: Config = None,
    jobs: Jobs = 0,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
    no_color: NoColor = False,
    quiet: Quiet = False,
) -> None:
    """Show what would be cut out: strategy, what to look at first, what it needs, each definition with its lines.

    Nothing is written, and nothing of the monolith is imported or run. A candidate for which no handler can be made
    as yet is planned all the same, with what stands in the way.
    """
    from migrator import bootstrap

    with working(f"analyzing {root}", quiet=quiet):
        planned = bootstrap.planned_slice(
            root,
            name,
            accept=reasons(accept or ()),
            strategy=strategy or "",
            front=FRONTS[front],
            handler_needed=False,
            jobs=jobs,
            config=config,
        )
    if wants_json(format, json):
        from migrator.documents.plan import CODEC

        print_json(CODEC.dump(planned.plan))
        return
    from migrator.cli.formats.page import stdout_page
    from migrator.cli.formats.plan_text import write_plan

    write_plan(stdout_page(no_color=no_color), planned, root=str(root), everything=show_all, quiet=quiet)
