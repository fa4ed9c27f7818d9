"""What the commands of `migrator router` share: the file that is meant, the comparison with what is live, asking.

In: flags. Out: a path, changes, a confirmation.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrator.bootstrap import Side
    from migrator.router import RouterConfig
    from migrator.router.changes import Change

DEFAULT = Path("router.yaml")

File: TypeAlias = Annotated[
    Path | None,
    typer.Argument(metavar="FILE", help="The router configuration.  [default: router.yaml]", show_default=False),
]
RouterOption: TypeAlias = Annotated[
    Path | None, typer.Option("--router", metavar="FILE", help="The same as FILE.", show_default=False)
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


def file_of(file: Path | None, router: Path | None) -> Path:
    """The file that is meant.

    Raises:
        UsageError: two are named.
    """
    from migrator.errors import UsageError

    if file is not None and router is not None and file != router:
        raise UsageError(f"two files are named: {file} and --router {router}")
    return file or router or DEFAULT


def compared(sides: Sequence[Side]) -> list[tuple[Side, tuple[Change, ...]]]:
    """Each plane of the configuration with how its routes stand.

    Raises:
        RemoteError: one does not answer.
    """
    from migrator.router.changes import compare_routes

    return [
        (
            side,
            compare_routes(side.routes, side.plane.standings(), resolution=side.plane.capabilities.resolution),
        )
        for side in sides
    ]


def changes_of(config: RouterConfig, directory: Path | None) -> list[Change]:
    """How every route stands, on whatever plane.

    Raises:
        RemoteError: a plane does not answer.
    """
    from contextlib import ExitStack, closing

    from migrator.bootstrap import open_sides

    with ExitStack() as stack:
        sides = open_sides(config, directory)
        for side in sides:
            stack.enter_context(closing(side.plane))
        return [change for _, found in compared(sides) for change in found]


def confirm(question: str, *, yes: bool) -> None:
    """Let the user confirm.

    Raises:
        UsageError: nobody can be asked.
        typer.Abort: the answer was no.
    """
    import sys

    from migrator.errors import UsageError

    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("nobody can be asked here", hint="look at the plan with --dry-run, then say --yes")
    typer.confirm(question, abort=True, err=True)


def counted(number: int, noun: str) -> str:
    """A number and its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
