"""The arguments and flags that the commands of `migrator rollout` share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from migrator.cli.route_completion import route_names

RouteName: TypeAlias = Annotated[
    str, typer.Argument(metavar="ROUTE", autocompletion=route_names, help="A route of the router configuration.")
]
RouteNames: TypeAlias = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ROUTE]...", help="Routes of the router configuration.  [default: all with a rollout]"),
]
Comparisons: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--comparisons",
        metavar="DIR",
        help="Where `migrator compare` keeps its results.  [default: below XDG_STATE_HOME]",
        show_default=False,
    ),
]
Directory: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--directory",
        metavar="DIR",
        help="The folder of the running Envoy.  [default: below XDG_STATE_HOME]",
        show_default=False,
    ),
]
Reason: TypeAlias = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Kept in the history.")]
Every: TypeAlias = Annotated[str, typer.Option("--every", metavar="DURATION", help="Time between two looks.")]
ViaPr: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--via-pr",
        envvar="MIGRATOR_VIA_PR",
        help="Raise no weight: ask for each step by a pull request.",
        show_default=False,
    ),
]

ROUTER = Path("router.yaml")
