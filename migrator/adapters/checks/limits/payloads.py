"""How large the example events are: an event of that size must reach the function."""

from __future__ import annotations

from collections.abc import Iterator

from migrator.adapters.checks.limits.subject import Subject
from migrator.cloud_facts.facts import fact, most
from migrator.domain.checks import CheckFinding

_SYNC, _ASYNC = "lambda.sync_payload_bytes", "lambda.async_payload_bytes"
# Services that hand an event over and do not wait for its end.
_ASYNCHRONOUS = frozenset({"events.amazonaws.com", "s3.amazonaws.com", "sns.amazonaws.com", "scheduler.amazonaws.com"})


def findings(subject: Subject) -> Iterator[CheckFinding]:
    """Example events that are too large for the way that they come."""
    principals = {principal for _, principal, _ in subject.invokers}
    polled = any(True for _ in subject.of_type("AWS::Lambda::EventSourceMapping"))
    name = _ASYNC if principals and principals <= _ASYNCHRONOUS and not polled else _SYNC
    for path in sorted((subject.folder / "events").glob("*.json")):
        size = path.stat().st_size
        if size > most(name):
            yield CheckFinding(
                f"it has {size} bytes; an event that comes this way may have {most(name)}",
                f"events/{path.name}",
                f"hand over a key of an object instead; {fact(name).source}",
                rule=name,
            )
