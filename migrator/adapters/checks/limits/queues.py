"""Queues that a function takes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from migrator.adapters.checks.limits.subject import Subject
from migrator.cloud_facts.facts import fact, most, number
from migrator.domain.checks import CheckFinding, Severity

_QUEUE = "AWS::SQS::Queue"
_VISIBILITY, _FACTOR = "sqs.visibility_s", "sqs.visibility_factor"


def findings(subject: Subject) -> Iterator[CheckFinding]:
    """Queues whose time-out, retention or redrive does not fit the function."""
    for logical, mapping in subject.of_type("AWS::Lambda::EventSourceMapping"):
        names = list(subject.referred(mapping.get("EventSourceArn")))
        queue = next((name for name in names if subject.resources.get(name, {}).get("Type") == _QUEUE), None)
        function = subject.function_of(mapping.get("FunctionName"))
        if queue is None or function is None:
            continue
        properties = subject.resources[queue]["Properties"]
        window = subject.resolver.number(mapping.get("MaximumBatchingWindowInSeconds")) or 0
        yield from _visibility(subject, queue, properties, subject.timeout_s(function), window)
        yield from _batch(subject, logical, mapping, properties, window)
        yield from _redrive(subject, queue, properties)


def _visibility(
    subject: Subject, queue: str, properties: Mapping[str, Any], timeout_s: float, window_s: float
) -> Iterator[CheckFinding]:
    found = subject.resolver.number(properties.get("VisibilityTimeout"))
    visibility = float(fact(_VISIBILITY).default or 0) if found is None else found
    advised = min(number(_FACTOR) * timeout_s + window_s, float(most(_VISIBILITY)))
    place = subject.place(queue, "VisibilityTimeout")
    if visibility < timeout_s:
        yield CheckFinding(
            f"{queue}: messages are hidden for {visibility:g} s, the function may run {timeout_s:g} s; "
            "Lambda refuses such a queue",
            place,
            f"set VisibilityTimeout to {advised:g}; {fact(_FACTOR).source}",
            rule=_VISIBILITY,
        )
    elif visibility < advised:
        yield CheckFinding(
            f"{queue}: messages are hidden for {visibility:g} s; six times the function's {timeout_s:g} s, and the "
            f"batching window, are {advised:g} s",
            place,
            f"set VisibilityTimeout to {advised:g}; {fact(_FACTOR).source}",
            Severity.WARNING,
            _FACTOR,
        )


def _batch(
    subject: Subject, logical: str, mapping: Mapping[str, Any], queue: Mapping[str, Any], window_s: float
) -> Iterator[CheckFinding]:
    size = subject.resolver.number(mapping.get("BatchSize"))
    if size is None or size <= most("sqs.batch_messages"):
        return
    fifo = str(subject.resolver.value(queue.get("FifoQueue", False))).lower() == "true"
    if fifo or window_s < 1:
        reason = "of a FIFO queue" if fifo else "without a batching window of at least 1 s"
        yield CheckFinding(
            f"{logical}: a batch of {size:g} messages {reason}; Lambda takes {most('sqs.batch_messages')}",
            subject.place(logical, "BatchSize"),
            fact("lambda.batch_records").note,
            rule="lambda.batch_records",
        )


def _redrive(subject: Subject, queue: str, properties: Mapping[str, Any]) -> Iterator[CheckFinding]:
    policy = properties.get("RedrivePolicy")
    if not isinstance(policy, Mapping):
        yield CheckFinding(
            f"{queue}: it has no dead-letter queue; a message that always fails is tried until it is too old, and lost",
            subject.place(queue),
            "add a RedrivePolicy",
            Severity.WARNING,
            "sqs.redrive",
        )
        return
    receives = subject.resolver.number(policy.get("maxReceiveCount"))
    if receives is not None and receives < number("sqs.least_receives"):
        yield CheckFinding(
            f"{queue}: a message is given up after {receives:g} deliveries, and a throttled one counts as well",
            subject.place(queue, "RedrivePolicy"),
            f"set maxReceiveCount to {number('sqs.least_receives'):g} or more; {fact('sqs.least_receives').source}",
            Severity.WARNING,
            "sqs.least_receives",
        )
    for name in subject.referred(policy.get("deadLetterTargetArn")):
        letters = subject.resources.get(name)
        if letters is None or letters["Type"] != _QUEUE:
            continue
        kept, here = (_retention(subject, each) for each in (letters["Properties"], properties))
        if kept < here:
            yield CheckFinding(
                f"{name}: it keeps messages for {kept:g} s, {queue} for {here:g} s; a message's age counts from when "
                "it was first sent",
                subject.place(name, "MessageRetentionPeriod"),
                f"keep them as long as can be: {most('sqs.retention_s')}",
                Severity.WARNING,
                "sqs.retention_s",
            )


def _retention(subject: Subject, properties: Mapping[str, Any]) -> float:
    found = subject.resolver.number(properties.get("MessageRetentionPeriod"))
    return float(fact("sqs.retention_s").default or 0) if found is None else found
