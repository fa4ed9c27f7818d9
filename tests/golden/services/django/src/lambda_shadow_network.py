"""The guard of everything that leaves: sockets, by whatever library, and other programs.

For a mirrored call nothing leaves but what another guard has looked at or what is allowed. A socket
has the effect of the library that uses it: of the outermost one between it and the function's code.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import sys
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import cache, wraps
from typing import Any, TypeVar

import lambda_shadow as shadow

# Library to effect. What is missing here has the effect "network", which no route allows.
USERS: Mapping[str, str] = {
    "aiomcache": "cache",
    "memcache": "cache",
    "pymemcache": "cache",
    "redis": "cache",
    "valkey": "cache",
    "aiomysql": "database",
    "asyncmy": "database",
    "asyncpg": "database",
    "cassandra": "database",
    "clickhouse_connect": "database",
    "clickhouse_driver": "database",
    "django.db": "database",
    "elasticsearch": "database",
    "influxdb_client": "database",
    "motor": "database",
    "mysql": "database",
    "neo4j": "database",
    "opensearchpy": "database",
    "peewee": "database",
    "pg8000": "database",
    "psycopg": "database",
    "psycopg2": "database",
    "pymongo": "database",
    "pymysql": "database",
    "pytds": "database",
    "snowflake": "database",
    "sqlalchemy": "database",
    "tortoise": "database",
    "trino": "database",
    "aiosmtplib": "email",
    "anymail": "email",
    "django.core.mail": "email",
    "flask_mail": "email",
    "mailjet_rest": "email",
    "postmarker": "email",
    "redmail": "email",
    "resend": "email",
    "sendgrid": "email",
    "smtplib": "email",
    "aio_pika": "enqueue",
    "aiokafka": "enqueue",
    "aiormq": "enqueue",
    "amqp": "enqueue",
    "arq": "enqueue",
    "celery": "enqueue",
    "dramatiq": "enqueue",
    "huey": "enqueue",
    "kafka": "enqueue",
    "kombu": "enqueue",
    "nats": "enqueue",
    "paho": "enqueue",
    "pika": "enqueue",
    "procrastinate": "enqueue",
    "rq": "enqueue",
    "stomp": "enqueue",
    "taskiq": "enqueue",
    "aiohttp": "http-out",
    "botocore": "http-out",
    "googleapiclient": "http-out",
    "http.client": "http-out",
    "httpcore": "http-out",
    "httplib2": "http-out",
    "httpx": "http-out",
    "requests": "http-out",
    "slack_sdk": "http-out",
    "stripe": "http-out",
    "treq": "http-out",
    "twilio": "http-out",
    "urllib.request": "http-out",
    "urllib3": "http-out",
    "websocket": "http-out",
    "websockets": "http-out",
    "xmlrpc.client": "http-out",
    "zeep": "http-out",
}
# Tracing and error reports are no effects of the function. Only their transports: the packages also
# stand around calls of others.
TELEMETRY = [
    "aws_xray_sdk.core.emitters",
    "datadog.dogstatsd",
    "elasticapm.transport",
    "opentelemetry.exporter",
    "opentelemetry.sdk",
    "sentry_sdk.transport",
    "statsd",
]
# Libraries of whose calls another guard lets through only what reads.
VETTED = {*TELEMETRY}
# Events of Python's audit hooks, https://docs.python.org/3/library/audit_events.html
_LEAVES = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_LOOKS_UP = frozenset({"socket.getaddrinfo", "socket.gethostbyname"})
_PROGRAMS = frozenset(
    {
        "subprocess.Popen",
        "os.system",
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.spawn",
        "pty.spawn",
    }
)
# The library that made the task which runs; empty where the function's own code did.
_made_by: ContextVar[str] = ContextVar("lambda_shadow_made_by", default="")
Sends = TypeVar("Sends", bound=Callable[..., Any])


def used_by() -> str:
    """The library on whose behalf a socket is used; empty where none is known."""
    frame: Any = sys._getframe(1)
    found = ""
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if not module.startswith("lambda_shadow"):
            if shadow.is_own(module):
                break
            if module == "asyncio.events":
                # What is below it has run the loop, and may be anybody.
                return _made_by.get() or found
            found = row_of(module) or found
        frame = frame.f_back
    return found


@cache
def row_of(module: str) -> str:
    """The longest name of a known library that a module is in."""
    parts = module.split(".")
    names = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((name for name in names if name in USERS or name in TELEMETRY), "")


def effect_of(library: str) -> str:
    """The effect that the use of a socket by a library has."""
    return USERS.get(library, "network")


def leaves(*, known: bool = False) -> None:
    """Refuse what leaves by a socket, unless it is a real call's, vetted or allowed.

    Args:
        known: whether to refuse it to known libraries only.
    """
    call = shadow.acting()
    if call is not None and (library := used_by()) not in VETTED and (library or not known):
        call.check(effect_of(library), f"{library or 'a socket'} sends something")


def looked_at(event: str, arguments: tuple[Any, ...]) -> None:
    """Python calls it for each of its events, until the process ends."""
    if event in _LEAVES:
        if not (event != "socket.connect" and within(arguments[0])):
            leaves()
    elif event in _LOOKS_UP:
        # A name by itself changes nothing; a library wants it for what it is about to send.
        leaves(known=True)
    elif event in _PROGRAMS:
        call = shadow.acting()
        if call is not None:
            call.check("subprocess", f"{event} starts a program")


def within(sent_by: Any) -> bool:
    """Whether a socket is one end of a pair in this process, as event loops have them."""
    if getattr(sent_by, "family", None) != socket.AF_UNIX:
        return False
    try:
        return not sent_by.getpeername()
    except OSError:
        return False


def watched(send: Sends) -> Sends:
    """A method that sends: on connections that a real call has left open it raises no event."""

    @wraps(send)
    def sends(self: Any, *args: Any, **kwargs: Any) -> Any:
        if shadow.acting() is not None and not within(self):
            leaves()
        return send(self, *args, **kwargs)

    return sends  # type: ignore[return-value]


_create_task = asyncio.BaseEventLoop.create_task


def create_task(self: asyncio.BaseEventLoop, coro: Any, **kwargs: Any) -> Any:
    """Make a task, on whose stack nobody sees who has made it."""
    if shadow.acting() is None:
        return _create_task(self, coro, **kwargs)
    token = _made_by.set(used_by())
    try:
        return _create_task(self, coro, **kwargs)
    finally:
        _made_by.reset(token)


asyncio.BaseEventLoop.create_task = create_task  # type: ignore[method-assign]
sys.addaudithook(looked_at)
for kind, names in {
    socket.socket: ("send", "sendall", "sendfile"),
    ssl.SSLSocket: ("send", "sendall", "write"),
}.items():
    for name in names:
        setattr(kind, name, watched(getattr(kind, name)))
