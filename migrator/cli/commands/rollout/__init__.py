"""`migrator rollout`: shift traffic by steps, with gates that roll back by themselves."""

from __future__ import annotations

import typer

from migrator.cli.commands.rollout import asking, driving, planning, rolling_back, showing, simulating, starting

app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=False,
    epilog="Examples:  migrator rollout start tax --yes    migrator rollout watch tax",
)


@app.callback()
def _group() -> None:
    """Shift traffic by steps, with gates that roll back by themselves.

    `plan` says how long it takes, `simulate` what would happen; `start` gives the first weight; `run` (or `watch`, or `tick` from cron) drives the rest; `rollback` ends it at any
    time.
    """


app.command(
    epilog=(
        "Examples:  migrator rollout plan tax --requests-per-minute 400    "
        "migrator rollout plan tax --traffic calls.csv --find-errors 1pp --json"
    )
)(planning.plan)
app.command(
    epilog=(
        "Examples:  migrator rollout simulate tax --requests-per-minute 400    "
        'migrator rollout simulate tax --requests-per-minute 400 --fault "canary errors 2% from 10m for 1h"'
    )
)(simulating.simulate)
app.command(
    epilog=(
        "Examples:  migrator rollout start tax --yes    "
        "migrator rollout start tax --router deploy/router.yaml --dry-run"
    )
)(starting.start)
app.command(
    epilog="Examples:  migrator rollout status    migrator rollout status tax --json --state sqlite:///night.sqlite3"
)(showing.status)
app.command(epilog="Examples:  migrator rollout watch tax    migrator rollout watch tax --every 5s --no-tick")(
    showing.watch
)
app.command(epilog="Examples:  migrator rollout tick    migrator rollout tick tax --router deploy/router.yaml --json")(
    driving.tick
)
app.command(epilog="Examples:  migrator rollout run    migrator rollout run tax mail --every 15s")(driving.run)
app.command(epilog='Examples:  migrator rollout pause tax    migrator rollout pause tax --reason "lunch"')(asking.pause)
app.command(epilog="Examples:  migrator rollout resume tax    migrator rollout resume tax --json")(asking.resume)
app.command(epilog='Examples:  migrator rollout promote tax    migrator rollout promote tax --reason "orders fine"')(
    asking.promote
)
app.command(
    epilog='Examples:  migrator rollout rollback tax    migrator rollout rollback tax --reason "orders look wrong"'
)(rolling_back.rollback)
app.command(epilog="Examples:  migrator rollout retire tax    migrator rollout retire tax --yes")(asking.retire)
app.command(epilog="Examples:  migrator rollout history tax    migrator rollout history tax --replay")(showing.history)
