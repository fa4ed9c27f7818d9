"""`migrator compare NAME --recording FILE`: ask legacy and Lambda the same requests and show what differs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli.options import Format, Json, NoColor, OutputFormat, Quiet, Router, wants_json
from migrator.cli.route_completion import route_names
from migrator.cli.terminal import note, print_json, working

if TYPE_CHECKING:
    from migrator.domain.http import Request
    from migrator.domain.routes import HttpMatch

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_ROUTER = Path("router.yaml")


@dataclass(frozen=True, slots=True)
class _Sides:
    """Where both sides are, which requests are theirs, and the hash of what is compared."""

    legacy: str
    canary: str
    match: HttpMatch | None
    subject: str


@app.command(
    epilog=(
        "Examples:  migrator compare tax --recording tax.jsonl --service services/tax    "
        "migrator compare tax --recording tax.jsonl --legacy http://127.0.0.1:8000 --canary http://127.0.0.1:9000"
    )
)
def compare(
    name: Annotated[
        str, typer.Argument(metavar="NAME", autocompletion=route_names, help="A route of the router configuration.")
    ],
    recording: Annotated[
        Path, typer.Option("--recording", metavar="FILE", help="Recorded requests, one JSON object a line.")
    ],
    router: Router = _ROUTER,
    legacy: Annotated[
        str, typer.Option("--legacy", metavar="URL", help="The legacy system, over what the router says.")
    ] = "",
    canary: Annotated[str, typer.Option("--canary", metavar="URL", help="The canary, over what the router says.")] = "",
    service: Annotated[
        Path | None,
        typer.Option("--service", metavar="DIR", help="Run this service folder on the Lambda emulator as the canary."),
    ] = None,
    header: Annotated[
        list[str] | None, typer.Option("--header", metavar="NAME", help="A further header that counts; repeatable.")
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option("--ignore", metavar="PATH", help="What does not count, such as $.quoted_at; repeatable."),
    ] = None,
    jobs: Annotated[
        int, typer.Option("--jobs", metavar="N", min=1, max=64, help="Requests at once; 1 keeps the recorded order.")
    ] = 1,
    timeout: Annotated[
        float, typer.Option("--timeout", metavar="SECONDS", min=0.001, help="How long a side may take to answer.")
    ] = 30.0,
    show_all: Annotated[bool, typer.Option("--all", help="Every difference, however many.")] = False,
    save: Annotated[bool, typer.Option("--save/--no-save", help="Remember the result for the parity gate.")] = True,
    comparisons: Annotated[
        Path | None,
        typer.Option(
            "--comparisons",
            metavar="DIR",
            help="Where results are remembered.  [default: below XDG_STATE_HOME]",
            show_default=False,
        ),
    ] = None,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
    no_color: NoColor = False,
    quiet: Quiet = False,
) -> None:
    """Ask legacy and Lambda the same recorded requests and show what differs.

    Both sides really run every request: record only what may run twice. Status, the headers that matter and the
    body are compared exactly. Exit 1 on any difference, and when a side did not answer.
    """
    from migrator import bootstrap
    from migrator.adapters.endpoints.http import HttpEndpoint
    from migrator.compare import compare as ask_both
    from migrator.compare import make_rules
    from migrator.compare.selection import takes
    from migrator.documents.comparison import CODEC
    from migrator.errors import InputError

    rules = make_rules(tuple(header or ()), tuple(ignore or ()))
    recorded = _read(recording)
    with ExitStack() as stack:
        sides = stack.enter_context(_sides(name, router, legacy, canary, service, jobs))
        match = sides.match
        requests = [request for request in recorded if match is None or takes(match, request)]
        if not requests:
            raise InputError(
                f"none of the {len(recorded)} recorded requests is for the route {name}" if recorded else "no requests",
                hint="a request is one JSON object on a line, with method and path at least",
                location=str(recording),
            )
        ours = stack.enter_context(HttpEndpoint(sides.legacy, timeout_s=timeout, connections=jobs))
        theirs = stack.enter_context(HttpEndpoint(sides.canary, timeout_s=timeout, connections=jobs, host=ours.host))
        stack.enter_context(working(f"asking both sides {len(requests):,} requests", quiet=quiet))
        began = time.time()
        result = ask_both(name, requests, ours, theirs, rules=rules, jobs=jobs, subject=sides.subject, at=began)
    saved = bootstrap.open_comparisons(comparisons).save(result) if save else None
    if wants_json(format, json):
        print_json(CODEC.dump(result))
    else:
        from migrator.cli.formats.comparison_text import write_comparison
        from migrator.cli.formats.page import stdout_page

        write_comparison(
            stdout_page(no_color=no_color), result, left_out=len(recorded) - len(requests), everything=show_all
        )
    if not quiet:
        if saved is not None:
            note(f"remembered in {saved}")
        note(
            f"next: migrator rollout start {name}"
            if result.same
            else f"next: mend the service and compare again, or leave out what may differ with --ignore PATH; "
            f"a route with a parity gate gives {name} no traffic until then"
        )
    if not result.same:
        raise typer.Exit(1)


def _read(recording: Path) -> list[Request]:
    from migrator.documents.recording import load_lines
    from migrator.errors import InputError

    try:
        with recording.open(encoding="utf-8-sig") as lines:
            return list(load_lines(lines, source=str(recording)))
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8: {error.reason}", location=str(recording)) from error
    except OSError as error:
        raise InputError(
            f"cannot read the recording: {error.strerror or error}",
            hint='write one: a line is {"method": "GET", "path": "/api/…"}, with query, headers and body where needed',
            location=str(recording),
        ) from error


@contextmanager
def _sides(name: str, router: Path, legacy: str, canary: str, service: Path | None, jobs: int) -> Iterator[_Sides]:
    """Both sides, the service folder's front running where it is the canary."""
    from migrator.errors import UsageError

    if canary and service is not None:
        raise UsageError("--canary and --service both name the canary", hint="give one of them")
    match: HttpMatch | None = None
    # The router is read where it has something to say: an address that no flag gives, or which requests are meant.
    if router != _ROUTER or router.exists() or not legacy or not (canary or service):
        from migrator.router import load_router

        config = load_router(router)
        if router != _ROUTER or not (legacy and (canary or service)) or name in {each.name for each in config.routes}:
            route = config.find(name).route
            legacy, canary, match = legacy or route.legacy_url, canary or route.canary_url, route.match
    if service is None:
        yield _Sides(legacy, canary, match, "")
        return
    from migrator.adapters.runtime import LambdaFront, load_functions

    functions = load_functions(service)
    if len(functions) > 1:
        raise UsageError(
            f"{service} has {len(functions)} functions", hint="serve them yourself and name the address with --canary"
        )
    with LambdaFront(functions, limit=jobs) as front:
        yield _Sides(legacy, front.url_of(functions[0].name), match, _subject(service))


def _subject(service: Path) -> str:
    """The plan hash of a service folder; empty for one that was not generated."""
    from migrator.documents.manifest import CODEC

    try:
        text = (service / "migrator-manifest.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    return CODEC.load_text(text, source=str(service / "migrator-manifest.json")).plan_hash
