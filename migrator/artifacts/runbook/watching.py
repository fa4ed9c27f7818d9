"""The chapter of what to watch: dashboard, alarms, logs, figures of both sides.

In: a `RunbookContext`. Out: topics.
"""

from __future__ import annotations

from collections.abc import Iterator

from migrator.artifacts.runbook.aws import log_lines, read_into, since_commands
from migrator.artifacts.runbook.context import RunbookContext
from migrator.artifacts.runbook.parts import Block, Topic
from migrator.artifacts.runbook.preparing import alarms_command
from migrator.markdown import code_span, inline_text

_LATELY_S = 900


def watching_of(context: RunbookContext) -> Iterator[Topic]:
    """What is looked at, and by which command."""
    deployed = context.deployed
    yield Topic(
        "The rollout",
        "Phase, weight recorded and live, each gate with its figures, what comes next:",
        tuple(Block("", (context.tool("rollout", "status", run.name),)) for run in context.routes),
    )
    yield Topic(
        "What became of it so far",
        "A line for each change, oldest first, with the reason:",
        tuple(Block("", (context.tool("rollout", "history", run.name),)) for run in context.routes),
    )
    taken = tuple(run.plane.taken for run in context.routes if run.plane.taken is not None)
    if taken:
        yield Topic("Calls of each side", "", taken)
    if deployed.stack and deployed.alarms:
        said = "\n".join(f"- {code_span(alarm.logical)}: {inline_text(alarm.tells)}" for alarm in deployed.alarms)
        yield Topic(
            "Alarms",
            "",
            (Block("", (alarms_command(context),), f"`ALARM` at the head of a line is on. The names mean:\n\n{said}"),),
        )
    if deployed.stack and deployed.dashboard:
        url = "https://console.aws.amazon.com/cloudwatch/home?region=$REGION#dashboards/dashboard"
        yield Topic(
            "Dashboard",
            "Both sides beside each other, in CloudWatch. The address of the page:",
            (
                Block(
                    "",
                    (
                        read_into("DASHBOARD", deployed.dashboard),
                        "REGION=${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region)}}",
                        f'echo "{url}/$DASHBOARD"',
                    ),
                ),
            ),
        )
    if deployed.log_group:
        yield Topic(
            "Errors in the function's log",
            "Of the last quarter of an hour:",
            (
                Block(
                    "",
                    (since_commands(_LATELY_S), log_lines(deployed, '{ $.level = "ERROR" }')),
                    "Nothing, or `None`, means that none was written.",
                ),
            ),
        )
