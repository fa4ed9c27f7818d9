"""Lambda handler of shop.stored, which takes the events of S3 as they are.

The function itself is in src/shop.py,
as it was cut out of shop.py:11.
It was written for Lambda: it reads the event, and answers, by itself. Around it stands what
every function here has: logs, traces, metrics.
"""

from __future__ import annotations

import os
from time import perf_counter
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

from shop import stored as function

logger = Logger()
tracer = Tracer()
metrics = Metrics()
# A day: an event is tried again for six hours at most.
once = IdempotencyConfig(
    event_key_jmespath="Records[].[s3.bucket.name, s3.object.key, s3.object.sequencer]",
    raise_on_no_idempotency_key=True,
    expires_after_seconds=86_400,
)

if os.environ.get("AWS_SAM_LOCAL"):
    # On the emulator there is no table.
    os.environ["POWERTOOLS_IDEMPOTENCY_DISABLED"] = "true"


@idempotent_function(
    data_keyword_argument="event",
    config=once,
    persistence_store=DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY_TABLE"]),
)
def perform(event: dict[str, Any], context: LambdaContext) -> Any:
    """Hand the event on; one that has been seen to its end is not handed on again."""
    return function(event, context)


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Hand the event on."""
    if event == {"migrator": "start"}:  # a deployment asks whether this version starts
        return {"migrator": "started"}
    # So that a run that was cut off is not taken for one that goes on.
    once.register_lambda_context(context)
    records = len(event["Records"])
    logger.append_keys(stage=os.environ.get("STAGE", ""), records=records)
    tracer.put_annotation("records", records)
    started = perf_counter()
    try:
        answer = perform(event=event, context=context)
    except Exception:
        # Raised on: only a function error shows in the metrics and is tried again.
        logger.exception("event failed", duration_ms=_milliseconds_since(started))
        raise
    finally:
        metrics.add_metric("ProcessingTime", MetricUnit.Milliseconds, _milliseconds_since(started))
    logger.info("event done", duration_ms=_milliseconds_since(started))
    return answer


def _milliseconds_since(started: float) -> float:
    return round((perf_counter() - started) * 1000, 3)
