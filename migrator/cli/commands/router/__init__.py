"""`migrator router`: the router configuration against what carries the calls."""

from __future__ import annotations

import typer

from migrator.cli.commands.router import applying, rendering, retiring, showing, syncing, validating

app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=False,
    epilog="Examples:  migrator router validate router.yaml    migrator router apply router.yaml --dry-run",
)


@app.callback()
def _group() -> None:
    """Validate, render, show, apply and retire the router configuration: which share of which calls goes to Lambda."""


app.command(epilog="Examples:  migrator router validate    migrator router validate router.yaml --json")(
    validating.validate
)
app.command(epilog="Examples:  migrator router render    migrator router render router.yaml -o envoy")(rendering.render)
app.command(epilog="Examples:  migrator router show    migrator router show router.yaml --check")(showing.show)
app.command(epilog="Examples:  migrator router diff    migrator router diff router.yaml --json")(showing.diff)
app.command(epilog="Examples:  migrator router apply --dry-run    migrator router apply router.yaml --yes")(
    applying.apply
)
app.command(epilog="Examples:  migrator router sync    migrator router sync router.yaml --every 30s")(syncing.sync)
app.command(epilog="Examples:  migrator router retire tax --dry-run    migrator router retire tax --yes")(
    retiring.retire
)
