"""The entry point: finds the command, runs it, and turns every end into a message and an exit code.

In: the arguments. Out: what the command printed, and 0 for done, 1 for "the answer is no",
2 for a wrong call, 3 for bad input, 4 for a failure elsewhere, 70 for a bug, 130 for Ctrl-C.
What a command does stands in `migrator.cli.commands`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import Any

import typer
import typer.main
from typer.core import TyperGroup

from migrator.cli.registry import COMMANDS

_INTERRUPTED = 130
_BUG = 70


class LazyCommands(MutableMapping[str, Any]):
    """The registered commands by name, in life-cycle order; a command's module is imported when it is asked for."""

    def __init__(self) -> None:
        self._entries = {entry.name: entry for entry in COMMANDS}
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._loaded:
            module = import_module(f"migrator.cli.commands.{self._entries[name].module}")
            command = typer.main.get_command(module.app)
            command.name = name
            self._loaded[name] = command
        return self._loaded[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


class LifeCycleGroup(TyperGroup):
    """Lists the commands in life-cycle order and imports one only when it is called."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = LazyCommands()

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.commands)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        # The inherited method asks each command for its help, which would import them all.
        with formatter.section("Commands, in the order of a migration"):
            formatter.write_dl([(entry.name, entry.summary) for entry in COMMANDS])


app = typer.Typer(
    cls=LifeCycleGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog=(
        "Start here:  migrator analyze PATH    then:  migrator explain NAME --root PATH.  "
        "The whole path on a sample shop:  migrator demo"
    ),
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from migrator import __version__

        typer.echo(f"migrator {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
    ),
) -> None:
    """Move event-shaped functions out of a Python monolith into AWS Lambda, one at a time."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit the process."""
    from migrator.errors import MigratorError

    try:
        app(args=arguments, prog_name="migrator")
    except MigratorError as error:
        sys.exit(_report(error))
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)  # noqa: T201
        sys.exit(_INTERRUPTED)
    except BrokenPipeError:
        # The reader of a pipe has gone (`migrator analyze . | head`): nobody is left to tell.
        sys.stderr.close()
        sys.exit(0)
    except Exception:
        import traceback

        traceback.print_exc()
        print("This is a bug in migrator; please report it with the lines above.", file=sys.stderr)  # noqa: T201
        sys.exit(_BUG)


def _report(error: Any) -> int:
    from migrator.cli.terminal import inert

    print(f"error: {inert(str(error))}", file=sys.stderr)  # noqa: T201
    if error.hint:
        print(f"  hint: {inert(error.hint)}", file=sys.stderr)  # noqa: T201
    return int(error.exit_code)


if __name__ == "__main__":
    main()
