"""Functions of the form `(event, context)` behind the service that sends their events.

In: a `PlannedSlice` of such a function. Out: its `HandlerArtifacts`. The function reads the event by itself; each row
of the table says what its source needs around it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from migrator.artifacts.aws_events import sample_event
from migrator.artifacts.handlers import EventExample, HandlerArtifacts, writes
from migrator.artifacts.starting import starting
from migrator.domain.plans import EventSource
from migrator.plan import PlannedSlice
from migrator.plan.delivery.deliveries import Convention


@dataclass(frozen=True, slots=True)
class _Source:
    """What a source of events needs.

    Attributes:
        service: in words.
        sam: folders of the template beside the source's own.
        key: JMESPath of what is the same when an event comes again; empty where a batch comes again on purpose.
        another: Python source of the part of an example event that makes it another one, after its name.
        count: Python source of the number of records in an event; empty where an event is one.
    """

    service: str
    sam: tuple[str, ...]
    key: str = ""
    another: str = ""
    count: str = 'len(event["Records"])'


_ASYNCHRONOUS = ("dead_letters", "direct")
_STREAMED = ("dead_letters", "dead_letter_permission", "record_filter")
_SOURCES: Mapping[EventSource, _Source] = {
    EventSource.QUEUE: _Source("SQS", ("consumed_queue",)),
    EventSource.TOPIC: _Source(
        "SNS", (*_ASYNCHRONOUS, "topic"), "Records[0].Sns.MessageId", '["Records"][0]["Sns"]["MessageId"]'
    ),
    EventSource.EVENT_BUS: _Source("EventBridge", (*_ASYNCHRONOUS, "event_bus"), "id", '["id"]', count=""),
    EventSource.OBJECT_STORE: _Source(
        "S3",
        (*_ASYNCHRONOUS, "object_store"),
        "Records[].[s3.bucket.name, s3.object.key, s3.object.sequencer]",
        '["Records"][0]["s3"]["object"]["sequencer"]',
    ),
    EventSource.RECORD_STREAM: _Source("Kinesis Data Streams", (*_STREAMED, "record_stream")),
    EventSource.TABLE_STREAM: _Source("DynamoDB Streams", (*_STREAMED, "table_stream")),
    EventSource.TOPIC_LOG: _Source(
        "Kafka (MSK)", (*_STREAMED, "topic_log"), count='sum(map(len, event["records"].values()))'
    ),
}


@dataclass(frozen=True, slots=True)
class EventHandler:
    """The plug-in."""

    serves: str = "functions of (event, context) (S3, SNS, EventBridge, SQS, Kinesis, DynamoDB, Kafka)"

    def fits(self, planned: PlannedSlice) -> bool:
        """Whether the function takes the event as it is."""
        return planned.delivery.convention is Convention.EVENT and planned.delivery.source in _SOURCES

    def describe(self, planned: PlannedSlice) -> HandlerArtifacts:
        """Templates, source, example."""
        source = planned.delivery.source
        needs = _SOURCES[source]
        key = needs.key if writes(planned) else ""
        begins = starting(planned)
        return HandlerArtifacts(
            templates={
                **begins.templates,
                "src/app.py": "handler/event/app.py.j2",
                "tests/conftest.py": "handler_test/conftest.py.j2",
                "tests/test_handler.py": "handler_test/test_event.py.j2",
            },
            context={
                "starting": begins,
                "service_of_events": needs.service,
                "event_key": key,
                "another": needs.another,
                "record_count": needs.count,
                "writes": bool(key),
                "reports_failures": planned.delivery.reports_failures,
                "asynchronous_retries": 2,
                "retries_because": "What Lambda does by itself, said aloud.",
            },
            behind=needs.service,
            sam=(*needs.sam, *(["idempotency"] if key else [])),
            readme="service/readme/event.md.j2",
            events=(EventExample("event", sample_event(source)),),
        )
