"""Tasks for the handler: the message, when it runs again, and how much time is left."""

from __future__ import annotations

import dataclasses
import inspect
import json
import os
import random
import time
from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

# A message is hidden for 12 hours at most, counted from its delivery; a run may take 15 minutes.
LONGEST_S = 43_200 - 900


class BadMessage(ValueError):
    """The body is no message for this task, and never will be."""


class OutOfTime(Exception):
    """There may be no time left for another record."""


class MaxRetriesExceeded(Exception):
    """The task asked for another run, and has had all of them."""


class Retry(Exception):
    """The task asks for another run."""

    def __init__(self, countdown: float | None) -> None:
        super().__init__(f"runs again in {countdown} s" if countdown is not None else "runs again")
        self.countdown = countdown


@dataclasses.dataclass(frozen=True)
class Message:
    """A task and its arguments."""

    task: str
    id: str
    args: list[Any]
    kwargs: dict[str, Any]

    @classmethod
    def read(cls, body: str, task: str) -> Message:
        """The message that a body holds; raises BadMessage."""
        try:
            said = json.loads(body)
        except ValueError as error:
            raise BadMessage(f"not JSON: {error}") from error
        if not isinstance(said, dict) or said.get("task") != task:
            raise BadMessage(f"not a message for {task}")
        name, args, kwargs = said.get("id"), said.get("args", []), said.get("kwargs", {})
        if (
            not isinstance(name, str)
            or not name
            or not isinstance(args, list)
            or not isinstance(kwargs, dict)
        ):
            raise BadMessage("a message needs an id (text), args (a list) and kwargs (an object)")
        return cls(task, name, args, kwargs)


@dataclasses.dataclass(frozen=True)
class Retries:
    """When a failed task runs again.

    Attributes:
        most: further runs after the first; None for no end.
        delay_s: seconds between two runs; with `doubled` before the second one.
        jitter: whether the delay is drawn between 0 and itself.
    """

    most: int | None = 0
    errors: tuple[Any, ...] = ()
    spared: tuple[Any, ...] = ()
    delay_s: float = 0
    doubled: bool = False
    longest_s: float = LONGEST_S
    jitter: bool = False

    def delay_after(self, error: Exception, runs: int) -> float | None:
        """Seconds until the next run, or None where there is none."""
        if isinstance(error, BadMessage):
            return None
        if isinstance(error, Retry) and error.countdown is not None:
            return min(error.countdown, LONGEST_S)
        again = isinstance(error, Retry) or (
            isinstance(error, self.errors) and not isinstance(error, self.spared)
        )
        if not again or (self.most is not None and runs > self.most):
            return None
        # Not above 2**20: beyond, it is the longest delay in any case.
        delay = (
            min(self.delay_s * 2 ** min(runs - 1, 20), self.longest_s)
            if self.doubled
            else self.delay_s
        )
        return min(random.uniform(0, delay) if self.jitter else delay, LONGEST_S)


@dataclasses.dataclass(frozen=True)
class Request:
    """What a task may ask of its run."""

    id: str
    task: str
    retries: int
    args: list[Any]
    kwargs: dict[str, Any]


class Task:
    """What the function is handed as its task."""

    def __init__(self, message: Message, runs: int, most: int | None) -> None:
        self.name = message.task
        self.max_retries = most
        self.request = Request(message.id, message.task, runs - 1, message.args, message.kwargs)

    def retry(
        self,
        exc: BaseException | None = None,
        countdown: float | None = None,
        max_retries: int | None = None,
    ) -> Retry:
        """Ask for another run; raises in any case, as Celery's does."""
        most = self.max_retries if max_retries is None else max_retries
        if most is not None and self.request.retries >= most:
            raise (
                exc
                if exc is not None
                else MaxRetriesExceeded(f"{self.name} has had {most} retries")
            )
        raise Retry(countdown) from exc


class Clock:
    """Stops taking records when there may be no time left for another one."""

    def __init__(self) -> None:
        self._request = ""
        self._began = 0.0
        self._longest_ms = 0.0

    def begin(self, context: LambdaContext) -> None:
        """Start a record; raises OutOfTime, but never for the first one of an invocation."""
        self._began = 0.0
        if (
            context.aws_request_id == self._request
            and context.get_remaining_time_in_millis() < self._longest_ms
        ):
            raise OutOfTime
        self._request = context.aws_request_id
        self._began = time.perf_counter()

    def end(self) -> None:
        """End the record."""
        if self._began:
            self._longest_ms = max(self._longest_ms, (time.perf_counter() - self._began) * 1000)


class Queue:
    """What the handler does with a message; deleting and returning it is its answer to Lambda."""

    def __init__(self, client: Any, logger: Logger) -> None:
        self.client = client
        self._logger = logger
        self._local = bool(os.environ.get("AWS_SAM_LOCAL"))  # on the emulator there are no queues

    def hold_back(self, record: SQSRecord, seconds: float) -> None:
        """Have a returned message come again after so many seconds."""
        if self._local:
            return
        try:
            self.client.change_message_visibility(
                QueueUrl=os.environ["QUEUE_URL"],
                ReceiptHandle=record.receipt_handle,
                VisibilityTimeout=round(seconds),
            )
        except Exception:
            # It comes again all the same, after the queue's own visibility time-out.
            self._logger.warning("the message could not be held back", exc_info=True)

    def give_up(self, record: SQSRecord, error: Exception) -> None:
        """Move a message to the dead letters; where that fails, it is returned and comes again."""
        if self._local:
            raise error
        self.client.send_message(
            QueueUrl=os.environ["DEAD_LETTERS_URL"],
            MessageBody=record.body,
            MessageAttributes={
                "error": {
                    "DataType": "String",
                    "StringValue": f"{type(error).__name__}: {error}"[:1000],
                },
                "message_id": {"DataType": "String", "StringValue": record.message_id},
            },
        )

    @staticmethod
    def age_s(record: SQSRecord) -> float:
        """Seconds since a message was sent."""
        return time.time() - int(record.attributes.sent_timestamp) / 1000


def scalars(
    function: Callable[..., Any], message: Message, *, bound: bool = False
) -> Mapping[str, str | int | float | bool]:
    """The plain arguments by name, for the trace; none where they do not fit the function."""
    first = [None] if bound else []
    try:
        given = inspect.signature(function).bind(*first, *message.args, **message.kwargs).arguments
    except (TypeError, ValueError):
        return {}
    # Names of annotations are letters, digits and underscores of ASCII.
    return {
        name: value
        for name, value in given.items()
        if isinstance(value, str | int | float) and name.isascii()
    }
