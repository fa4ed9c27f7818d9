"""Routes of calls that legacy code makes, and of versions of a function.

In: plain values. Out: models.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from migrator.router.models.metrics import METRICS_LEFT_OUT, Metrics
from migrator.router.models.rollouts import ROLLOUT_LEFT_OUT, Rollout
from migrator.router.models.words import (
    Alias,
    Argument,
    DottedName,
    FunctionName,
    Name,
    Percent,
    Region,
    Strict,
    Tenant,
)
from migrator.router.quantities import BaseUrl, Duration

CALLS = ("task", "call", "schedule", "queue")
"""What a route of the seam can be for."""

QUEUE_SPLIT = (
    "a share of one queue cannot be split off by an event source mapping: it deletes the messages that its filter does "
    "not match, and its maximum concurrency sets no share; a queue is split where messages are sent: name canary.queue"
)
"""Why the keys that ask for it are refused (AWS Lambda Developer Guide, event filtering)."""


class SeamSegment(Strict):
    """Narrows a route to the calls of which an argument passes; all others stay with legacy."""

    argument: Argument
    equals: Tenant | None = None
    among: list[Tenant] = Field(alias="in", default=[], max_length=1000)
    at_least: float | None = Field(default=None, description="For an argument that is a number.")
    at_most: float | None = Field(default=None, description="For an argument that is a number.")

    @property
    def values(self) -> tuple[str, ...]:
        """The values that pass; empty where bounds decide."""
        return ((self.equals,) if self.equals is not None else ()) + tuple(self.among)


class SeamMatch(Strict):
    """Which calls of legacy code a route is for: one of task, call, schedule and queue."""

    task: DottedName | None = Field(default=None, description="A task each time that it is sent.")
    call: DottedName | None = Field(default=None, description="A function each time that it is called.")
    schedule: DottedName | None = Field(default=None, description="A function each time that a scheduler fires it.")
    queue: Name | None = Field(
        default=None, description="A queue that legacy code sends to, by the seam's name for it."
    )
    segment: SeamSegment | None = None

    @property
    def named(self) -> list[tuple[str, str]]:
        """What the route is for; a good match has one."""
        found = [("task", self.task), ("call", self.call), ("schedule", self.schedule), ("queue", self.queue)]
        return [(kind, name) for kind, name in found if name is not None]


class SeamCanary(Strict):
    """The Lambda function that takes the calls over."""

    lambda_name: Annotated[FunctionName, Field(alias="lambda")]
    alias: Alias = ""
    queue: BaseUrl | Literal[""] = Field(
        default="",
        description="QueueUrl among the outputs of the service's stack; tasks, scheduled ones too, and messages are sent there.",
    )
    region: Region = ""
    invoke: Literal["event", "request"] | None = Field(
        default=None, description="What the match says already: a call is a request, all others are events."
    )


class SeamLegacy(Strict):
    """Where legacy does it."""

    queue: Annotated[str, Field(min_length=1, max_length=1024, examples=["celery"])] | None = Field(
        default=None, description="Of a queue its QueueUrl; of a task for people, since the seam leaves it to legacy."
    )
    beat: Annotated[str, Field(min_length=1, max_length=256, examples=["nightly-report"])] | None = Field(
        default=None, description="The scheduler's own name of a schedule, for people."
    )


class SeamSticky(Strict):
    """Calls with one value of this key stay on one side, the one that HTTP calls with it are on in the same group."""

    argument: Argument | None = Field(default=None, description="Of a task, call or schedule.")
    attribute: Annotated[str, Field(min_length=1, max_length=256)] | None = Field(
        default=None, description="Of a message."
    )
    body: Annotated[str, Field(pattern=r"^[^\s.]+(\.[^\s.]+)*$", max_length=512)] | None = Field(
        default=None, description="A way into a message's JSON body, such as order.tenant."
    )
    group: Name | Literal[""] = Field(
        default="", description="Routes of one group have a caller on the same side; left out: the route alone."
    )

    @property
    def sources(self) -> list[tuple[str, str]]:
        """Where the key stands; a good one has one."""
        found = [("argument", self.argument), ("attribute", self.attribute), ("body", self.body)]
        return [(kind, name) for kind, name in found if name is not None]


class SeamOverrides(Strict):
    """Callers that stay on one side at any weight above 0."""

    argument: Argument | Literal[""] = Field(
        default="", description="Whose value is looked at; left out: the one of sticky."
    )
    canary: list[Tenant] = Field(default=[], max_length=10_000, description="Values that go to the canary.")
    legacy: list[Tenant] = Field(default=[], max_length=10_000, description="Values that go to legacy; they win.")


class SeamBreaker(Strict):
    """A canary that fails again and again is left alone for a while; legacy does the calls meanwhile."""

    failures: int = Field(default=5, ge=1, le=1000, description="In a row in one process.")
    open: Duration = Field(default=30.0, description="How long it is left alone.")


class Claim(Strict):
    """Of several schedulers that fire at one instant, the one that claims it in this table runs it."""

    table: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{3,255}$")] = Field(
        description="DynamoDB table with the string key id and the TTL attribute expires."
    )
    every: Duration = Field(description="The schedule's period: firings within one period are the same instant.")
    offset: Duration = Field(default=0.0, description="Where a period begins, from midnight UTC on.")


class SeamRoute(Strict):
    """A route of calls that legacy code makes: the seam in it asks for the side of each."""

    name: Name
    match: SeamMatch
    legacy: SeamLegacy | None = None
    canary: SeamCanary
    weight: Percent = Field(description="Percent of the calls that go to the canary.")
    not_above: list[Name] = Field(
        default=[], max_length=100, description="Routes whose weight this one's never exceeds."
    )
    sticky: SeamSticky | None = None
    overrides: SeamOverrides | None = None
    circuit_breaker: SeamBreaker | None = None
    claim: Claim | None = Field(default=None, description="Of a schedule.")
    timeout: Duration = Field(default=2.0, description="How long reaching the canary may take.")
    metrics: Metrics | None = Field(default=None, description=METRICS_LEFT_OUT)
    rollout: Rollout | None = Field(default=None, description=ROLLOUT_LEFT_OUT)


Version = Annotated[str, Field(pattern=r"^[0-9]{1,18}$", examples=["7"])]


class FunctionMatch(Strict):
    """The calls of a function by one of its aliases, whoever makes them."""

    function: FunctionName
    alias: Annotated[Alias, Field(min_length=1)] = "live"


class LegacyVersion(Strict):
    """The version in use so far."""

    version: Version


class CanaryVersion(Strict):
    """The new version."""

    version: Version


class AliasRoute(Strict):
    """A shift between two versions of one function, for changes after the migration."""

    name: Name
    match: FunctionMatch
    legacy: LegacyVersion
    canary: CanaryVersion
    weight: Percent = Field(description="Percent of the calls that go to the canary.")
    not_above: list[Name] = Field(
        default=[], max_length=100, description="Routes whose weight this one's never exceeds."
    )
    metrics: Metrics | None = Field(default=None, description=METRICS_LEFT_OUT)
    rollout: Rollout | None = Field(default=None, description=ROLLOUT_LEFT_OUT)
