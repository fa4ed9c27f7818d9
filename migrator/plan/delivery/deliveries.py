"""How events reach a moved function: the values that the plan decides and the handlers are made from.

In: nothing. Out: `Delivery` and its parts. How they are read off the code is `delivering`, what the options of task
libraries mean `task_semantics`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from migrator.domain.json import JsonValue
from migrator.domain.plans import Dropped, EventSource, Kept


class Convention(StrEnum):
    """What the function is called with."""

    REQUEST = "request"  # the variables of a route
    ARGUMENTS = "arguments"  # the arguments that the sender gave
    EVENT = "event"  # the event and the context, as Lambda gives them


@dataclass(frozen=True, slots=True)
class ErrorName:
    """An exception that the code names.

    Attributes:
        written: the expression, such as `smtplib.SMTPException`.
        imported: the statement that binds its first name, such as `import smtplib`; empty for a built-in.
    """

    written: str
    imported: str


@dataclass(frozen=True, slots=True)
class Retries:
    """When a failed task runs again.

    Attributes:
        most: further runs after the first; None for no end.
        errors: exceptions after which it runs again.
        spared: exceptions after which it does not, whatever `errors` says.
        delay_s: seconds between two runs; with `doubled` before the second one.
        doubled: whether each delay is twice the one before.
        longest_s: no delay is longer, in seconds.
        jitter: whether the delay is drawn between 0 and itself.
        by_hand: whether the code itself asks for another run (`self.retry`).
    """

    most: int | None = 0
    errors: tuple[ErrorName, ...] = ()
    spared: tuple[ErrorName, ...] = ()
    delay_s: float = 0
    doubled: bool = False
    longest_s: float = 43_200
    jitter: bool = False
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class QueuePolicy:
    """A queue and what takes from it.

    Attributes:
        task: the name under which the task is sent.
        time_limit_s: seconds that one run may take, or None where nothing says so.
        at_once: most runs at one time, or 0 for no limit of its own.
        bound: whether the function is handed its task as the first argument.
        expires_s: seconds after which a message is too old to be run, or None.
        sends_itself: names of the methods by which the function sends its task again, such as `apply_async`.
    """

    task: str
    retries: Retries = field(default_factory=Retries)
    time_limit_s: float | None = None
    at_once: int = 0
    bound: bool = False
    expires_s: float | None = None
    sends_itself: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Timetable:
    """One entry of a clock.

    Attributes:
        written: as the code says it.
        expression: `cron(...)` or `rate(...)` as the scheduler has it.
        timezone: of the expression, an IANA name.
        args: positional arguments of the run.
        kwargs: keyword arguments of the run.
    """

    written: str
    expression: str
    timezone: str
    args: tuple[JsonValue, ...] = ()
    kwargs: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delivery:
    """How events reach the function, with what is said of it.

    Attributes:
        queue: for a queue.
        timetables: for a clock.
        needed: names that the handler reads beside the function: module to names.
        external: modules of other distributions that the handler imports for the monolith's sake.
        timeout_s: seconds that one invocation may take, or None for the default of the source.
        reports_failures: of an event: whether the function itself says which records of a batch failed.
    """

    source: EventSource
    convention: Convention
    queue: QueuePolicy | None = None
    timetables: tuple[Timetable, ...] = ()
    needed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    external: tuple[str, ...] = ()
    kept: tuple[Kept, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    timeout_s: int | None = None
    reports_failures: bool = False
