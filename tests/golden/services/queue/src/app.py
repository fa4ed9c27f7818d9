"""Lambda handler of shop.jobs.tell, behind a queue of SQS.

The body of a message is a JSON object:
    task    shop.tell
    id      of the task; what has run to its end under an id is not run again
    args    a list of positional arguments
    kwargs  an object of keyword arguments

The function itself is in src/shop/jobs.py,
as it was cut out of shop/jobs.py:16.
"""

from __future__ import annotations

import os
import smtplib
from time import perf_counter
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyPersistenceLayerError,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

from lambda_task import Clock, Message, OutOfTime, Queue, Retries, scalars
from shop.errors import Busy
from shop.jobs import tell as function

logger = Logger()
tracer = Tracer()
metrics = Metrics()
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
queue = Queue(boto3.client("sqs"), logger)
clock = Clock()
retries = Retries(
    most=3,
    errors=(
        smtplib.SMTPException,
        Busy,
    ),
    delay_s=2.0,
    doubled=True,
    longest_s=600.0,
    jitter=True,
)
TASK = "shop.tell"
# As long as a queue can hold a message: 14 days.
once = IdempotencyConfig(
    event_key_jmespath="id", raise_on_no_idempotency_key=True, expires_after_seconds=14 * 86_400
)

if os.environ.get("AWS_SAM_LOCAL"):
    # On the emulator there is no table.
    os.environ["POWERTOOLS_IDEMPOTENCY_DISABLED"] = "true"


@idempotent_function(
    data_keyword_argument="message",
    config=once,
    persistence_store=DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY_TABLE"]),
)
def perform(message: Message) -> None:
    """Run the task; what it returns is nobody's."""
    function(*message.args, **message.kwargs)


@tracer.capture_method(capture_response=False)
def take(record: SQSRecord, lambda_context: LambdaContext) -> None:
    """Run the task of one message; whatever is raised returns the message to the queue."""
    runs = int(record.attributes.approximate_receive_count)
    started = perf_counter()
    logger.append_keys(message_id=record.message_id, task_id=None, runs=runs)
    try:
        clock.begin(lambda_context)
        message = Message.read(record.body, TASK)
        logger.append_keys(task_id=message.id)
        for name, value in scalars(function, message).items():
            tracer.put_annotation(name, value)
        perform(message=message)
    except OutOfTime:
        logger.info("returned: no time for another record")
        queue.hold_back(record, 0)
        raise
    except (IdempotencyAlreadyInProgressError, IdempotencyPersistenceLayerError):
        # Not the task's failure: another run of it goes on, or the table cannot be asked.
        logger.exception("returned: not known to be undone")
        raise
    except Exception as error:
        delay = retries.delay_after(error, runs)
        if delay is None:
            logger.exception("task given up", duration_ms=_milliseconds_since(started))
            metrics.add_metric("GivenUp", MetricUnit.Count, 1)
            queue.give_up(record, error)
            return
        logger.warning(
            "task runs again",
            delay_s=delay,
            duration_ms=_milliseconds_since(started),
            exc_info=True,
        )
        metrics.add_metric("Retried", MetricUnit.Count, 1)
        queue.hold_back(record, delay)
        raise
    else:
        logger.info("task done", duration_ms=_milliseconds_since(started))
    finally:
        clock.end()
        metrics.add_metric("ProcessingTime", MetricUnit.Milliseconds, _milliseconds_since(started))


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Take a batch of messages, and say which of them are to come again."""
    if event == {"migrator": "start"}:  # a deployment asks whether this version starts
        return {"migrator": "started"}
    # So that a run that was cut off is not taken for one that goes on.
    once.register_lambda_context(context)
    logger.append_keys(stage=os.environ.get("STAGE", ""), task=TASK)
    answer = process_partial_response(
        event=event, record_handler=take, processor=processor, context=context
    )
    return dict(answer)


def _milliseconds_since(started: float) -> float:
    return round((perf_counter() - started) * 1000, 3)
