"""The decision table: what is seen, what it means, what is typed.

In: a `RunbookContext` and one of its routes. Out: rows. The words in the first column are those that the tool itself says.
"""

from __future__ import annotations

from collections.abc import Iterator

from migrator.artifacts.runbook.context import RouteRun, RunbookContext
from migrator.artifacts.runbook.parts import Decision
from migrator.artifacts.runbook.words import percent, spelled

_ROLL_BACK = "[Roll back](#roll-back)"


def decisions_of(context: RunbookContext, run: RouteRun) -> Iterator[Decision]:
    """The rows for one route, the most urgent first."""
    ask = context.tool("rollout", "status", run.name)
    back = context.tool("rollout", "rollback", run.name, "--reason", "something is wrong")
    yield Decision(
        "Callers complain, an alarm is on, or you do not understand what you see",
        "Going back is safe in every phase and costs nothing but time",
        back,
        "and see [what the alarms mean](#alarms)" if context.deployed.stack and context.deployed.alarms else "",
    )
    yield Decision(
        "You want to look first, and nothing may move meanwhile",
        "The weight stays; the gates still roll back by themselves",
        context.tool("rollout", "pause", run.name, "--reason", "looking at it"),
    )
    yield Decision(
        "phase `paused`",
        "A person has stopped it. Go on when it is understood",
        context.tool("rollout", "resume", run.name),
    )
    yield Decision(
        "phase `pending`",
        "It is recorded, and a gate gives no first weight yet. The line `gate` says which",
        ask,
    )
    yield Decision(
        "phase `shifting`, all gates `pass`",
        "All is well: it waits for the end of the bake time",
        ask,
    )
    yield Decision(
        "phase `holding`",
        "Gates have not seen enough to say yes. This is not a failure: wait, or go back",
        ask,
    )
    if any(step.approval for step in run.plan.steps):
        yield Decision(
            "phase `awaiting-approval`",
            "The next step begins when a person agrees",
            context.tool("rollout", "promote", run.name, "--reason", "looks right"),
        )
    yield Decision(
        "phase `rolling-back` that stays",
        "0 % could not be read back from what carries the calls",
        run.plane.alive.commands[0],
        f"then {_ROLL_BACK}, by hand if it must be",
    )
    yield Decision(
        "phase `rolled-back`",
        "Legacy does everything. The history says which gate, or who",
        context.tool("rollout", "history", run.name),
        "then [After a rollback](#after-a-rollback)",
    )
    yield Decision(
        "`requests no-data`: no figures",
        f"Nobody can see how the canary is. After {spelled(run.plan.silence_s)} it goes back to "
        f"{percent(run.plan.safe_weight)} by itself",
        run.plane.figures or run.plane.alive.commands[0],
    )
    yield Decision(
        "recorded and live weight differ",
        "Somebody has set it by hand, or what carries the calls was restarted. The next look puts it right; if nothing "
        "looks, this does",
        context.tool("rollout", "tick", run.name),
    )
    yield Decision(
        "`ALERT: a rollback is due`, legacy is unwell",
        "The canary is bad, but legacy says of itself that it cannot take the calls. Mend legacy, or go back all the same",
        back,
    )
    yield Decision(
        "the time of `next` is over and nothing happens",
        "Nothing drives the rollout",
        context.tool("rollout", "tick", run.name),
        "and see [Start](#start)",
    )
    yield Decision(
        "`migrator` is not there, or does not answer",
        "Everything can be done without it",
        "",
        "[by hand](#by-hand-without-migrator)",
    )
    yield Decision(
        "The function itself does harm, whoever calls it",
        "Last resort; read what it does to callers first",
        "",
        "[Stop the function itself](#stop-the-function-itself)",
    )
