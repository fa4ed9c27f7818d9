"""The Invoke API of Lambda over HTTP, as SDKs speak it.

In: how an invocation ended. Out: status, headers and body as the real service words them, so that
`boto3.client("lambda", endpoint_url=…).invoke(…)` works against the local front. Synchronous invocations only.
Source: the Lambda API reference, "Invoke".
"""

from __future__ import annotations

import json
from typing import assert_never

from migrator.adapters.runtime.http_api import Headers, HttpAnswer
from migrator.adapters.runtime.outcomes import (
    REQUEST_LIMIT,
    Crashed,
    FunctionError,
    Outcome,
    Result,
    Throttled,
    TimedOut,
)
from migrator.domain.json import JsonValue

_EXECUTED: Headers = (("content-type", "application/json"), ("x-amz-executed-version", "$LATEST"))
_UNHANDLED: Headers = (*_EXECUTED, ("x-amz-function-error", "Unhandled"))


def answer(outcome: Outcome, request_id: str) -> HttpAnswer:
    """The answer to a synchronous invocation."""
    match outcome:
        case Result(payload):
            return HttpAnswer(200, _EXECUTED, payload)
        case Throttled():
            return refusal(
                429,
                "TooManyRequestsException",
                "Rate Exceeded.",
                Reason="ReservedFunctionConcurrentInvocationLimitExceeded",
            )
        case FunctionError() | TimedOut() | Crashed():
            return HttpAnswer(200, _UNHANDLED, json.dumps(error_body(outcome, request_id)).encode())
        case _:
            assert_never(outcome)


def error_body(outcome: FunctionError | TimedOut | Crashed, request_id: str) -> dict[str, JsonValue]:
    """The payload of a function error."""
    match outcome:
        case FunctionError(kind, message, trace):
            return {"errorMessage": message, "errorType": kind, "requestId": request_id, "stackTrace": list(trace)}
        case TimedOut(after_s):
            return {
                "errorType": "Sandbox.Timedout",
                "errorMessage": f"RequestId: {request_id} Error: Task timed out after {after_s:.2f} seconds",
            }
        case Crashed(reason):
            return {"errorType": "Runtime.ExitError", "errorMessage": reason}
        case _:
            assert_never(outcome)


def refusal(status: int, kind: str, message: str, **more: JsonValue) -> HttpAnswer:
    """An answer of the service itself: nothing was run."""
    body = {"Type": "User", "message": message, **more}
    return HttpAnswer(
        status, (("content-type", "application/json"), ("x-amzn-errortype", kind)), json.dumps(body).encode()
    )


def too_large(size: int) -> HttpAnswer:
    """The request is over the limit."""
    return refusal(
        413,
        "RequestTooLargeException",
        f"{size} byte payload is too large for the RequestResponse invocation type (limit {REQUEST_LIMIT} bytes)",
    )
