"""The HTTP paths that lead to a Lambda function, and the status by which each tells what went wrong.

In: nothing. Out: a table. Which of the statuses is worth a second try is decided by who asks for one; AWS's own pages
leave gaps, and where they do the statuses that were seen stand beside those that are documented.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

CHECKED: Final = "2026-11-26"
"""When the sources were read."""

LOCAL: Final = "local"
"""The front of the local Lambda functions; what it answers is ours to say."""


@dataclass(frozen=True, slots=True)
class Told:
    """How one path tells one thing that went wrong.

    Attributes:
        statuses: any of them may be given.
        source: where that is said.
    """

    statuses: tuple[int, ...]
    source: str


@dataclass(frozen=True, slots=True)
class HttpPath:
    """A way over HTTP to a function.

    Attributes:
        title: for people.
        function_error: the handler raised, or what it returned cannot be made an answer.
        throttle: no environment was free, or the path's own rate was passed.
        timeout: the function's time-out, or the path's own, passed before there was an answer.
        large_answer: the answer is larger than the path takes.
        large_request: the request is larger than the path takes.
        request_bytes: the largest body of a request, or of what is made of it.
        answer_bytes: the largest answer.
        timeout_s: the longest that the path waits; 0 for as long as the function may take (900 s).
    """

    title: str
    function_error: Told
    throttle: Told
    timeout: Told
    large_answer: Told
    large_request: Told
    request_bytes: int
    answer_bytes: int
    timeout_s: int

    @property
    def ambiguous(self) -> tuple[int, ...]:
        """Statuses of a throttle or a time-out that a failing function gives as well."""
        failing = {*self.function_error.statuses, *self.large_answer.statuses}
        return tuple(sorted(failing & {*self.throttle.statuses, *self.timeout.statuses}))


_MB = 1024 * 1024
_QUOTAS = "Lambda Developer Guide, Lambda quotas: 6 MB each for a synchronous request and answer"
_FRONT = "migrator.adapters.runtime.front"
_5XX = "https://repost.aws/knowledge-center/api-gateway-5xx-error"
_500 = "https://repost.aws/knowledge-center/api-gateway-internal-server-error"
_503 = "https://github.com/serverless/serverless/issues/11222 (seen; the guide says 30 s and no status)"
_ALB = "Elastic Load Balancing, Troubleshoot your Application Load Balancers, HTTP 502"
_ALB_LIMITS = "Elastic Load Balancing, Lambda functions as targets, Limits"
_URL = "https://github.com/awsdocs/aws-lambda-developer-guide/issues/430 (seen; the guide names no status)"
_INVOKE = "Lambda API Reference, Invoke: TooManyRequestsException is 429"

PATHS: Final[Mapping[str, HttpPath]] = {
    LOCAL: HttpPath(
        "the local front",
        function_error=Told((502,), _FRONT),
        throttle=Told((429,), _FRONT),
        timeout=Told((504,), _FRONT),
        large_answer=Told((502,), _FRONT),
        large_request=Told((413,), _FRONT),
        request_bytes=6 * _MB,
        answer_bytes=6 * _MB,
        timeout_s=0,
    ),
    "http-api": HttpPath(
        "HTTP API of API Gateway",
        function_error=Told((500,), _5XX),
        throttle=Told((429, 500), f"{_500}: a throttled function is 500, the API's own rate 429"),
        timeout=Told((503, 504), _503),
        large_answer=Told((500,), _5XX),
        large_request=Told((413,), "API Gateway Developer Guide, quotas of HTTP APIs: 10 MB, then Lambda's 6 MB"),
        request_bytes=6 * _MB,
        answer_bytes=6 * _MB,
        timeout_s=30,
    ),
    "rest-api": HttpPath(
        "REST API of API Gateway",
        function_error=Told((502,), _5XX),
        throttle=Told((429, 500), f"{_500}: a throttled function is 500, the API's own rate 429"),
        timeout=Told((504,), _5XX),
        large_answer=Told((500, 502), _5XX),
        large_request=Told((413,), "API Gateway Developer Guide, quotas of REST APIs: 10 MB, then Lambda's 6 MB"),
        request_bytes=6 * _MB,
        answer_bytes=6 * _MB,
        timeout_s=29,
    ),
    "function-url": HttpPath(
        "function URL",
        function_error=Told((502,), _URL),
        throttle=Told((429,), _INVOKE),
        timeout=Told((502, 504), _URL),
        large_answer=Told((502,), _URL),
        large_request=Told((413,), _QUOTAS),
        request_bytes=6 * _MB,
        answer_bytes=6 * _MB,
        timeout_s=0,
    ),
    "load-balancer": HttpPath(
        "target group behind an application load balancer",
        function_error=Told((502,), _ALB),
        throttle=Told((502,), _ALB),
        timeout=Told((502, 504), f"{_ALB}; 504 after the balancer's own idle time-out"),
        large_answer=Told((502,), _ALB),
        large_request=Told((413,), _ALB_LIMITS),
        request_bytes=_MB,
        answer_bytes=_MB,
        timeout_s=0,
    ),
}
"""By the word for it in `router.yaml`."""


def guessed_path(host: str) -> str:
    """The path that a host's name shows: an API of API Gateway is taken for an HTTP API."""
    if ".lambda-url." in host:
        return "function-url"
    return "http-api" if ".execute-api." in host else LOCAL
