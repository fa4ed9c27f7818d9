"""`migrator pr NAME`: a move as a branch and a pull request that others can review."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli.completion import candidate_names
from migrator.cli.options import Config, DryRun, Format, Jobs, Json, OutputFormat, Quiet, Root, State, Yes, wants_json
from migrator.cli.planning_options import FRONTS, Front, FrontChoice, StrategyOption, reasons
from migrator.cli.terminal import note, print_json, say, working

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrator.bootstrap.publishing import Ready
    from migrator.publishing import Published

app = typer.Typer(rich_markup_mode=None, add_completion=False)


class ForgeChoice(StrEnum):
    """What keeps the pull requests."""

    GITHUB = "github"
    GITLAB = "gitlab"
    GIT = "git"


class StageChoice(StrEnum):
    """What the pull request does."""

    MOVE = "move"
    CLEAN_UP = "clean-up"
    BACK = "back"


class AtChoice(StrEnum):
    """Where legacy code asks the router."""

    SENDS = "sends"
    CALLS = "calls"
    REGISTRATION = "registration"
    FIRINGS = "firings"


_Forge = Annotated[
    ForgeChoice | None,
    typer.Option(
        "--forge",
        envvar="MIGRATOR_FORGE",
        help="What keeps the pull requests; git pushes the branch only.  [default: by the remote's host]",
        show_default=False,
    ),
]
_Base = Annotated[
    str,
    typer.Option(
        "--base",
        metavar="BRANCH",
        envvar="MIGRATOR_BASE",
        help="What it is to be merged into.  [default: the remote's default branch]",
        show_default=False,
    ),
]
_Branch = Annotated[
    str,
    typer.Option(
        "--branch",
        metavar="BRANCH",
        help="The branch's name.  [default: migrator/SERVICE, or as migrator.toml says]",
        show_default=False,
    ),
]
_Remote = Annotated[
    str,
    typer.Option(
        "--remote", metavar="NAME", envvar="MIGRATOR_REMOTE", help="[default: origin, or as migrator.toml says]",
        show_default=False,
    ),
]  # fmt: skip
_Services = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="DIR",
        help="The folder of service folders, which may lie in a clone of another repository.  [default: services, or as "
        "migrator.toml says]",
        show_default=False,
    ),
]
_At = Annotated[
    AtChoice | None,
    typer.Option(
        "--at",
        help="Where legacy code asks the router.  [default: by the trigger; not at all for HTTP, which the data plane "
        "routes]",
        show_default=False,
    ),
]


@app.command(
    epilog=(
        "Examples:  migrator pr shop.tasks.mail.send_order_mail --root sample_monolith --dry-run    "
        "migrator pr shop.api.tax.quote --root sample_monolith --forge git --yes"
    )
)
def pr(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            autocompletion=candidate_names,
            help="A candidate, or an end of its name that no other candidate has.",
        ),
    ],
    root: Root = Path(),
    stage: Annotated[
        StageChoice, typer.Option("--stage", help="The move itself, or what follows a rollout.")
    ] = StageChoice.MOVE,
    forge: _Forge = None,
    base: _Base = "",
    branch: _Branch = "",
    remote: _Remote = "",
    output: _Services = None,
    accept: Annotated[
        list[str] | None,
        typer.Option(
            "--accept",
            metavar="WHAT=REASON",
            help="Take on an effect, or calls that could not be followed (unresolved); for a clean-up: not-promoted, "
            "named-elsewhere, tests, other-handlers. May be repeated.",
        ),
    ] = None,
    strategy: StrategyOption = None,
    front: Front = FrontChoice.HTTP_API,
    at: _At = None,
    seam: Annotated[bool, typer.Option("--seam/--no-seam", help="Whether legacy code may ask the router.")] = True,
    sticky: Annotated[
        str, typer.Option("--sticky", metavar="ARGUMENT", help="Calls with one value of it stay on one side.")
    ] = "",
    comparison: Annotated[
        Path | None,
        typer.Option(
            "--comparison",
            metavar="FILE",
            help="What `migrator compare --json` has found, to be shown to reviewers.",
            show_default=False,
        ),
    ] = None,
    draft: Annotated[
        bool | None,
        typer.Option(
            "--draft/--no-draft", help="Not to be merged yet.  [default: as migrator.toml says]", show_default=False
        ),
    ] = None,
    state: State = "",
    committed: Annotated[
        bool, typer.Option("--committed", help="Go on without what is not committed; it would not be in the branch.")
    ] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    config: Config = None,
    jobs: Jobs = 0,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Open a pull request that moves a function: service, infrastructure, seam, tests and runbook, at weight 0.

    It is made from what is committed on the remote's branch, never from the working tree, which stays as it is. A second
    run brings the same branch and the same pull request up to date; what others changed there stays, and nothing is
    ever force-pushed. --dry-run prints the text of the pull request on stdout, and the plan on stderr.
    """
    from migrator.artifacts.seam import At
    from migrator.bootstrap.publishing import Asked, pull_requests
    from migrator.domain.forges import ForgeKind
    from migrator.domain.pull_requests import Stage

    as_json = wants_json(format, json)
    asked = Asked(
        root=root,
        name=name,
        stage=Stage(stage.value),
        kind=ForgeKind(forge.value) if forge is not None else None,
        remote=remote,
        base=base,
        branch=branch,
        services=output,
        accept=reasons(accept or ()),
        strategy=strategy or "",
        front=FRONTS[front],
        at=At(at.value) if at is not None else None,
        routed=seam,
        sticky=sticky,
        comparison=comparison,
        draft=draft,
        committed=committed,
        state=state,
        jobs=jobs,
        config=config,
    )
    with ExitStack() as stack:
        with working(f"preparing {name} from what is committed", quiet=quiet):
            ready = stack.enter_context(pull_requests(asked))
        _go_on(ready, as_json=as_json, dry_run=dry_run, yes=yes, quiet=quiet)


def _go_on(ready: Ready, *, as_json: bool, dry_run: bool, yes: bool, quiet: bool) -> None:
    """Show it, ask, do it, and say what became of it."""
    from migrator.cli.formats.pr_text import plan_lines, published_lines

    if not quiet and not as_json:
        note("\n".join(plan_lines(ready)))
    if dry_run:
        if as_json:
            _print(ready, None)
        else:
            say("\n\n".join(each.draft().body.rstrip("\n") for each in ready.prepared if not each.empty))
        return
    if not yes and any(not each.empty for each in ready.prepared):
        _ask(ready)
    with working("pushing", quiet=quiet):
        published = ready.carry_out()
    if as_json:
        _print(ready, published)
    else:
        say("\n".join(published_lines(published)))


def _ask(ready: Ready) -> None:
    from migrator.errors import UsageError

    if not sys.stdin.isatty():
        raise UsageError("nothing was pushed: there is nobody to ask", hint="add --yes, or --dry-run to look only")
    branches = " and ".join(dict.fromkeys(each.wanted.branch for each in ready.prepared if not each.empty))
    if not typer.confirm(f"Push {branches}, and open the pull request?", err=True):
        raise typer.Exit(1)


def _print(ready: Ready, published: Sequence[Published] | None) -> None:
    from migrator.cli.formats.pr_report import report
    from migrator.documents.pull_request import CODEC

    print_json(CODEC.dump(report(ready, published)))
