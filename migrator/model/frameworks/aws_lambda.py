"""Functions that run on AWS Lambda already: handlers of the form `(event, context)`.

Which function is a handler stands in a template that is not read here; by convention it is a function of a module
with these two parameters whose name says so, or one that AWS Lambda Powertools wraps. What sends the event follows
from the annotated or declared type of the event, then from the keys that the code looks up in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from migrator.domain.triggers import Trigger, TriggerKind
from migrator.facts.expressions import Constant, Expression
from migrator.model.index import FunctionInfo
from migrator.model.registrations import Example, Program, Registration, Start

_NAME = re.compile(r"^(lambda_)?handler$|^(lambda|handle)_?\w*_handler$|^\w+_lambda_handler$")
_POWERTOOLS = "aws_lambda_powertools."
_KINDS: tuple[tuple[TriggerKind, frozenset[str]], ...] = (
    (TriggerKind.OBJECT, frozenset({"s3", "S3Event", "S3EventBridgeNotificationEvent"})),
    (
        TriggerKind.STREAM,
        frozenset({"kinesis", "dynamodb", "KinesisStreamEvent", "DynamoDBStreamEvent", "KafkaEvent", "eventSourceArn"}),
    ),
    (
        TriggerKind.HTTP,
        frozenset(
            {
                "httpMethod",
                "rawPath",
                "pathParameters",
                "queryStringParameters",
                "requestContext",
                "APIGatewayProxyEvent",
                "APIGatewayProxyEventV2",
                "ALBEvent",
                "LambdaFunctionUrlEvent",
            }
        ),
    ),
    (TriggerKind.SCHEDULE, frozenset({"Scheduled Event"})),
    (TriggerKind.SIGNAL, frozenset({"Sns", "detail-type", "SNSEvent", "EventBridgeEvent", "CloudWatchLogsEvent"})),
)
"""Keys of the event, and types of Powertools, by what sends it; a topic and a bus tell whoever subscribes. Whatever
else comes by a queue."""


@dataclass(frozen=True, slots=True)
class _AwsLambda:
    name: str = "lambda"
    interests: tuple[str, ...] = ()
    wrappers: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        for info in program.tables.index.all_functions():
            if len(info.scope.parameters) == 2 and _is_handler(program, info):
                trigger = Trigger(_sent_by(program, info), self.name, info.location)
                yield Registration(info.name, info.location, trigger, (Start(info, None),))


def _is_handler(program: Program, info: FunctionInfo) -> bool:
    outer = info.enclosing
    if info.runs_on_import or info.owner is not None or outer is None or not outer.runs_on_import:
        return False
    if [parameter.name.lstrip("_") for parameter in info.scope.parameters] != ["event", "context"]:
        return False
    if _NAME.match(info.scope.name):
        return True
    dotted = (program.tables.index.dotted(info.module, decorator) for decorator in info.scope.decorators)
    return any(name.startswith(_POWERTOOLS) for name in dotted)


def _sent_by(program: Program, info: FunctionInfo) -> TriggerKind:
    annotation = info.scope.parameters[0].annotation
    declared = {name for _, value in _keywords(info) for name in _words(value)}
    said = declared | (
        {program.tables.index.dotted(info.module, annotation).rpartition(".")[2]} if annotation else set()
    )
    keys = {word for step in info.scope.steps for word in _words(getattr(step, "value", None))}
    for words in (said, keys):
        for kind, known in _KINDS:
            if known & words:
                return kind
    return TriggerKind.QUEUE


def _keywords(info: FunctionInfo) -> Iterator[tuple[str | None, Expression]]:
    for decorator in info.scope.decorators:
        yield from getattr(decorator, "keywords", ())


def _words(expression: Expression | None) -> Iterator[str]:
    """Constant texts and names in an expression."""
    waiting: list[object] = [expression]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Constant):
            if isinstance(node.value, str):
                yield node.value
        elif isinstance(node, tuple):
            waiting.extend(node)
        elif isinstance(node, str):
            yield node


FRAMEWORK = _AwsLambda(
    examples=(
        Example(
            {
                "uploads": "def lambda_handler(event, context):\n    for record in event['Records']:\n"
                "        print(record['s3']['object']['key'])\n",
                "clicks": "def handler(event, context):\n    return [one['kinesis'] for one in event['Records']]\n",
                "api": "from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent, event_source\n"
                "@event_source(data_class=APIGatewayProxyEvent)\ndef orders(event, context): ...\n",
                "jobs": "def handler(event, _context):\n    return event['Records']\n"
                "def other(event, context): ...\nclass A:\n    def handler(event, context): ...\n",
            },
            {
                "uploads.lambda_handler": ("object",),
                "clicks.handler": ("stream",),
                "api.orders": ("http",),
                "jobs.handler": ("queue",),
            },
        ),
    )
)
