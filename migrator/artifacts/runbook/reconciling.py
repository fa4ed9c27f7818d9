"""The chapter of the data that a rollback leaves behind, by what hands events over and by what the function does.

In: a `RunbookContext`. Out: topics. A rollback stops new calls; what the Lambda side has begun, taken or written stays,
and has to be looked through by a person: here is by which command.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from migrator.artifacts.runbook.aws import log_lines, messages_of, read_into, since_commands
from migrator.artifacts.runbook.context import Moved, RouteRun, RunbookContext
from migrator.artifacts.runbook.deployed import Timer
from migrator.artifacts.runbook.parts import Block, Topic, shell
from migrator.domain.effects import Effect
from migrator.domain.routes import Route, SeamRoute
from migrator.markdown import code_span, inline_text

_DAY_S: Final = 86_400
_SEEN_S: Final = 30

LEFT: Final[Mapping[Effect, str]] = {
    Effect.DATABASE: "Rows that the canary wrote are in the database and stay. Compare those written since the rollout began "
    "with what the log says was begun: a run that was cut off may have written a part.",
    Effect.EMAIL: "Mail that was sent cannot be fetched back. A call that was tried on both sides may have been told of twice: "
    "look for two of one subject at the provider.",
    Effect.HTTP_OUT: "Requests to other services were made and stay made. A call that was tried on both sides may have made them "
    "twice: look there by whatever key tells two requests apart.",
    Effect.ENQUEUE: "Messages that the canary sent are worked off by whoever takes them. Where it was tried on both sides there "
    "may be two.",
    Effect.OBJECT_STORAGE: "Objects that the canary wrote or deleted stay so. Where versions are kept the earlier ones are there.",
    Effect.CACHE: "What the canary put into the cache is used by legacy too. Where the canary computed wrong values, delete those "
    "keys, or wait until they run out.",
    Effect.LOCAL_DISK_WRITE: "Files that the canary wrote were on its own disk and are gone with it. Legacy has none of them.",
    Effect.TEMP_DISK: "Files for the time of a call were on the canary's own disk and are gone.",
    Effect.PROCESS_STATE_WRITE: "What the canary kept in memory is gone with its environments. Legacy has not seen it.",
    Effect.BACKGROUND: "What ran on after the answer may have been cut off in the middle.",
    Effect.SUBPROCESS: "What other programs did on the canary's side stays done.",
    Effect.UNBOUNDED: "Calls that nobody could follow may have done anything. Read the log.",
}
"""What stays behind of an effect that changes something; read-only ones leave nothing."""


def reconciling_of(context: RunbookContext) -> Iterator[Topic]:
    """What to look through, in the order in which it matters."""
    deployed = context.deployed
    for run in context.routes:
        if isinstance(run.route, Route):
            yield _served(run)
    if deployed.log_group:
        yield _begun(context)
    if deployed.stack and deployed.queue:
        yield _queue(context)
    if deployed.stack and deployed.dead_letters:
        yield _dead_letters(context)
    if deployed.stack and deployed.table:
        yield _remembered(deployed.table)
    if deployed.stack:
        yield from (_timer(timer) for timer in deployed.timers)
    yield from (_schedule(run) for run in context.routes if _is_schedule(run))
    if context.moved is not None and context.moved.changes:
        yield _effects(context.moved)


def _served(run: RouteRun) -> Topic:
    assert isinstance(run.route, Route)
    admin = _admin_of(run)
    folder = 'import json, sys; print(json.load(sys.stdin)["node"]["metadata"]["migrator_directory"])'
    show = (
        "import json, sys; calls = map(json.loads, sys.stdin); "
        'print(*[call for call in calls if call["route"] == sys.argv[1] and call["side"] != "legacy"][-20:], sep="\\n")'
    )
    return Topic(
        f"Calls that the canary answered ({code_span(run.name)})",
        "Envoy keeps a line for each call: time, request id, side, method, status. No path and no body.",
        (
            Block(
                "The last twenty that did not go to legacy alone; `fallback` means that legacy answered after the canary had "
                "failed, so that both may have run:",
                (
                    f"ENVOY=$(curl -fsS {shell(admin)} | python3 -c {shell(folder)})",
                    f'python3 -c {shell(show)} {shell(run.name)} < "$ENVOY/calls.log"',
                ),
            ),
        ),
    )


def _admin_of(run: RouteRun) -> str:
    """The address of Envoy's `server_info`."""
    (command,) = run.plane.alive.commands
    return command.removeprefix("curl -fsS ").strip("'").replace("/ready", "/server_info")


def _begun(context: RunbookContext) -> Topic:
    return Topic(
        "What the function began and how it ended",
        "Of the last day; take another number of seconds where the rollout is older.",
        (
            Block(
                "Runs that failed, or were cut off:",
                (since_commands(_DAY_S), log_lines(context.deployed, "?ERROR ?Task ?Traceback")),
            ),
            Block("All that it wrote:", (log_lines(context.deployed, ""),)),
        ),
    )


def _queue(context: RunbookContext) -> Topic:
    return Topic(
        "Messages in the queue of the Lambda side",
        "What was sent there before the rollback stays there: nothing fetches it back. As long as the function is well, let it "
        "work the queue off. If it is not, [stop taking messages](#stop-the-function-itself), mend it, and take them again: "
        "they keep for 14 days.",
        (
            Block(
                "How many wait, are being worked on, and are delayed:",
                (read_into("QUEUE", context.deployed.queue), messages_of("QUEUE")),
                "All `0`: nothing is left.",
            ),
        ),
    )


def _dead_letters(context: RunbookContext) -> Topic:
    blocks = [
        Block(
            "How many were given up:",
            (read_into("DEAD_LETTERS", context.deployed.dead_letters), messages_of("DEAD_LETTERS")),
        ),
        Block(
            f"Read up to ten. They come back after {_SEEN_S} seconds, and nothing is taken out:",
            (
                (
                    f'aws sqs receive-message --queue-url "$DEAD_LETTERS" --max-number-of-messages 10 --visibility-timeout {_SEEN_S} '
                    "--attribute-names All --message-attribute-names All --output json"
                ),
            ),
            "The attribute that names the error says why.",
        ),
    ]
    if context.deployed.queue:
        arn = "--attribute-names QueueArn --query Attributes.QueueArn --output text"
        blocks.append(
            Block(
                "Send them again, once the cause is mended. To the queue they came from:",
                (
                    f'FROM=$(aws sqs get-queue-attributes --queue-url "$DEAD_LETTERS" {arn})',
                    f'TO=$(aws sqs get-queue-attributes --queue-url "$(resource {shell(context.deployed.queue)})" {arn})',
                    'aws sqs start-message-move-task --source-arn "$FROM" --destination-arn "$TO"',
                ),
                "Do it once. What was done already under the same `id` is not done again.",
            )
        )
    return Topic("What was given up (dead letters)", "It is lost after 14 days.", tuple(blocks))


def _remembered(table: str) -> Topic:
    names = shell('{"#status": "status"}')
    running = shell('{":running": {"S": "INPROGRESS"}}')
    return Topic(
        "What was done, and what was only begun",
        "The table remembers by its id what was run. An entry `INPROGRESS` that stays is a run that was cut off: **half done**. "
        "It is run again when its message comes again; what it had done by then is done twice.",
        (
            Block(
                "What was only begun. It reads the whole table; what is shown and was begun within the function's time-out may "
                "still go on:",
                (
                    read_into("TABLE", table),
                    (
                        f'aws dynamodb scan --table-name "$TABLE" --filter-expression {shell("#status = :running")} '
                        f"--expression-attribute-names {names} --expression-attribute-values {running} "
                        "--query 'Items[].id.S' --output json"
                    ),
                ),
                "`[]`: nothing is half done.",
            ),
        ),
    )


def _timer(timer: Timer) -> Topic:
    return Topic(
        f"The clock of the Lambda side ({code_span(timer.logical)})",
        f"It fires at {code_span(timer.expression)} ({code_span(timer.zone or 'UTC')}). While legacy's clock fires too, each "
        "run is done twice; while neither does, it is missed.",
        (
            Block(
                "Whether it fires:",
                (
                    f"{read_into('SCHEDULE', timer.logical)}; SCHEDULE=${{SCHEDULE##*/}}",
                    "aws scheduler get-schedule --name \"$SCHEDULE\" --query '[State, ScheduleExpression]' --output text",
                ),
                "After a rollback it should say `DISABLED`: [stop the clock](#stop-the-function-itself). The function's log "
                "above says when it ran.",
            ),
        ),
    )


def _is_schedule(run: RouteRun) -> bool:
    return isinstance(run.route, SeamRoute) and run.route.match.kind == "schedule"


def _schedule(run: RouteRun) -> Topic:
    assert isinstance(run.route, SeamRoute)
    clock = f", as {code_span(run.route.legacy_beat)}" if run.route.legacy_beat else ""
    claim = run.route.claim
    blocks: tuple[Block, ...] = ()
    if claim is not None:
        blocks = (
            Block(
                "Which firings were claimed, so that one scheduler alone ran them:",
                (f"aws dynamodb scan --table-name {shell(claim.table)} --query 'Items[].id.S' --output json",),
            ),
        )
    return Topic(
        f"Runs that were missed or done twice ({code_span(run.name)})",
        f"Legacy's own clock fires it{clock}, and from the rollback on runs it too. A firing that was handed over shortly "
        "before is still run by the function. Where the function's log above has no run for a firing, start that one by hand on "
        "legacy; where both sides have one, see what it does below.",
        blocks,
    )


def _effects(moved: Moved) -> Topic:
    blocks = tuple(
        Block(
            f"- **{effect.value}** ({inline_text('; '.join(reasons))}). {LEFT.get(effect, 'Look at what it changed.')}",
            (),
        )
        for effect, reasons in moved.changes.items()
    )
    return Topic("What the function changes elsewhere", "By what the analysis found in its code:", blocks)
