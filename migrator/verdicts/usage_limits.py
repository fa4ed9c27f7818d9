"""How near recorded calls come to what their event allows: the size of what they carry, and how long they may take.

In: triggers and usage. Out: the room that is left, and advice where a limit is near or passed. The numbers are those of
`migrator.cloud_facts`, with their sources. A candidate with several events has the tightest of their limits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from migrator.cloud_facts.facts import most
from migrator.domain.assessments import Advice
from migrator.domain.quantity_text import size_text, time_text
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.domain.usage import Usage

NEAR: Final = 0.5
"""Share of a limit from which on it is near: the slowest and largest calls, and growth, need the other half."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What a kind of event allows.

    Attributes:
        fact: of `cloud_facts`, in bytes or seconds.
        holder: what is the most of it, in a sentence.
        mend: what to do where it is passed.
    """

    fact: str
    holder: str
    mend: str


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured against a limit.

    Attributes:
        what: in a sentence.
        figure: of a usage, in the unit of the limits: the 95th percentile.
        shown: how it is written.
        limits: by the kind of event.
    """

    what: str
    figure: Callable[[Usage], float | None]
    shown: Callable[[float], str]
    limits: Mapping[TriggerKind, Limit]


_STORE: Final = "Put the content into object storage and pass its key, or keep it where it is."
_SYNC: Final = Limit("lambda.sync_payload_bytes", "one request to a Lambda function, or one answer, may have", _STORE)
_ASYNC: Final = Limit("lambda.async_payload_bytes", "an event that is sent to a Lambda function may have", _STORE)
_MESSAGE: Final = Limit("sqs.message_bytes", "a message of a queue may have", _STORE)
_RUN: Final = Limit(
    "lambda.timeout_s",
    "a Lambda function may run",
    "Cut the work into pieces with an event each, or run it as a container task.",
)
_ANSWER: Final = Limit(
    "api_gateway.rest_timeout_s",
    "API Gateway waits for an answer",
    "Answer at once and do the work behind a queue, or put a load balancer or a function URL in front.",
)

MEASURES: Final = (
    Measure(
        "a payload",
        lambda usage: usage.payload_bytes,
        size_text,
        {
            TriggerKind.HTTP: _SYNC,
            TriggerKind.QUEUE: _MESSAGE,
            TriggerKind.SCHEDULE: _ASYNC,
            TriggerKind.STREAM: _SYNC,
            TriggerKind.OBJECT: _ASYNC,
            TriggerKind.SIGNAL: _ASYNC,
            TriggerKind.COMMAND: _ASYNC,
        },
    ),
    Measure(
        "a duration",
        lambda usage: None if usage.p95_ms is None else usage.p95_ms / 1000,
        time_text,
        {kind: _ANSWER if kind is TriggerKind.HTTP else _RUN for kind in TriggerKind},
    ),
)


def room_of(triggers: Sequence[Trigger], usage: Usage) -> float:
    """What is left below the tightest limit: 1 up to `NEAR` of it, then falling to 0 at it."""
    shares = (figure / most(limit.fact) for _, limit, figure in _measured(triggers, usage))
    return min((min(1.0, max(0.0, (1 - share) / (1 - NEAR))) for share in shares), default=1.0)


def near_limits(triggers: Sequence[Trigger], usage: Usage) -> tuple[Advice, ...]:
    """Advice for each limit that is near or passed."""
    return tuple(
        _advice(measure, limit, figure)
        for measure, limit, figure in _measured(triggers, usage)
        if figure > NEAR * most(limit.fact)
    )


def _measured(triggers: Sequence[Trigger], usage: Usage) -> Iterator[tuple[Measure, Limit, float]]:
    for measure in MEASURES:
        figure = measure.figure(usage)
        if figure is not None and triggers:
            limits = [measure.limits[trigger.kind] for trigger in triggers]
            yield measure, min(limits, key=lambda limit: (most(limit.fact), limit.fact)), figure


def _advice(measure: Measure, limit: Limit, figure: float) -> Advice:
    passed = figure > most(limit.fact)
    allowed = measure.shown(most(limit.fact))
    return Advice(
        f"{measure.what.capitalize()} {'passes' if passed else 'comes near to'} what the event allows",
        f"In production one call in twenty has {measure.shown(figure)} or more; {allowed} is the most that {limit.holder}. "
        + (limit.mend if passed else "Look at the largest calls before it moves."),
    )
