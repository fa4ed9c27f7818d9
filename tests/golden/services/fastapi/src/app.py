"""Lambda handler of shop.tax, behind an HTTP API of API Gateway.

Routes, as the monolith has them:
    GET /api/tax/{country}

The function itself is in src/shop.py,
as it was cut out of shop.py:7.
FastAPI itself answers, with nothing but these routes: see lambda_web.
"""

from __future__ import annotations

import os
from time import perf_counter
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from lambda_web import answer_to

logger = Logger()
tracer = Tracer()
metrics = Metrics()


# Only the first call can have waited for a start, and none where environments are kept ready.
_starts = iter(
    () if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "provisioned-concurrency" else ("1",)
)


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True
)
@tracer.capture_lambda_handler(capture_response=False)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request."""
    if event == {"migrator": "start"}:  # a deployment asks whether this version starts
        return {"migrator": "started"}
    logger.append_keys(stage=event["requestContext"]["stage"], route=event["routeKey"])
    started, cold = perf_counter(), next(_starts, "0")
    try:
        answer = answer_to(event, context)
    except Exception:
        # Raised on, and not answered with a polite 500: only a function error shows in the metrics
        # that alarms, deployments and the canary's gates look at.
        logger.exception("request failed", duration_ms=_milliseconds_since(started))
        raise
    finally:
        metrics.add_metric("ProcessingTime", MetricUnit.Milliseconds, _milliseconds_since(started))
    logger.info(
        "request answered", status=answer["statusCode"], duration_ms=_milliseconds_since(started)
    )
    # For the canary's gates; the router takes it away before a client sees it.
    answer.setdefault("headers", {})["x-migrator-cold-start"] = cold
    return answer


def _milliseconds_since(started: float) -> float:
    return round((perf_counter() - started) * 1000, 3)
