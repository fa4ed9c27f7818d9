"""`migrator invoke DIR --event FILE`: run a service folder on AWS's Lambda runtime emulator, once or behind a port."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli.options import Format, Json, OutputFormat, Quiet, wants_json
from migrator.cli.route_completion import service_folders
from migrator.cli.terminal import note, print_json, working

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrator.adapters.runtime import Function
    from migrator.domain.invocations import InvocationReport

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_NO_BREAK_SPACE = "\xa0"  # the runtime indents tracebacks with it


@app.command(
    epilog=(
        "Examples:  migrator invoke services/tax --event services/tax/events/de.json    "
        "migrator invoke services/tax --port 9000    "
        "cat event.json | migrator invoke services/tax --event - --json"
    )
)
def invoke(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", autocompletion=service_folders, help="A service folder: template.yaml and src/."),
    ],
    event: Annotated[str, typer.Option("--event", metavar="FILE", help="The event, a JSON file; - for stdin.")] = "",
    port: Annotated[
        int,
        typer.Option(
            "--port",
            metavar="PORT",
            min=0,
            max=65_535,
            help="Instead of one event: answer HTTP requests on this port of 127.0.0.1, as API Gateway hands them over, "
            "until Ctrl-C.",
            show_default=False,
        ),
    ] = 0,
    function: Annotated[
        str, typer.Option("--function", metavar="NAME", help="Which function, where the template has several.")
    ] = "",
    env: Annotated[
        list[str] | None,
        typer.Option(
            "--env", metavar="NAME=VALUE", help="Set for the handler, over what the template says; may be repeated."
        ),
    ] = None,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Run a service folder on AWS's Lambda runtime emulator, with one event or for whoever asks a port.

    The payload goes to stdout as the handler's runtime wrote it, the time it took and its logs to stderr. Exit 1
    when the handler raises, crashes or times out. Behind a port, what goes wrong is an answer instead: 502, 504, 429.
    """
    from migrator.adapters.runtime import load_functions
    from migrator.adapters.runtime.once import run_once
    from migrator.documents.invocation import CODEC
    from migrator.domain.invocations import Ending
    from migrator.errors import UsageError

    if bool(event) == bool(port):
        raise UsageError("say what it is to answer", hint="one event: --event FILE; or HTTP requests: --port PORT")
    chosen = _choose(load_functions(folder, environment=_variables(env or ())), function)
    if port:
        _serve(chosen, port)
        return
    payload = _read_event(event)
    with working(f"running {chosen.name}", quiet=quiet):
        report, returned = run_once(chosen, payload)
    if wants_json(format, json):
        print_json(CODEC.dump(report))
    else:
        if report.ending is Ending.RETURNED:
            _write(returned)
        if not quiet:
            _tell(report)
    if report.failure is not None:
        for line in (f"{report.failure.type}: {report.failure.message}", *report.failure.trace):
            note(line.rstrip("\n"))
        raise typer.Exit(1)


def _serve(function: Function, port: int) -> None:
    import signal
    from threading import Event

    from migrator.adapters.runtime import LambdaFront

    stop = Event()
    with LambdaFront([function], port=port) as front:
        for signal_ in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signal_, lambda *_: stop.set())
        note(f"{function.name} answers at {front.url_of(function.name)} until Ctrl-C")
        stop.wait()


def _choose(functions: tuple[Function, ...], name: str) -> Function:
    from migrator.errors import UsageError

    names = ", ".join(each.name for each in functions)
    if not name and len(functions) == 1:
        return functions[0]
    for each in functions:
        if each.name == name:
            return each
    if not name:
        raise UsageError(f"the template has {len(functions)} functions", hint=f"name one with --function: {names}")
    raise UsageError(f"the template has no function {name!r}", hint=f"it has: {names}")


def _variables(given: Sequence[str]) -> dict[str, str]:
    from migrator.errors import UsageError

    pairs = [each.partition("=") for each in given]
    for name, equals, _ in pairs:
        if not equals or not name:
            raise UsageError(f"--env {name!r} has no value", hint="write it as --env NAME=VALUE")
    return {name: value for name, _, value in pairs}


def _read_event(name: str) -> bytes:
    """The event's bytes, known to be JSON and within the limit."""
    import json
    import sys

    from migrator.adapters.runtime.outcomes import REQUEST_LIMIT
    from migrator.errors import InputError

    source = "<stdin>" if name == "-" else name
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise InputError(f"cannot read the event: {error.strerror or error}", location=source) from error
    if len(raw) > REQUEST_LIMIT:
        raise InputError(f"the event has {len(raw):,} bytes; Lambda takes {REQUEST_LIMIT:,} at most", location=source)
    try:
        text = raw.decode("utf-8-sig")
        json.loads(text, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8: byte 0x{raw[error.start]:02x}", location=source) from error
    except _NotJson as error:
        raise InputError(f"not JSON: {error} is no value of it", location=source) from error
    except json.JSONDecodeError as error:
        raise InputError(
            f"not JSON: {error.msg}",
            hint="events for a function of `migrator extract` lie in its events folder",
            location=f"{source}:{error.lineno}:{error.colno}",
        ) from error
    except RecursionError as error:
        raise InputError("nested too deep", location=source) from error
    return text.encode("utf-8")


class _NotJson(ValueError):
    """A word that Python's parser takes and Lambda's runtime does not."""


def _refuse_constant(word: str) -> None:
    raise _NotJson(word)


def _write(payload: bytes) -> None:
    """The payload as it is; on a terminal without what would drive it."""
    import sys

    from migrator.cli.terminal import say

    if sys.stdout.isatty():
        say(payload.decode("utf-8", errors="backslashreplace"))
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(payload + b"\n")
    sys.stdout.buffer.flush()


def _tell(report: InvocationReport) -> None:
    figures = (
        ("init", report.init_ms, "ms"),
        ("run", report.duration_ms, "ms"),
        ("memory", report.memory_mb, "MB"),
    )
    told = [f"{name} {value:.1f} {unit}" for name, value, unit in figures if value is not None]
    note(f"{report.function}: {', '.join([report.ending.value, *told])}")
    for line in report.logs.splitlines():
        note(f"  | {line.replace(_NO_BREAK_SPACE, ' ')}")
