"""The HTTP front of local Lambda functions, on 127.0.0.1.

In: functions, each below a path prefix of its own or one at the root. Out: a server that does what an HTTP API
in front of Lambda does: a request becomes an event, what the handler returns becomes the answer, and what goes
wrong becomes a status that a load balancer understands, by the table `migrator.cloud_facts.http_paths`:

    function error, crash, an answer that cannot be used or is over 6 MB    502
    time-out                                                                504
    no environment free                                                     429
    request over 6 MB                                                       413
    no such route                                                           404

It serves the Invoke API too, below `/2015-03-31/functions/NAME/invocations`.
"""

from __future__ import annotations

import functools
import json
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, assert_never

from migrator.adapters.processes import require_free_port
from migrator.adapters.runtime import http_api, invoke_api
from migrator.adapters.runtime.function import Function
from migrator.adapters.runtime.http_api import HttpAnswer
from migrator.adapters.runtime.outcomes import (
    REQUEST_LIMIT,
    Crashed,
    FunctionError,
    Invocation,
    Result,
    Throttled,
    TimedOut,
)
from migrator.adapters.runtime.pool import Pool, Statistics
from migrator.adapters.runtime.routes import RouteTable
from migrator.adapters.runtime.server import ThreadedServer
from migrator.cloud_facts.http_paths import LOCAL, PATHS
from migrator.errors import RemoteError, UsageError

if TYPE_CHECKING:
    import anyio
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

_HOST = "127.0.0.1"
_INVOKE = "/2015-03-31/functions/"
_TOLD = PATHS[LOCAL]
_TOO_LARGE = _TOLD.large_request.statuses[0]

# Threads beyond those that run invocations: a throttled call needs one for a moment.
_SPARE_THREADS = 64


class LambdaFront:
    """A running front. Use it in a `with` block, or call `start` and `stop`.

    Args:
        functions: at least one; prefixes and names differ.
        port: on 127.0.0.1; 0 for any free one.
        limit: environments at once, for each function.
        idle_s: seconds after which an unused environment is ended.
        rie: the emulator's binary; None to look for it.

    Raises:
        RemoteError: the emulator or the runtime client is not installed.
        UsageError: no functions, two share a prefix or a name, or one is behind something else than an HTTP API.
    """

    def __init__(
        self,
        functions: Sequence[Function],
        *,
        port: int = 0,
        limit: int = 4,
        idle_s: float = 60.0,
        rie: Path | None = None,
    ) -> None:
        for what, values in (
            ("name", [function.name for function in functions]),
            ("prefix", [function.prefix for function in functions]),
        ):
            if len(set(values)) < len(values) or not values:
                raise UsageError(f"the front needs functions, each with a {what} of its own")
        for function in functions:
            if function.front != "http-api":
                raise UsageError(
                    f"{function.name} stands behind a {function.front}; the local front sends what an HTTP API sends",
                    hint="migrator invoke runs it with one event, as its own front sends it",
                )
        self._port = port
        self._make_pools = functools.partial(_make_pools, tuple(functions), limit=limit, idle_s=idle_s, rie=rie)
        self._running: ThreadedServer | None = None
        self._pools: Mapping[str, Pool] = {}

    @property
    def url(self) -> str:
        """Base URL, without a slash at the end."""
        if self._running is None:
            raise RemoteError("the Lambda front has not been started")
        return f"http://{_HOST}:{self._running.port}"

    def url_of(self, name: str) -> str:
        """Base URL of a function: the one that a route's canary needs."""
        return self.url + self._pools[name].function.prefix

    def statistics(self) -> Mapping[str, Statistics]:
        """What each function's pool has done, by function name."""
        return {name: pool.statistics() for name, pool in self._pools.items()}

    def pool(self, name: str) -> Pool:
        """The environments of a function."""
        return self._pools[name]

    def start(self) -> Self:
        """Begin to serve; no environment is started before a call needs one.

        Raises:
            InputError: the port is in use.
            RemoteError: a part of the local stack is missing, or the server did not come up.
        """
        port = require_free_port(self._port, purpose="the Lambda front", option="--port")
        self._pools = self._make_pools()
        try:
            self._running = ThreadedServer(_Application(self._pools), port)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self, *, at_once: bool = False) -> None:
        """End the server and all environments.

        Args:
            at_once: whether running requests are cut off; else they have 5 s to finish.
        """
        running, self._running = self._running, None
        if at_once:
            self._stop_pools()
        if running is not None:
            running.stop()
        self._stop_pools()

    def _stop_pools(self) -> None:
        for pool in self._pools.values():  # they keep their statistics
            pool.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop(at_once=kind is not None)


def _make_pools(functions: Sequence[Function], *, limit: int, idle_s: float, rie: Path | None) -> dict[str, Pool]:
    made: dict[str, Pool] = {}
    try:
        for function in functions:
            made[function.name] = Pool(function, limit=limit, idle_s=idle_s, rie=rie)
    except BaseException:
        for pool in made.values():
            pool.stop()
        raise
    return made


class _Application:
    """The ASGI application."""

    def __init__(self, pools: Mapping[str, Pool]) -> None:
        self._pools = pools
        # The longest prefix wins; a prefix ends at a slash.
        self._served = sorted(
            ((pool, RouteTable(pool.function.routes)) for pool in pools.values()),
            key=lambda served: -len(served[0].function.prefix),
        )
        self._threads = sum(pool.limit for pool in pools.values()) + _SPARE_THREADS
        self._limiter: anyio.CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        from starlette.requests import Request
        from starlette.responses import Response

        if scope["type"] != "http":
            return
        request_id = uuid.uuid4().hex[:16]
        made = await self._answer(Request(scope, receive), request_id)
        response = Response(made.body, made.status)
        response.raw_headers = [
            *((name.encode("ascii"), value.encode("utf-8")) for name, value in made.headers),
            (b"apigw-requestid", request_id.encode("ascii")),
        ]
        if made.status not in (204, 304):
            response.raw_headers.append((b"content-length", str(len(made.body)).encode("ascii")))
        if made.status == _TOO_LARGE:  # the rest of the request is not read
            response.raw_headers.append((b"connection", b"close"))
        await response(scope, receive, send)

    async def _answer(self, request: Request, request_id: str) -> HttpAnswer:
        raw_path: str = request.scope["raw_path"].decode("latin-1").partition("?")[0]
        if raw_path.startswith(_INVOKE) and raw_path.endswith("/invocations"):
            name = http_api.decoded_path(raw_path[len(_INVOKE) : -len("/invocations")])
            return await self._invoke_api(request, name, request_id)
        for pool, table in self._served:
            prefix = pool.function.prefix
            if raw_path == prefix or raw_path.startswith(prefix + "/"):
                return await self._http_api(request, pool, table, raw_path[len(prefix) :] or "/", request_id)
        return http_api.error_answer(404, "Not Found")

    async def _http_api(
        self, request: Request, pool: Pool, table: RouteTable, raw_path: str, request_id: str
    ) -> HttpAnswer:
        found = table.match(request.method, http_api.decoded_path(raw_path))
        if pool.function.routes and found is None:
            return http_api.error_answer(404, "Not Found")
        body = await _body(request)
        if body is None:
            return http_api.error_answer(_TOO_LARGE, "Request Entity Too Large")
        route, parameters = found or (None, {})
        event = http_api.event(
            method=request.method,
            raw_path=raw_path,
            raw_query=request.scope["query_string"].decode("latin-1"),
            headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.scope["headers"]],
            body=body,
            client=request.client.host if request.client else _HOST,
            protocol=f"HTTP/{request.scope['http_version']}",
            route=route,
            path_parameters=parameters,
            request_id=request_id,
        )
        payload = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        if len(payload) > REQUEST_LIMIT:
            return http_api.error_answer(_TOO_LARGE, "Request Entity Too Large")
        invocation = await self._run(pool, payload)
        return _as_http(invocation)

    async def _invoke_api(self, request: Request, name: str, request_id: str) -> HttpAnswer:
        pool = self._pools.get(name)
        if pool is None:
            return invoke_api.refusal(404, "ResourceNotFoundException", f"Function not found: {name}")
        kind = request.headers.get("x-amz-invocation-type", "RequestResponse")
        if kind == "DryRun":
            return HttpAnswer(204, (), b"")
        if kind != "RequestResponse":
            return invoke_api.refusal(
                400,
                "InvalidParameterValueException",
                f"the local front runs RequestResponse invocations only, not {kind}",
            )
        body = await _body(request)
        if body is None:
            return invoke_api.too_large(int(request.headers.get("content-length", REQUEST_LIMIT + 1)))
        try:
            json.loads(body or b"{}")
        except ValueError as error:
            return invoke_api.refusal(
                400, "InvalidRequestContentException", f"Could not parse request body into json: {error}"
            )
        return invoke_api.answer((await self._run(pool, body or b"{}")).outcome, request_id)

    async def _run(self, pool: Pool, payload: bytes) -> Invocation:
        import anyio
        import anyio.to_thread

        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(self._threads)
        return await anyio.to_thread.run_sync(pool.invoke, payload, limiter=self._limiter)


async def _body(request: Request) -> bytes | None:
    """The request's body, or None when it is over the limit; no more than the limit is read."""
    length = request.headers.get("content-length", "0")
    if length.isdigit() and int(length) > REQUEST_LIMIT:
        return None
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > REQUEST_LIMIT:
            return None
        parts.append(part)
    return b"".join(parts)


def _as_http(invocation: Invocation) -> HttpAnswer:
    match invocation.outcome:
        case Result(payload):
            try:
                return http_api.answer(payload)
            except http_api.Malformed:
                return http_api.error_answer(_TOLD.function_error.statuses[0], "Internal Server Error")
        case FunctionError() | Crashed():
            return http_api.error_answer(_TOLD.function_error.statuses[0], "Internal Server Error")
        case TimedOut():
            return http_api.error_answer(_TOLD.timeout.statuses[0], "Endpoint request timed out")
        case Throttled():
            return http_api.error_answer(_TOLD.throttle.statuses[0], "Too Many Requests")
        case _:
            assert_never(invocation.outcome)
