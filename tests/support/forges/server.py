"""What both fake forges are: HTTP on loopback, faults that can be planned, and a memory of who sent which token where.

It is no ASGI application, because a connection has to be cut after the effect and before the answer, which those have no word for.
"""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from tests.support.forges.hosting import heads, serve

TOKEN = "planted-7f3a9c51e0"  # what no output may have


@dataclass(frozen=True)
class Reply:
    """An answer: a status, JSON or None for no body, further headers."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """A request as a handler sees it; `path` is without the API's own, with its parts decoded."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: dict[str, str]


@dataclass
class Fault:
    """What goes wrong, for requests of a method whose path fits.

    Attributes:
        reply: what is answered in place of the real answer; None for none at all: the connection is cut.
        after: whether what was asked for is done nevertheless.
        times: how many requests it meets.
        hold: whether the answer is kept back until `release()` or the end.
        delay_s: how long the answer is late.
        truly: whether the real answer is given after all (with `hold` or `delay_s`).
    """

    method: str
    path: str
    reply: Reply | None = None
    after: bool = False
    times: int = 1
    hold: bool = False
    delay_s: float = 0.0
    truly: bool = False


class ForgeServer:
    """A forge with one repository, `acme/shop`, that one token may write to.

    Attributes:
        branches: those that were pushed; with a `repository`, its own.
        repository: a bare one that git reaches at `remote`; None for none.
        asked: each request, in order.
        strays: requests that had the token where it must not be: in the path, the query, a body, another header, or at the
            `stranger`, which stands for another host.
    """

    kind = ""
    root = ""
    project = "acme/shop"

    def __init__(self) -> None:
        self._branches: set[str] = {"main", "release"}
        self.repository: Path | None = None
        self.asked: list[Request] = []
        self.strays: list[str] = []
        self.faults: list[Fault] = []
        self.held = threading.Event()
        self._released = threading.Event()
        self._lock = threading.RLock()
        self._server = self._listening(self._answer)
        self._stranger = self._listening(self._stray)
        self.prepare()

    def prepare(self) -> None:
        """What there is at the beginning."""

    def handle(self, request: Request) -> Reply:
        """The answer of the real one."""
        raise NotImplementedError

    def token_of(self, headers: dict[str, str]) -> str:
        """The token where it has to be; it is taken out of the headers."""
        raise NotImplementedError

    @property
    def branches(self) -> set[str]:
        """Those that it has."""
        return self._branches if self.repository is None else heads(self.repository)

    @property
    def url(self) -> str:
        """Base URL of its API."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{self.root}"

    @property
    def remote(self) -> str:
        """The address of its repository."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/{self.project}.git"

    @property
    def elsewhere(self) -> str:
        """Base URL of another server, which must not see the token."""
        return f"http://127.0.0.1:{self._stranger.server_address[1]}"

    def plan(self, method: str, path: str, reply: Reply | None = None, **how: Any) -> Fault:
        """Let something go wrong; see `Fault`."""
        fault = Fault(method, path, reply, **how)
        self.faults.append(fault)
        return fault

    def release(self) -> None:
        """Give the answers that are held."""
        self._released.set()

    def writes(self) -> list[str]:
        """What it was asked to change, as `METHOD path`."""
        with self._lock:
            return [f"{each.method} {each.path}" for each in self.asked if each.method != "GET"]

    def stop(self) -> None:
        """Close it."""
        self._released.set()
        for server in (self._server, self._stranger):
            server.shutdown()
            server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _listening(self, answer: Callable[[BaseHTTPRequestHandler], None]) -> ThreadingHTTPServer:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1

            def _any(self) -> None:
                answer(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _any

            def log_message(self, format: str, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                pass

        server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return server

    def _stray(self, handler: BaseHTTPRequestHandler) -> None:
        raw = handler.rfile.read(int(handler.headers.get("content-length") or 0))
        if TOKEN in handler.path + str(handler.headers) + raw.decode("utf-8", "replace"):
            self.strays.append(f"{handler.command} at another server")
        _send(handler, Reply(200, {}))

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        if self.repository is not None and handler.path.startswith(f"/{self.project}.git/"):
            return serve(handler, self.repository, f"/{self.project}.git")
        raw = handler.rfile.read(int(handler.headers.get("content-length") or 0))
        parts = urlsplit(handler.path)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        token = self.token_of(headers)
        if TOKEN in handler.path + str(headers) + raw.decode("utf-8", "replace"):
            self.strays.append(f"{handler.command} {parts.path}")
        try:
            body = json.loads(raw) if raw else None
        except ValueError:
            return _send(handler, Reply(400, {"message": "Problems parsing JSON"}))
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        # A slash that is encoded is one of a name, and none of the path.
        path = "/".join(unquote(part).replace("/", "%2F") for part in parts.path.removeprefix(self.root).split("/"))
        request = Request(handler.command, path, query, body, headers)
        with self._lock:
            self.asked.append(request)
            fault = self._fault(request)
            known = parts.path.startswith(f"{self.root}/") and token == TOKEN
            reply = Reply(404, {"message": "Not Found"})
            if fault is None or fault.after or fault.truly:
                reply = self.handle(request) if known else self.refused(token)
        if fault is not None:
            if fault.hold:
                self.held.set()
                self._released.wait(60)
            if fault.delay_s:
                self._released.wait(fault.delay_s)
            if fault.reply is None and not fault.truly:
                handler.close_connection = True
                handler.connection.shutdown(socket.SHUT_RDWR)
                return None
            reply = reply if fault.truly or fault.reply is None else fault.reply
        return _send(handler, reply)

    def refused(self, token: str) -> Reply:
        """The answer to a token that is not known."""
        raise NotImplementedError

    def _fault(self, request: Request) -> Fault | None:
        for fault in self.faults:
            if fault.times and fault.method == request.method and re.fullmatch(fault.path, request.path):
                fault.times -= 1
                return fault
        return None


def checked(body: Any, required: Iterable[str], types: dict[str, type]) -> list[tuple[str, str]]:
    """What is wrong with the fields of a body: pairs of a field and `missing` or `type`; unknown fields are let be, as the real ones do."""
    if not isinstance(body, dict):
        return [("body", "type")]
    missing = [(name, "missing") for name in required if body.get(name) in (None, "")]
    wrong = [
        (name, "type")
        for name, kind in types.items()
        if name in body and body[name] is not None and type(body[name]) is not kind
    ]
    return missing + wrong


def stamp(number: int) -> str:
    """A time that grows with a number, as both forges write it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_767_225_600 + number))


def _send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    raw = b"" if reply.body is None else json.dumps(reply.body).encode()
    handler.send_response_only(reply.status)
    headers = {"date": formatdate(usegmt=True), "content-type": "application/json; charset=utf-8", **reply.headers}
    for name, value in {**headers, "content-length": str(len(raw))}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(raw)
