"""How a service is put under load: by requests, by messages, or by invocations.

In: what its trigger's plug-in says. Out: a `LoadTest`: the template, and which examples are left out. The test itself reads
the service's own events when it runs, so an event that a person edits or adds is asked too.
"""

from __future__ import annotations

from dataclasses import dataclass

from migrator.artifacts.handlers import HandlerArtifacts


@dataclass(frozen=True, slots=True)
class LoadTest:
    """What a load test asks, and where.

    Attributes:
        kind: `http`, `queue` or `invoke`; the name of its template.
        output: the output of the stack that says where the service is; empty where none does.
        left_out: names of examples that stand for a mistake of the caller.
        remembers: whether an event that comes again is answered from memory, whoever sends it.
    """

    kind: str
    output: str
    left_out: tuple[str, ...]
    remembers: bool


def load_test_of(described: HandlerArtifacts) -> LoadTest:
    """The load test of a service."""
    if described.rules:
        output = "Url" if {"http_api", "rest_api"} & set(described.sam) else ""
        return LoadTest("http", output, tuple(each.name for each in described.events if each.arguments is None), False)
    if "queue" in described.sam:
        return LoadTest("queue", "QueueUrl", (), False)
    return LoadTest("invoke", "FunctionName", (), bool(described.context.get("event_key")))
