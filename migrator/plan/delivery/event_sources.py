"""Which service of the cloud sends the events of a function that is written for one, and functions called directly.

In: a candidate that takes `(event, context)`, or a command or subscriber. Out: its `Delivery`. The source follows from
what the function says it reads: the types of Powertools first, then the keys of the event.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from migrator.domain.assessments import Assessment
from migrator.domain.plans import Dropped, EventSource, Kept
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.errors import Refused
from migrator.plan.delivery.deliveries import Convention, Delivery
from migrator.plan.looking.marks import function_node
from migrator.source import SourceTree

# Words to sources: names of Powertools' event classes, keys of the events ("Using Lambda with other services").
_TYPES: tuple[tuple[EventSource, frozenset[str]], ...] = (
    (EventSource.OBJECT_STORE, frozenset({"S3Event"})),
    (EventSource.RECORD_STREAM, frozenset({"KinesisStreamEvent"})),
    (EventSource.TABLE_STREAM, frozenset({"DynamoDBStreamEvent"})),
    (EventSource.TOPIC_LOG, frozenset({"KafkaEvent"})),
    (EventSource.TOPIC, frozenset({"SNSEvent"})),
    (EventSource.EVENT_BUS, frozenset({"EventBridgeEvent", "S3EventBridgeNotificationEvent"})),
    (EventSource.QUEUE, frozenset({"SQSEvent"})),
)
_KEYS: tuple[tuple[EventSource, frozenset[str]], ...] = (
    (EventSource.OBJECT_STORE, frozenset({"s3"})),
    (EventSource.RECORD_STREAM, frozenset({"kinesis"})),
    (EventSource.TABLE_STREAM, frozenset({"dynamodb"})),
    (EventSource.TOPIC, frozenset({"Sns"})),
    (EventSource.EVENT_BUS, frozenset({"detail-type", "detail"})),
    (EventSource.QUEUE, frozenset({"messageId", "receiptHandle"})),
)
_REPORTS = frozenset({"batchItemFailures", "process_partial_response", "batch_processor"})
_BATCHES = frozenset({EventSource.QUEUE, EventSource.RECORD_STREAM, EventSource.TABLE_STREAM, EventSource.TOPIC_LOG})
# Frameworks whose commands and subscribers are functions that somebody can call with plain arguments.
DIRECT = frozenset({"argparse", "blinker", "click", "own registry", "signal tables"})
_CLICK_CONTEXT = frozenset({"pass_context", "pass_obj", "make_pass_decorator", "with_appcontext"})


def event_delivery(tree: SourceTree, assessment: Assessment) -> Delivery:
    """The source of a function of the form `(event, context)`.

    Raises:
        Refused: nothing in the function says it.
    """
    source, words = _source(tree, assessment)
    dropped: tuple[Dropped, ...] = ()
    kept: tuple[Kept, ...] = ()
    if source in _BATCHES:
        if words & _REPORTS:
            kept = (Kept("batchItemFailures", "ReportBatchItemFailures of the event source mapping"),)
        else:
            dropped = (
                Dropped(
                    f"{assessment.location}: no report of single records",
                    "one record that fails brings the whole batch again",
                ),
            )
    return Delivery(
        source=source,
        convention=Convention.EVENT,
        kept=kept,
        dropped=dropped,
        reports_failures=bool(words & _REPORTS),
    )


def direct_delivery(tree: SourceTree, assessment: Assessment, triggers: Sequence[Trigger]) -> Delivery:
    """A command or a subscriber that is called with its arguments.

    Raises:
        Refused: its framework hands it more than arguments.
    """
    frameworks = {trigger.framework for trigger in triggers}
    if strange := sorted(frameworks - DIRECT):
        raise Refused(
            f"{assessment.name} is called by {strange[0]}, which hands it objects of the process",
            hint="give the part that needs only plain values a function of its own, and extract a task or route "
            "that calls it",
            location=str(assessment.location),
        )
    _, words = _read(tree, assessment)
    if "click" in frameworks and (used := sorted(words & _CLICK_CONTEXT)):
        raise Refused(
            f"{assessment.name} is handed Click's own context ({used[0]})",
            hint="take what it needs of the context as options",
            location=str(assessment.location),
        )
    dropped: list[Dropped] = []
    for trigger in triggers:
        if trigger.kind is TriggerKind.COMMAND:
            command = trigger.detail.get("command", "")
            why = "the parser's defaults and types stay behind: the event gives every argument, as its own type"
            dropped.append(Dropped(f"{trigger.location}: command {command}", why))
        else:
            why = "whoever sends the signal has to invoke the function, with values that JSON can say"
            dropped.append(Dropped(f"{trigger.location}: subscription", why))
    return Delivery(EventSource.DIRECT, Convention.ARGUMENTS, dropped=tuple(dropped))


def _source(tree: SourceTree, assessment: Assessment) -> tuple[EventSource, frozenset[str]]:
    declared, words = _read(tree, assessment)
    for known, said in ((_TYPES, declared), (_TYPES, words), (_KEYS, words)):
        for source, marks in known:
            if marks & said:
                return source, words
    raise Refused(
        f"nothing in {assessment.name} says which service sends its events",
        hint="annotate the event, as in `event: SQSEvent` of aws_lambda_powertools.utilities.data_classes",
        location=str(assessment.location),
    )


def _read(tree: SourceTree, assessment: Assessment) -> tuple[frozenset[str], frozenset[str]]:
    """Words of the function's decorators and annotations, and of all of it."""
    node = function_node(tree.by_path[assessment.location.path], assessment.location)
    if node is None:
        return frozenset(), frozenset()
    annotations = [argument.annotation for argument in node.args.args if argument.annotation is not None]
    head = [*node.decorator_list, *annotations]
    return frozenset(word for part in head for word in _words(part)), frozenset(_words(node))


def _words(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)):
                found.add(text)
            case ast.Name(id=name) | ast.Attribute(attr=name):
                found.add(name)
    return found
