"""The runbook in Markdown.

In: a `RunbookContext`. Out: text, the same for the same context. The words that are always the same stand in the
template; what hangs on the service is put together beside this module.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from migrator.artifacts.rendering import render
from migrator.artifacts.runbook.aws import resource_function
from migrator.artifacts.runbook.context import RouteRun, RunbookContext
from migrator.artifacts.runbook.deciding import decisions_of
from migrator.artifacts.runbook.diagrams import Drawing, path_drawing, phases_drawing
from migrator.artifacts.runbook.drawing_text import mermaid
from migrator.artifacts.runbook.parts import Block, shell
from migrator.artifacts.runbook.preparing import needs_of, preflight_of, starting, starting_again
from migrator.artifacts.runbook.reconciling import reconciling_of
from migrator.artifacts.runbook.stepping import calendar_of, gate_rows, step_rows, times_of
from migrator.artifacts.runbook.stopping import stopping_of
from migrator.artifacts.runbook.watching import watching_of
from migrator.domain.routes import Route, SeamRoute
from migrator.markdown import cell_code

_TEMPLATE = "runbook/runbook.md.j2"
_EMPTY_LINES = 8
_RESOURCE = (
    "Where a command begins with `resource`, or has it in it, type what [Get ready](#get-ready) says of it first.\n\n"
)


def runbook_markdown(context: RunbookContext) -> str:
    """The whole runbook."""
    return render(_TEMPLATE, _shown(context))


def drawings_of(context: RunbookContext) -> tuple[Drawing, ...]:
    """Its drawings, in the order in which they stand in it."""
    return (*(path_drawing(context, run) for run in context.routes), phases_drawing())


def _shown(context: RunbookContext) -> Mapping[str, object]:
    deployed, moved = context.deployed, context.moved
    *paths, phases = (mermaid(drawing) for drawing in drawings_of(context))
    return {
        "context": context,
        "several": len(context.routes) > 1,
        "moved": moved,
        "deployed": deployed,
        "layout": context.layout,
        "rollback": Block("", (_all_back(context),)),
        "status": Block("", tuple(context.tool("rollout", "status", run.name) for run in context.routes)),
        "paths": paths,
        "phases": phases,
        "needs": tuple((need, Block("", (need.command,)).console) for need in needs_of(context)),
        "resource_function": resource_function(deployed) if deployed.stack else None,
        "needs_resource": _RESOURCE if deployed.stack else "",
        "preflight": tuple(preflight_of(context)),
        "apply": Block("", (context.router("router", "apply", "--yes"),)),
        "routes": tuple(_route(context, run) for run in context.routes),
        "watching": tuple(watching_of(context)),
        "taken": Block(
            "",
            (
                *(context.tool("rollout", "status", run.name) for run in context.routes),
                context.router("router", "show"),
            ),
        ),
        "live": tuple(run.plane.live for run in context.routes),
        "counted": tuple(run.plane.taken for run in context.routes if run.plane.taken is not None),
        "by_hand": Block("", ("pgrep -af 'migrator rollout (run|watch)' || echo 'none here'",)),
        "recorded": Block(
            "",
            tuple(
                context.tool("rollout", "rollback", run.name, "--reason", "was done by hand") for run in context.routes
            ),
        ),
        "checked": Block("", (context.router("router", "show", "--check"),)),
        "stopping": tuple(stopping_of(context)),
        "reconciling": tuple(reconciling_of(context)),
        "promoted": Block("", tuple(context.tool("rollout", "status", run.name) for run in context.routes)),
        "retire": Block("", tuple(context.tool("rollout", "retire", run.name, "--yes") for run in context.routes)),
        "windows": tuple(dict.fromkeys(calendar for run in context.routes for calendar in _windows(run))),
        "fallbacks": any(isinstance(run.route, Route) and run.route.fallback is not None for run in context.routes),
        "seamed": any(isinstance(run.route, SeamRoute) for run in context.routes),
        "clean_up": context.pull_request(moved, "--stage", "clean-up") if moved else "",
        "back": context.pull_request(moved, "--stage", "back") if moved else "",
        "owners": context.choices.owners,
        "reviewers": tuple(name for name in context.choices.reviewers if name not in context.choices.owners),
        "log_rows": tuple(_log_rows(context)),
        "empty_rows": range(_EMPTY_LINES),
    }


def _all_back(context: RunbookContext) -> str:
    """The one command that takes everything back."""
    names = [run.name for run in context.routes]
    if len(names) == 1:
        return context.tool("rollout", "rollback", names[0], "--reason", "taken back by night")
    # The word that is replaced can stand in no name of a route.
    command = context.tool("rollout", "rollback", "ROUTE", "--reason", "taken back by night").replace(
        " ROUTE ", ' "$route" '
    )
    return f"for route in {' '.join(map(shell, names))}; do {command}; done"


def _route(context: RunbookContext, run: RouteRun) -> Mapping[str, object]:
    return {
        "name": run.name,
        "plane": run.plane,
        "starting": starting(context, run),
        "again": starting_again(context, run),
        "steps": tuple(step_rows(context, run)),
        "gates": tuple(gate_rows(run)),
        "calendar": tuple(calendar_of(run)),
        "least": times_of(run),
        "template": run.plan.template,
        "decisions": tuple((row, cell_code(row.command) if row.command else "") for row in decisions_of(context, run)),
    }


def _windows(run: RouteRun) -> Iterator[str]:
    if run.plan.rollback_window_s:
        yield from (line for line in calendar_of(run) if line.startswith("After promotion"))


def _log_rows(context: RunbookContext) -> Iterator[str]:
    """What is written down in any case."""
    yield "Preflight passed"
    for run in context.routes:
        many = f"{run.name}: " if len(context.routes) > 1 else ""
        yield from (f"{many}step {row.number} at {row.weight}" for row in step_rows(context, run))
        yield f"{many}promoted"
