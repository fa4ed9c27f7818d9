"""Lambda handler of shop.greet, invoked directly.

The event is a JSON object:
    id      of the run; what has run to its end under an id is not run again
    args    a list of positional arguments
    kwargs  an object of keyword arguments

The answer is an object with the function's result. The function itself is in src/shop.py,
as it was cut out of shop.py:7.
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

from lambda_call import Call, plain, scalars
from shop import greet as function

logger = Logger()
tracer = Tracer()
metrics = Metrics()
# A day: an asynchronous event is tried again for six hours, a schedule's for a day at most.
once = IdempotencyConfig(
    event_key_jmespath="id", raise_on_no_idempotency_key=True, expires_after_seconds=86_400
)

if os.environ.get("AWS_SAM_LOCAL"):
    # On the emulator there is no table.
    os.environ["POWERTOOLS_IDEMPOTENCY_DISABLED"] = "true"


@idempotent_function(
    data_keyword_argument="call",
    config=once,
    persistence_store=DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY_TABLE"]),
)
def perform(call: Call) -> Any:
    """Call the function."""
    return plain(function(*call.args, **call.kwargs))


@logger.inject_lambda_context(clear_state=True)
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Run once."""
    if event == {"migrator": "start"}:  # a deployment asks whether this version starts
        return {"migrator": "started"}
    # So that a run that was cut off is not taken for one that goes on.
    once.register_lambda_context(context)
    logger.append_keys(stage=os.environ.get("STAGE", ""))
    started = perf_counter()
    try:
        call = Call.read(event)
        logger.append_keys(run_id=call.id)
        for name, value in scalars(function, call).items():
            tracer.put_annotation(name, value)
        result = perform(call=call)
    except Exception:
        # Raised on: only a function error shows in the metrics and goes to the dead letters.
        logger.exception("run failed", duration_ms=_milliseconds_since(started))
        raise
    finally:
        metrics.add_metric("ProcessingTime", MetricUnit.Milliseconds, _milliseconds_since(started))
    logger.info("run done", duration_ms=_milliseconds_since(started))
    return {"result": result}


def _milliseconds_since(started: float) -> float:
    return round((perf_counter() - started) * 1000, 3)
