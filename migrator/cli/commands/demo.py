"""`migrator demo`: the whole path on the sample shop, live on a terminal, line by line on a pipe."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli.options import NoColor
from migrator.cli.terminal import console, note, say

if TYPE_CHECKING:
    from migrator.demo.summary import Summary

_EPILOG = "Examples:  migrator demo    |    migrator demo -o /tmp/demo --rate 100 --bake 2"

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command(epilog=_EPILOG)
def demo(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Where to write; a folder of the demo's own.")
    ] = Path("demo-output"),
    rate: Annotated[float, typer.Option("--rate", min=20, max=1000, help="Requests a second of the clients.")] = 150,
    bake: Annotated[float, typer.Option("--bake", min=0.5, max=600, help="Seconds that each step holds.")] = 4,
    plain: Annotated[bool, typer.Option("--plain", help="Plain lines, also on a terminal.")] = False,
    no_color: NoColor = False,
) -> None:
    """The whole path on the sample shop: one function leaves a monolith, three times.

    It is found, explained, cut out, run on AWS's Lambda runtime emulator, compared with what legacy answers, and given
    5, 25, 50 and 100 % of real HTTP traffic through Envoy. The second time it has a bug that raises, and is rolled
    back; the third time a bug that answers wrong amounts, and never gets a percent.

    Exits 1 when a run does not end as promised.
    """
    from migrator.cli.formats.demo_view import LiveView, PlainView
    from migrator.demo.play import play
    from migrator.demo.settings import Settings
    from migrator.resources import sample_root

    _refuse_foreign(output)
    _require_parts()
    output.mkdir(parents=True, exist_ok=True)
    (output / _MARK).touch()
    settings = Settings(root=sample_root(), output=output.resolve(), per_second=rate, bake_s=bake)
    live = sys.stdout.isatty() and not plain
    with LiveView(console(no_color=no_color)) if live else PlainView() as view:
        summary = play(settings, view)
    _print(summary, output)
    if not summary.as_promised:
        raise typer.Exit(1)


_MARK = ".migrator-demo"


def _refuse_foreign(output: Path) -> None:
    """Keep out of a folder that is not the demo's."""
    from migrator.errors import InputError

    if output.exists() and (not output.is_dir() or (any(output.iterdir()) and not (output / _MARK).exists())):
        raise InputError(
            "this is not a folder of the demo, and it is not empty",
            hint="name another one with -o, or an empty one",
            location=str(output),
        )


def _require_parts() -> None:
    """Say what is missing before half of the demo has gone by."""
    from migrator.adapters.dataplanes.envoy import find_envoy
    from migrator.adapters.runtime.rie import find_rie, require_runtime_client

    find_envoy()
    find_rie()
    require_runtime_client()


def _print(summary: Summary, output: Path) -> None:
    """The figures of all runs, where everything is, and what to type next."""
    from migrator.demo.settings import CANDIDATE
    from migrator.resources import sample_root

    say("\nWhat was measured")
    say(f"  {'run':9}{'ended':>13}{'requests':>10}{'lost':>6}{'wrong':>7}{'to Lambda':>11}{'failed':>8}{'weight':>8}")
    for run in summary.runs:
        say(
            f"  {run.name:9}{run.phase:>13}{run.requests:>10,}{run.lost:>6}{run.wrong:>7}{run.canary_requests:>11,}"
            f"{run.canary_errors:>8,}{run.highest_weight:>7g}%"
        )
    good, fault_a, fault_b = summary.runs
    say(f"\n  lost {good.lost}, wrong {good.wrong} in the good run")
    say(
        f"  rollback after {fault_a.canary_requests} canary requests under fault A, "
        f"{fault_a.requests:,} clients' requests answered, lost {fault_a.lost}"
    )
    say(
        f"  fault B: {fault_b.compared_different} different answers found before any weight; highest weight {fault_b.highest_weight:g}"
    )
    say("\nWhat was written")
    for name, what in _WRITTEN:
        say(f"  {output / name!s:32} {what}")
    say("\nTry")
    say(f"  migrator explain {CANDIDATE} --root {sample_root()}")
    say(f"  migrator invoke {output / 'service'} --event {output / 'event.json'}")
    for run in summary.runs:
        for example in run.examples:
            note(f"{run.name}: {example}")


_WRITTEN = (
    ("service", "the extracted service: handler, slice, SAM template, tests, events"),
    ("router-tax.yaml", "the router configuration of the good run"),
    ("recording.jsonl", "the recorded requests"),
    ("event.json", "the event that was invoked"),
    ("comparisons", "what differed, run by run"),
    ("rollouts.sqlite3", "every decision of the controller"),
    ("envoy", "the configuration and the access logs of the data plane"),
    ("summary.json", "the figures above"),
)
