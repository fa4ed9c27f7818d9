"""`migrator seam`: let legacy code ask the router call by call, and take that out again."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli.completion import candidate_names
from migrator.cli.options import Config, DryRun, Format, Jobs, Json, OutputFormat, Quiet, Root, Yes, wants_json
from migrator.cli.terminal import note, print_json, say, working

if TYPE_CHECKING:
    from migrator.artifacts.seam import Place, SeamChange
    from migrator.domain.json import JsonValue

app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    add_completion=False,
    epilog=(
        "Examples:  migrator seam add shop.tasks.mail.send_order_mail --root sample_monolith --dry-run    "
        "migrator seam show --root sample_monolith"
    ),
)


class Where(StrEnum):
    """Where calls are routed."""

    SENDS = "sends"
    CALLS = "calls"
    REGISTRATION = "registration"
    FIRINGS = "firings"


@app.callback()
def _group() -> None:
    """Let legacy code ask the router call by call, and take that out again."""


@app.command(
    epilog=(
        "Examples:  migrator seam add shop.tasks.mail.send_order_mail --root sample_monolith --dry-run    "
        "migrator seam add shop.tasks.mail.send_order_mail --root sample_monolith --sticky order_id --yes"
    )
)
def add(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", autocompletion=candidate_names, help="The candidate, as `migrator analyze` names it."
        ),
    ],
    root: Root = Path(),
    at: Annotated[
        Where | None,
        typer.Option(
            "--at",
            help="Route what sends the task, what calls the function, where it is registered, or what a scheduler "
            "fires.  "
            "[default: by its trigger]",
            show_default=False,
        ),
    ] = None,
    module: Annotated[
        str | None,
        typer.Option(
            "--module",
            metavar="DIR",
            help="Where migrator_seam.py goes, relative to the monolith.  [default: the top-level package]",
            show_default=False,
        ),
    ] = None,
    sticky: Annotated[
        str, typer.Option("--sticky", metavar="ARGUMENT", help="Calls with one value of it stay on one side.")
    ] = "",
    queue: Annotated[
        str, typer.Option("--queue", metavar="URL", help="Where a task's messages go: the service's QueueUrl.")
    ] = "",
    with_results: Annotated[
        bool,
        typer.Option("--with-results", help="Also route sends of which the code uses the result; it gets an id only."),
    ] = False,
    weights: Annotated[
        bool,
        typer.Option(
            "--weights/--no-weights",
            help="Also put it into the weights file, at weight 0; not needed where `migrator router apply` writes that.",
        ),
    ] = True,
    yes: Yes = False,
    dry_run: DryRun = False,
    config: Config = None,
    jobs: Jobs = 0,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Route the calls of a candidate: each asks at run time whether the canary takes it, at weight 0 to begin with.

    The edits are shown as a diff first. They only insert text, and `migrator seam remove` takes out exactly that.
    """
    from migrator import bootstrap
    from migrator.artifacts.seam import At, Choices, settle

    if not dry_run:
        settle(root)
    choices = Choices(At(at.value) if at is not None else None, module, sticky, with_results, queue, weights)
    with working(f"analyzing {root}", quiet=quiet):
        whole, change = bootstrap.seam_addition(root, name, choices, jobs=jobs, config=config)
    done = _carry_out(change, yes=yes, dry_run=dry_run, quiet=quiet, as_json=wants_json(format, json))
    if wants_json(format, json):
        print_json(_document("add", change, written=done))
        return
    if done:
        _say_places(change, "routed")
        if not quiet:
            file = next((path for path in change.files if Path(path).name == "migrator_seam.json"), None)
            where = f"stands in {root / file}" if file is not None else "is the router's: migrator router apply"
            note(f"at weight 0 nothing changes; where its calls go, and how many, {where}: {whole}")


@app.command(
    epilog=(
        "Examples:  migrator seam remove shop.tasks.mail.send_order_mail --root sample_monolith --dry-run    "
        "migrator seam remove --root sample_monolith --yes"
    )
)
def remove(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="The candidate.  [default: all]", show_default=False)
    ] = None,
    root: Root = Path(),
    yes: Yes = False,
    dry_run: DryRun = False,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Take the seam out, for one candidate or for all: the files are byte for byte as they were.

    Edits that were made since stay; where they touched the seam's own text that is said. Nothing is analyzed.
    """
    from migrator.artifacts.seam import remove_seam, settle

    if not dry_run:
        settle(root)
    change = remove_seam(root, name)
    done = _carry_out(change, yes=yes, dry_run=dry_run, quiet=quiet, as_json=wants_json(format, json))
    if wants_json(format, json):
        print_json(_document("remove", change, written=done))
    elif done:
        _say_places(change, "given back")


@app.command(epilog="Examples:  migrator seam show --root sample_monolith    migrator seam show --json")
def show(root: Root = Path(), format: Format = OutputFormat.TEXT, json: Json = False) -> None:
    """Show which candidates are routed, where, and at which weight."""
    from migrator.artifacts.seam import show_seam

    shown = show_seam(root)
    if wants_json(format, json):
        print_json(
            {
                "schema": "migrator.seam-shown/1",
                "module": shown.module,
                "weights": shown.weights,
                "routed": [
                    {
                        "name": routed.name,
                        "at": routed.at.value,
                        "weight": routed.weight,
                        "places": _places(routed.places),
                    }
                    for routed in shown.routed
                ],
                "unreadable": _places(shown.unreadable),
            }
        )
        return
    say(f"{root / shown.module}, weights in {root / shown.weights}")
    for routed in shown.routed:
        say(f"{routed.name}  {routed.weight:g} % of its {routed.at.value}")
        for place in routed.places:
            say(f"  {_line(place)}")
    for place in shown.unreadable:
        say(f"  {_line(place)}")


def _carry_out(change: SeamChange, *, yes: bool, dry_run: bool, quiet: bool, as_json: bool) -> bool:
    """Show the change, ask, and do it; whether it was done."""
    from migrator.artifacts.seam import apply, diff
    from migrator.errors import UsageError

    generated = frozenset(
        path for path in change.files if Path(path).name == "migrator_seam.py" or path.startswith(".migrator/")
    )
    if not as_json and (dry_run or not quiet):
        tell = say if dry_run else note
        tell(diff(change, generated).rstrip("\n"))
        for place in change.left:
            tell(f"left as it is: {_line(place)}")
    if dry_run:
        return False
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("nothing was written: there is nobody to ask", hint="add --yes, or --dry-run to look only")
        if not typer.confirm(f"Change {len(change.files)} files below {change.root}?", err=True):
            raise typer.Exit(1)
    apply(change)
    return True


def _say_places(change: SeamChange, verb: str) -> None:
    files = len({place.path for place in change.places})
    places = len(change.places)
    say(
        f"{places} {'place' if places == 1 else 'places'} in {files} {'file' if files == 1 else 'files'} {verb}, "
        f"{len(change.left)} left as {'it is' if len(change.left) == 1 else 'they are'}"
    )
    for place in change.left:
        say(f"  {_line(place)}")


def _line(place: Place) -> str:
    return f"{place.path}:{place.line}{f': {place.reason}' if place.reason else ''}"


def _document(action: str, change: SeamChange, *, written: bool) -> dict[str, JsonValue]:
    from migrator.artifacts.seam import diff

    return {
        "schema": "migrator.seam-change/1",
        "action": action,
        "written": written,
        "files": sorted(path for path in change.files if change.files[path] != change.before.get(path)),
        "places": _places(change.places),
        "left": _places(change.left),
        "diff": diff(change),
    }


def _places(places: tuple[Place, ...]) -> list[JsonValue]:
    return [{"path": place.path, "line": place.line, "reason": place.reason} for place in places]
