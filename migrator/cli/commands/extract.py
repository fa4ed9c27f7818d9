"""`migrator extract NAME`: cut a function out of the monolith into a service folder."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from migrator.cli.completion import candidate_names
from migrator.cli.options import (
    AskIndex,
    Config,
    DryRun,
    Force,
    Format,
    Jobs,
    Json,
    Output,
    OutputFormat,
    Quiet,
    Root,
    Yes,
    wants_json,
)
from migrator.cli.planning_options import FRONTS, Accept, Front, FrontChoice, StrategyOption, reasons
from migrator.cli.terminal import note, print_json, say, working

if TYPE_CHECKING:
    from migrator.artifacts import Artifacts, WriteResult
    from migrator.domain.json import JsonValue
    from migrator.plan import PlannedSlice

app = typer.Typer(rich_markup_mode=None, add_completion=False)


class OnConflictChoice(StrEnum):
    """What becomes of a file on which a hand and the generator disagree."""

    STOP = "stop"
    MARK = "mark"


Conflicts = Annotated[
    OnConflictChoice,
    typer.Option("--conflicts", help="Where a hand and the generator disagree: write nothing, or conflict markers."),
]


@app.command(
    epilog=(
        "Examples:  migrator extract shop.api.tax.quote --root sample_monolith -o services/tax --dry-run    "
        "migrator extract shop.api.tax.quote --root sample_monolith -o services/tax --yes"
    )
)
def extract(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", autocompletion=candidate_names, help="The candidate, as `migrator analyze` names it."
        ),
    ],
    output: Output,
    root: Root = Path(),
    accept: Accept = None,
    strategy: StrategyOption = None,
    front: Front = FrontChoice.HTTP_API,
    ask_index: AskIndex = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    conflicts: Conflicts = OnConflictChoice.STOP,
    force: Force = False,
    config: Config = None,
    jobs: Jobs = 0,
    format: Format = OutputFormat.TEXT,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Cut a function out: handler, SAM template, tests, events, router entry.

    The plan is shown first. Nothing of the monolith is changed, imported or run. A file that was edited by hand
    since it was generated is merged with what is generated now; where both changed the same lines nothing is written
    without --conflicts mark, which leaves conflict markers, or --force, which gives up the edits.
    """
    from migrator import bootstrap
    from migrator.artifacts import OnConflict, check_apart, check_folder, make_artifacts, preview, write
    from migrator.errors import UsageError

    check_folder(output)
    check_apart(output, root)
    as_json = wants_json(format, json)
    with working(f"analyzing {root}", quiet=quiet):
        planned = bootstrap.planned_slice(
            root,
            name,
            accept=reasons(accept or ()),
            strategy=strategy or "",
            front=FRONTS[front],
            jobs=jobs,
            config=config,
        )
    if ask_index:
        with working("asking the package index", quiet=quiet):
            planned = bootstrap.ask_index(planned)
    with working("rendering", quiet=quiet):
        artifacts = make_artifacts(planned, bootstrap.service_choices(root, config))
    on_conflict = OnConflict.OVERWRITE if force else OnConflict(conflicts.value)
    result = preview(artifacts, output, on_conflict=on_conflict)
    lines = _plan_lines(planned, artifacts, result)
    if dry_run:
        if as_json:
            print_json(_document(planned, artifacts, result, written=False))
        else:
            say("\n".join(lines))
        return
    if not quiet:
        note("\n".join(lines))
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("nothing was written: there is nobody to ask", hint="add --yes, or --dry-run to look only")
        if not typer.confirm(f"Write {output}?", err=True):
            raise typer.Exit(1)
    result = write(artifacts, output, on_conflict=on_conflict, root=root)
    if as_json:
        print_json(_document(planned, artifacts, result, written=True))
        return
    count = len(result.created) + len(result.changed) + len(result.merged) + len(result.conflicts)
    unchanged = len(result.unchanged) + len(result.kept)
    say(f"{output}: {count} files written, {unchanged} unchanged, {len(result.removed)} removed")
    marked = [conflict for conflict in result.conflicts if on_conflict is OnConflict.MARK]
    for conflict in marked:
        say(
            f"  {conflict.path}: look for the conflict markers"
            if conflict.hunks
            else f"  {conflict.path}: {conflict.reason}"
        )
    if not quiet:
        note(f"next: migrator check {output}")


def _plan_lines(planned: PlannedSlice, artifacts: Artifacts, result: WriteResult) -> list[str]:
    from migrator.artifacts import conflict_lines

    plan = planned.plan
    line_count = sum(definition.lines for definition in plan.definitions)
    wanted = ", ".join(f"{each.distribution} {each.version}".strip() for each in plan.requirements)
    cut = f"{len(plan.definitions)} definitions of {len(plan.modules)} modules, {line_count} lines"
    target = f"{plan.target.value}, {plan.runtime}, {plan.architecture}, {plan.memory_mb} MB, {plan.timeout_s} s"
    lines = [
        f"{plan.candidate}  ({planned.assessment.verdict.value}, {planned.assessment.confidence.value})",
        f"  from {planned.assessment.location}, {cut}",
        f"  to {artifacts.name}: {target}",
        f"  packaging: {plan.packaging}",
        f"  requirements: {wanted or 'none of its own'}",
        "",
        f"{result.folder}/",
    ]
    states = {
        **dict.fromkeys(result.changed, "changed"),
        **dict.fromkeys(result.unchanged, "unchanged"),
        **dict.fromkeys(result.merged, "edited by hand, merged"),
        **dict.fromkeys(result.kept, "edited by hand, kept"),
        **dict.fromkeys(result.deleted, "deleted by hand, stays away"),
        **{conflict.path: f"CONFLICT: {conflict.reason}" for conflict in result.conflicts},
    }
    shown: tuple[str, ...] = ()
    for path in sorted(artifacts.contents, key=lambda path: (path.count("/") == 0, path)):
        *folders, file = path.split("/")
        for depth, folder in enumerate(folders):
            if tuple(folders[: depth + 1]) != shown[: depth + 1]:
                lines.append(f"{'  ' * (depth + 1)}{folder}/")
        shown = tuple(folders)
        state = f"  ({states[path]})" if path in states else ""
        lines.append(f"{'  ' * (len(folders) + 1)}{file}{state}")
    lines.extend(f"  {path}  (removed)" for path in result.removed)
    if result.conflicts:
        lines += ["", "a hand and the generator disagree:"]
        lines += [line for conflict in result.conflicts for line in conflict_lines(conflict)]
    if artifacts.edits:
        lines += ["", "changed in the code that was cut out:"]
        lines += [f"  {edit.path}:{edit.line}: {edit.what}\n    {edit.becomes}" for edit in artifacts.edits]
        lines += ["", *artifacts.diff.splitlines()]
    if plan.kept:
        lines += ["", "what the framework did, and what does it now:"]
        lines += [
            f"  {f'{item.location}: ' if item.location else ''}{item.what}\n    {item.becomes}" for item in plan.kept
        ]
    if plan.access_checks:
        lines += ["", "access checks that are NOT carried; the service answers what these may turn away:"]
        lines += [f"  {item.what}\n    {item.reason}" for item in plan.access_checks]
    dropped = (*plan.dropped, *artifacts.findings)
    if dropped:
        lines += ["", "stays behind, or is to be looked at:"]
        lines += [f"  {item.what}\n    {item.reason}" for item in dropped]
    if planned.accepted:
        lines += ["", "taken on:"]
        lines += [f"  {effect.value}: {reason}" for effect, reason in planned.accepted.items()]
    return lines


def _document(
    planned: PlannedSlice, artifacts: Artifacts, result: WriteResult, *, written: bool
) -> dict[str, JsonValue]:
    from migrator.documents.plan import CODEC
    from migrator.plan import plan_hash

    return {
        "schema": "migrator.extraction/1",
        "name": artifacts.name,
        "folder": str(result.folder),
        "written": written,
        "plan_hash": plan_hash(planned.plan),
        "plan": CODEC.dump(planned.plan),
        "files": {
            "created": list(result.created),
            "changed": list(result.changed),
            "unchanged": list(result.unchanged),
            "removed": list(result.removed),
            "edited": list(result.edited),
            "foreign": list(result.foreign),
            "merged": list(result.merged),
            "kept": list(result.kept),
            "deleted": list(result.deleted),
        },
        "edits": [
            {"path": edit.path, "line": edit.line, "what": edit.what, "becomes": edit.becomes}
            for edit in artifacts.edits
        ],
        "diff": artifacts.diff,
        "conflicts": [
            {
                "path": conflict.path,
                "kind": conflict.kind.value,
                "reason": conflict.reason,
                "hunks": [
                    {
                        "line": hunk.line,
                        "yours": list(hunk.ours),
                        "before": list(hunk.base),
                        "generated": list(hunk.theirs),
                    }
                    for hunk in conflict.hunks
                ],
            }
            for conflict in result.conflicts
        ],
    }
