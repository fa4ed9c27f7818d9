"""Lambda handler of shop.view, behind an HTTP API of API Gateway.

Routes, as the monolith has them:
    GET /tax/<uuid:order>/
    GET /tax/<country>/<int:cents>

The function itself is in src/shop.py,
as it was cut out of shop.py:8.
"""

from __future__ import annotations

import os
import re
from time import perf_counter
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from lambda_http import EVERY_METHOD, Route, find, integer, respond, uuid
from shop import view

logger = Logger()
tracer = Tracer()
metrics = Metrics()
app = APIGatewayHttpResolver()

# In the order in which they are tried; the patterns are those of the monolith's router.
ROUTES = (
    Route(
        methods=("GET",),
        pattern=re.compile(
            "/tax/(?P<order>[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12})"
        ),
        convert={"order": uuid},
        defaults={"cents": 7},
        slash="required",
    ),
    Route(
        methods=("GET",),
        pattern=re.compile(r"/tax/(?P<country>[^/]+)/(?P<cents>\d+)"),
        convert={"cents": integer()},
    ),
)


# One route for every path: the monolith's own patterns decide, and refuse what they refuse there.
@app.route("(?s:.+)", method=EVERY_METHOD)
@tracer.capture_method(capture_response=False)
def serve() -> Response[str | bytes]:
    """Find the route, call the function with what the path says, and write down what it returns."""
    event = app.current_event
    found = find(ROUTES, event.http_method, event.path, event.headers)
    if isinstance(found, Response):
        return found
    for name, value in found.items():
        tracer.put_annotation(name, str(value))
    return respond(view(**found), event.http_method)


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
        answer = app.resolve(event, context)
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
