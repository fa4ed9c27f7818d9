"""The last resort: the function itself is stopped, whatever calls it.

In: a `RunbookContext`. Out: topics. What a stop does to callers hangs on what hands them over: see
https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html (a reserved concurrency of 0 throttles every
call) and https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html (a throttled delivery counts as one).
"""

from __future__ import annotations

from collections.abc import Iterator

from migrator.artifacts.runbook.aws import read_into
from migrator.artifacts.runbook.context import RunbookContext
from migrator.artifacts.runbook.deployed import Timer
from migrator.artifacts.runbook.parts import Block, Topic, shell
from migrator.artifacts.runbook.words import spelled
from migrator.domain.routes import AliasRoute, BalancerRoute, Route
from migrator.markdown import code_span

_KEPT = ("Name", "GroupName", "ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "Target")


def stopping_of(context: RunbookContext) -> Iterator[Topic]:
    """How to stop what feeds the function, and the function."""
    deployed = context.deployed
    if deployed.stack and deployed.sources:
        yield from (_source(logical, context) for logical in deployed.sources)
    if deployed.stack:
        yield from (_timer(timer) for timer in deployed.timers)
    if deployed.function:
        yield _function(context)


def _source(logical: str, context: RunbookContext) -> Topic:
    change = 'aws lambda update-event-source-mapping --uuid "$MAPPING"'
    said = "--query State --output text"
    given_up = (
        f" Messages wait in the queue meanwhile, for 14 days at most; stopping the function instead would give them up "
        f"after {context.deployed.receives} deliveries."
        if context.deployed.receives
        else " What comes waits meanwhile."
    )
    return Topic(
        f"Stop taking messages ({code_span(logical)})",
        f"The function gets nothing more from its queue.{given_up}",
        (
            Block(
                "",
                (read_into("MAPPING", logical), f"{change} --no-enabled {said}"),
                "It says `Disabling` or `Disabled`.",
            ),
            Block("Take messages again, once it is mended:", (f"{change} --enabled {said}",)),
        ),
    )


def _timer(timer: Timer) -> Topic:
    kept = (*_KEPT, *(["Description"] if timer.described else []))
    name, file = "SCHEDULE", f"{timer.logical}.json"
    change = (
        f"aws scheduler update-schedule --cli-input-json {shell(f'file://{file}')} --query ScheduleArn --output text"
    )

    def read(state: str) -> str:
        query = "{" + ", ".join(f"{key}: {key}" for key in kept) + f", State: '{state}'" + "}"
        # Single quotes make a raw string in JMESPath.
        return f'aws scheduler get-schedule --name "${name}" --query {shell(query)} --output json > {shell(file)}'

    return Topic(
        f"Stop the clock ({code_span(timer.logical)})",
        f"EventBridge Scheduler fires at {code_span(timer.expression)} ({code_span(timer.zone or 'UTC')}). Where a stack is "
        "deployed again it gets the state of its parameter `ScheduleState` again.",
        (
            Block("", (f"{read_into(name, timer.logical)}; {name}=${{{name}##*/}}", read("DISABLED"), change)),
            Block("Let it fire again:", (read("ENABLED"), change)),
        ),
    )


def _function(context: RunbookContext) -> Topic:
    deployed = context.deployed
    named = f"--function-name {shell(deployed.function)}"
    return Topic(
        "Stop the function",
        f"No environment is given to it any more, so that each call is turned away (throttled). {_consequence(context)}",
        (
            Block(
                "What is reserved for it now; write the number down, `None` is no number:",
                (
                    f"aws lambda get-function-concurrency {named} --query ReservedConcurrentExecutions --output text",
                    f"aws lambda put-function-concurrency {named} --reserved-concurrent-executions 0",
                ),
                "Runs that have begun end by themselves, within "
                f"{spelled(deployed.timeout_s)}. Only the second command stops anything.",
            ),
            Block(
                "Let it run again. Where a number was reserved, give that with the command of before instead:",
                (f"aws lambda delete-function-concurrency {named}",),
            ),
        ),
    )


def _consequence(context: RunbookContext) -> str:
    said = []
    for run in context.routes:
        match run.route:
            case Route(fallback=fallback) if fallback is not None and "throttle" in fallback.on:
                said.append(
                    f"Of {code_span(run.name)} legacy answers instead, for {', '.join(fallback.methods)}; others get an error."
                )
            case Route() | BalancerRoute() | AliasRoute():
                said.append(f"**Callers of {code_span(run.name)} get errors until its weight is 0: roll back first.**")
            case _ if context.deployed.queue:
                said.append(
                    "**Messages are delivered in vain, and given up into the dead letters"
                    f"{f' after {context.deployed.receives} deliveries' if context.deployed.receives else ''}: "
                    "stop taking messages instead.**"
                )
            case _:
                said.append(
                    "Calls that were handed over are tried again by Lambda for up to six hours, and then given up."
                )
    return " ".join(dict.fromkeys(said))
