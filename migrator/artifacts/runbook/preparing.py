"""The chapters before traffic moves: what has to be there, and what is checked.

In: a `RunbookContext`. Out: needs, topics. Each has a command that proves it.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from migrator.artifacts.runbook.aws import messages_of, read_into, region_command
from migrator.artifacts.runbook.context import RouteRun, RunbookContext
from migrator.artifacts.runbook.parts import Block, Need, Topic, shell
from migrator.domain.gates import ParityGate
from migrator.domain.routes import AliasRoute, Route, SeamRoute
from migrator.markdown import code_span

_NOWHERE = ".invalid"
"""Names of hosts that are none, by RFC 2606; written where the address is known only after the deployment."""
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def needs_of(context: RunbookContext) -> tuple[Need, ...]:
    """Programs, credentials and access."""
    own = (
        Need(
            "this repository, and a shell at its top",
            "paths below start there",
            f"test -f {shell(context.layout.router)} && git log -1 --format='%h %s'",
        ),
        Need("`migrator`", "the tool that shifts traffic", "migrator --version"),
        Need(
            "`python3` and `curl`",
            "for what is done without the tool",
            "python3 --version && curl --version | head -n 1",
        ),
        Need("the AWS CLI", "to look at the function and to stop it", "aws --version"),
        Need(
            "the right account",
            "a sign-in that may read and change the service",
            "aws sts get-caller-identity --output json",
        ),
        Need(
            f"the region {code_span(context.region)}" if context.region else "the region of the service",
            "the AWS CLI asks no other" if context.region else "the row `region` has to name it",
            region_command(context.region),
        ),
    )
    of_planes = {need.command: need for run in context.routes for need in run.plane.needs}
    return (*own, *of_planes.values())


def preflight_of(context: RunbookContext) -> Iterator[Topic]:
    """What is checked before the first call goes to the canary."""
    yield Topic(
        "The files are right",
        "The configuration has no mistake, and says what is served.",
        (
            Block("", (context.router("router", "validate"),), "It names the number of routes."),
            *(
                Block(
                    f"What {code_span(run.name)} is going to do; nothing is started:",
                    (context.tool("rollout", "start", run.name, "--dry-run"),),
                    "The steps are those of the chapter [The steps](#the-steps).",
                )
                for run in context.routes
            ),
        ),
    )
    yield Topic("What carries the calls is well", "", tuple(run.plane.alive for run in context.routes))
    yield from _function(context)
    yield from _addresses(context)
    yield from _parity(context)
    yield from _after(context)
    yield Topic(
        "Nobody else drives it",
        "",
        (
            Block(
                "Programs of this machine that drive rollouts:",
                ("pgrep -af 'migrator rollout (run|watch)' || echo 'none here'",),
                "One `rollout run` is enough for all routes. A lease keeps a second one from interfering.",
            ),
        ),
    )


def _function(context: RunbookContext) -> Iterator[Topic]:
    deployed = context.deployed
    if deployed.function and not any(isinstance(run.route, AliasRoute) for run in context.routes):
        qualified = f"--function-name {shell(deployed.function)}"
        alias = f" --qualifier {shell(deployed.alias)}" if deployed.alias else ""
        yield Topic(
            "The function is there",
            "",
            (
                Block(
                    "",
                    (
                        (
                            f"aws lambda get-function-configuration {qualified}{alias} "
                            "--query '[Version, State, LastUpdateStatus]' --output text"
                        ),
                    ),
                    "It says `Active` and `Successful`.",
                ),
            ),
        )
    if not deployed.stack:
        return
    stack = shell(deployed.stack)
    yield Topic(
        "The deployment is at rest",
        "",
        (
            Block(
                "The stack is not being changed:",
                (
                    f"aws cloudformation describe-stacks --stack-name {stack} --query 'Stacks[0].StackStatus' --output text",
                ),
                "It ends with `COMPLETE` and does not begin with `ROLLBACK`.",
            ),
            Block(
                "New versions are not shifted by CodeDeploy meanwhile:",
                (_parameter(stack, "GradualDeployment"),),
                "It says `false`. Two hands on one alias undo each other's work.",
            ),
        ),
    )
    if deployed.alarms:
        yield Topic(
            "No alarm is on",
            "",
            (Block("", (alarms_command(context),), "Every line begins with `OK` or `INSUFFICIENT_DATA`."),),
        )
    if deployed.dead_letters:
        yield Topic(
            "Nothing was given up",
            "",
            (
                Block(
                    "",
                    (read_into("DEAD_LETTERS", deployed.dead_letters), messages_of("DEAD_LETTERS")),
                    "All three numbers are `0`. Else see [After a rollback](#after-a-rollback) first.",
                ),
            ),
        )
    if deployed.timers_parameter:
        yield Topic(
            "Only one clock fires",
            "",
            (
                Block(
                    "The schedules of the service:",
                    (_parameter(stack, deployed.timers_parameter),),
                    "It says `DISABLED` as long as legacy's own clock fires: else everything runs twice.",
                ),
            ),
        )


def _parameter(stack: str, name: str) -> str:
    query = f"Stacks[0].Parameters[?ParameterKey=='{name}'].ParameterValue"
    return f"aws cloudformation describe-stacks --stack-name {stack} --query {shell(query)} --output text"


def alarms_command(context: RunbookContext) -> str:
    """How each alarm of the stack stands."""
    return (
        f"aws cloudwatch describe-alarms --alarm-name-prefix {shell(f'{context.deployed.stack}-')} "
        "--query 'MetricAlarms[].[StateValue, AlarmName]' --output text"
    )


def _addresses(context: RunbookContext) -> Iterator[Topic]:
    """Addresses that are known only after the deployment."""
    deployed, file = context.deployed, code_span(context.layout.routes)
    for run in context.routes:
        if isinstance(run.route, Route) and deployed.url and deployed.stack and _is_local(run.route.canary_url):
            query = "Stacks[0].Outputs[?OutputKey=='Url'].OutputValue"
            yield Topic(
                f"The address of the canary of {code_span(run.name)} is the deployed one",
                f"{file} names {code_span(run.route.canary_url)}, which is this machine.",
                (
                    Block(
                        "The address of the deployed function:",
                        (
                            (
                                f"aws cloudformation describe-stacks --stack-name {shell(deployed.stack)} "
                                f"--query {shell(query)} --output text"
                            ),
                        ),
                        f"Unless the local one is meant, write it into {file} as `canary: {{url: ...}}`, and commit that.",
                    ),
                ),
            )
        if isinstance(run.route, SeamRoute) and deployed.queue and deployed.stack:
            yield _queue(context, run.name, run.route.canary.queue)


def _queue(context: RunbookContext, name: str, queue: str) -> Topic:
    """Whether the file names the queue that was deployed, or which one it has to name."""
    file, shown = code_span(context.layout.routes), code_span(name)
    if queue and not (urlsplit(queue).hostname or "").endswith(_NOWHERE):
        same = f'test "$(resource {shell(context.deployed.queue)})" = {shell(queue)} && echo "the same"'
        return Topic(
            f"The queue of {shown} is the deployed one",
            "",
            (Block("", (same,), f"Else {file} names the queue of another stage: mend it first."),),
        )
    return Topic(
        f"The queue of {shown} is named",
        f"{file} names no queue that there is.",
        (
            Block(
                "The queue of the deployed service:",
                (read_into("QUEUE", context.deployed.queue), 'echo "$QUEUE"'),
                f"Write it into {file} as `canary: {{lambda: ..., queue: ...}}`, commit that, make the runbook again, and "
                "begin again here.",
            ),
        ),
    )


def _is_local(url: str) -> bool:
    return urlsplit(url).hostname in _LOOPBACK


def _parity(context: RunbookContext) -> Iterator[Topic]:
    compared = [run for run in context.routes if _is_compared(run)]
    if compared:
        yield Topic(
            "Both sides answer alike",
            "The gate `parity` gives no weight without a comparison. Both sides really run every recorded request.",
            tuple(_comparison(context, run) for run in compared),
        )


def _is_compared(run: RouteRun) -> bool:
    return any(isinstance(gate, ParityGate) for gate in run.plan.gates)


def _comparison(context: RunbookContext, run: RouteRun, lead: str = "") -> Block:
    return Block(
        lead,
        (context.router("compare", run.name) + ' --recording "${RECORDING:?name the file of recorded requests}"',),
        "It ends with no difference. The result is remembered.",
    )


def _after(context: RunbookContext) -> Iterator[Topic]:
    before = tuple(dict.fromkeys(other for run in context.routes for other in run.plan.after))
    if before:
        yield Topic(
            "What has to come first is promoted",
            "",
            tuple(
                Block("", (context.tool("rollout", "status", other),), "Its phase is `promoted`.") for other in before
            ),
        )


def starting(context: RunbookContext, run: RouteRun) -> tuple[Block, ...]:
    """The commands that give the first weight, and drive the rest."""
    return (
        Block("Record the plan and give the first weight:", (context.tool("rollout", "start", run.name, "--yes"),)),
        Block(
            "Let something look again and again, unless a `migrator rollout run` does already:",
            (context.tool("rollout", "watch", run.name),),
            "It draws the rollout and ends with it. Ctrl-C leaves the rollout as it is; start it again to go on.",
            apart=True,
        ),
    )


def starting_again(context: RunbookContext, run: RouteRun) -> tuple[Block, ...]:
    """The same for a further attempt, to which an earlier comparison means nothing."""
    again = _comparison(context, run, "Compare both sides again; the comparison of before counts no more:")
    return (*([again] if _is_compared(run) else []), *starting(context, run))
