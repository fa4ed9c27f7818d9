"""Mirrored calls: copies of requests that a router sends here while legacy answers the caller.

They carry the header `x-migrator-shadow`, with the effects that the route allows, or `none`. Nobody
sees the answer, so such a call may read, and changes nothing outside of this environment: the first
effect that is not allowed ends it, is written to the log, and is counted as `ShadowRefused`.

What looks at effects is in the modules beside this one; this one knows whose call is running.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Thread, current_thread
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric

HEADER = "x-migrator-shadow"
# What a route may allow; anything else is refused whatever it says.
ALLOWABLE = frozenset({"email", "http-out", "enqueue", "database"})
# The function's own modules, and those of its handler: a library is used on their behalf.
OWN = frozenset(
    [
        "app",
        "application_start",
        "lambda_http",
        "lambda_secrets",
        "lambda_shadow",
        "lambda_shadow_aws",
        "lambda_shadow_network",
        "lambda_shadow_sql",
        "lambda_web",
        "shop",
    ]
)
# What no guard sees, with its effect: unless the route allows that, the function is not called.
UNSEEN: Mapping[str, str] = {}
logger = Logger(child=True)


class Refused(BaseException):
    """A mirrored call was about to have an effect; no `except Exception` stops it."""


@dataclass
class Call:
    """A mirrored call.

    Attributes:
        allowed: effects that its route allows.
        refused: effects that it was kept from, each with what was about to happen, in this order.
    """

    allowed: frozenset[str]
    refused: dict[str, str] = field(default_factory=dict)

    def check(self, effect: str, what: str) -> None:
        """Refuse an effect that is not allowed; kept as well, since code may go on all the same."""
        if effect not in self.allowed:
            self.note(effect, what)
            raise Refused(f"{effect}: {what}")

    def note(self, effect: str, what: str) -> None:
        """Report that an effect was refused, once."""
        if effect in self.refused:
            return
        self.refused[effect] = what
        logger.warning("shadow call: effect refused", effect=effect, what=what, place=place())
        # Its own line, so that the effect is a dimension of this number alone.
        with single_metric(name="ShadowRefused", unit=MetricUnit.Count, value=1) as metric:
            metric.add_dimension("service", str(logger.service))
            metric.add_dimension("effect", effect)


# Lambda gives an environment one call at a time, so what is on is on for the whole process.
_running: list[Call] = []
# The call that started some work; of work that outlives it, too. None: a real one.
_started_by: ContextVar[Call | None] = ContextVar("lambda_shadow_started_by")
# While the guards themselves talk to a database.
_own_doing: ContextVar[bool] = ContextVar("lambda_shadow_own_doing", default=False)
# What guards do before and after each mirrored call.
AROUND: list[Callable[[Call], AbstractContextManager[None]]] = []
# Errors by which a database says that it was to be changed, by what guards know of them.
SAY_READ_ONLY: list[Callable[[BaseException], bool]] = []


def acting() -> Call | None:
    """The mirrored call on whose behalf something happens now; None where it is a real one."""
    if _own_doing.get():
        return None
    if _running:
        return _running[-1]
    try:
        return _started_by.get()
    except LookupError:
        found = getattr(current_thread(), "_lambda_shadow", None)
        return found if isinstance(found, Call) else None


@contextmanager
def own_doing() -> Iterator[None]:
    """Let pass what the guards do themselves."""
    token = _own_doing.set(True)
    try:
        yield
    finally:
        _own_doing.reset(token)


def mirrored(event: Mapping[str, Any]) -> Call | None:
    """The mirrored call that an event is; None for a real one."""
    several = event.get("multiValueHeaders") or {}
    headers = {name.lower(): ",".join(values) for name, values in several.items()}
    headers |= {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    if HEADER not in headers:
        return None
    return Call(ALLOWABLE & {each.strip() for each in headers[HEADER].split(",")})


def answered(event: Mapping[str, Any], answer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Answer a request; a mirrored one without its effects."""
    call = mirrored(event)
    token = _started_by.set(call)
    try:
        return answer() if call is None else _answered(call, answer)
    finally:
        _started_by.reset(token)


def _answered(call: Call, answer: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    _running.append(call)
    try:
        with ExitStack() as stack:
            for around in AROUND:
                stack.enter_context(around(call))
            for what, effect in UNSEEN.items():
                call.check(effect, f"{what}, which no guard sees")
            found = answer()
    except BaseException as error:
        if is_read_only(error):
            call.note("database", "the database was to be changed")
        if not call.refused:
            raise
    finally:
        _running.remove(call)
    return refusal(call) if call.refused else found


def refusal(call: Call) -> dict[str, Any]:
    """The answer to a call that was kept from an effect: no failure, so nothing tries it again."""
    said = f"refused {', '.join(call.refused)}"
    return {"statusCode": 204, "headers": {HEADER: said}, "body": "", "isBase64Encoded": False}


def is_read_only(error: BaseException | None) -> bool:
    """Whether an error, or one that it came from, is a database's refusal to be changed."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if any(says(error) for says in SAY_READ_ONLY):
            return True
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return False


def is_own(module: str) -> bool:
    """Whether a module is the function's own."""
    return module.partition(".")[0] in OWN


def place() -> str:
    """The innermost line of the function's own code."""
    frame = sys._getframe(1)
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if is_own(module) and not module.startswith("lambda_shadow"):
            return f"{module}:{frame.f_lineno} in {frame.f_code.co_name}"
        frame = frame.f_back  # type: ignore[assignment]
    return "outside of the function's own code"


# Threads know who started them, and work that is given to a pool who gave it: what outlives a
# mirrored call goes on being its work, and a pool that such a call made works for real ones.
_start, _submit = Thread.start, ThreadPoolExecutor.submit


def start(self: Thread) -> None:
    """Start a thread."""
    self._lambda_shadow = acting()  # type: ignore[attr-defined]
    _start(self)


def submit(
    self: ThreadPoolExecutor, fn: Callable[..., Any], /, *args: Any, **kwargs: Any
) -> Future[Any]:
    """Give work to a pool."""
    call = acting()

    def work() -> Any:
        token = _started_by.set(call)
        try:
            return fn(*args, **kwargs)
        finally:
            _started_by.reset(token)

    return _submit(self, work)


Thread.start = start  # type: ignore[method-assign]
ThreadPoolExecutor.submit = submit  # type: ignore[assignment]
