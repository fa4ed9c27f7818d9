"""Small threaded HTTP servers that stand for legacy and for the HTTP path to Lambda, and a client that counts.

A server's behavior can be changed while it runs; it remembers what it was asked.
"""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


@dataclass
class Asked:
    """One request as the server saw it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Behavior:
    """How a server answers: status, extra headers, seconds before the headers and before the body, whether at all, and in full.

    Attributes:
        body: None for what the server was asked, as JSON.
    """

    status: int = 200
    delay_s: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)
    reset: bool = False
    body_delay_s: float = 0.0
    cut: bool = False
    body: bytes | None = None


class HttpServer:
    """A server on a port that the OS chooses; `stop()` makes it refuse connections, `start()` brings it back there.

    It answers as `script` says, one entry a request, and when that is over as `behavior` says.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.behavior = Behavior()
        self.script: deque[Behavior] = deque()
        self.asked: list[Asked] = []
        self.port = 0
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._released = threading.Event()
        self.start()

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen, on the same port as before."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # One packet per answer: the delayed acknowledgment of a second one would cost 40 ms.
            wbufsize = -1

            def _answer(self) -> None:
                outer._answer(self)

            do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer

            def log_message(self, format: str, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, request: object, client_address: object) -> None:
                pass

        self._released.clear()
        self._server = Server(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close the listening socket and let go of every hung request."""
        self._released.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def count(self, method: str = "") -> int:
        """How many requests it was asked."""
        with self._lock:
            return sum(1 for asked in self.asked if not method or asked.method == method)

    def forget(self) -> None:
        """Start counting anew."""
        with self._lock:
            self.asked.clear()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("content-length") or 0)
        body = handler.rfile.read(length)
        # The handler's own path has lost a slash where it began with two.
        target = handler.requestline.split(" ")[1]
        asked = Asked(handler.command, target, {key.lower(): value for key, value in handler.headers.items()}, body)
        with self._lock:
            self.asked.append(asked)
        if asked.headers.get("upgrade") == "websocket":
            handler.wfile.write(
                b"HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n"
            )
            handler.wfile.flush()
            handler.wfile.write(handler.rfile.readline())
            handler.wfile.flush()
            handler.close_connection = True
            return
        with self._lock:
            behavior = self.script.popleft() if self.script else self.behavior
        if behavior.delay_s:
            self._released.wait(behavior.delay_s)
        if behavior.reset or self._server is None:
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        answer = json.dumps({"side": self.name, "path": target, "body": body.decode("latin-1")}).encode()
        if behavior.body is not None:
            answer = behavior.body
        handler.send_response(behavior.status)
        for key, value in behavior.headers.items():
            handler.send_header(key, value)
        handler.send_header("content-type", "application/json")
        handler.send_header("content-length", str(len(answer)))
        handler.end_headers()
        if behavior.body_delay_s:
            handler.wfile.flush()
            self._released.wait(behavior.body_delay_s)
        if behavior.cut:
            handler.wfile.write(answer[: len(answer) // 2])
            handler.wfile.flush()
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
        elif handler.command != "HEAD":
            handler.wfile.write(answer)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


@dataclass(frozen=True)
class Reply:
    """What a client got; status 0 stands for no answer at all."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def side(self) -> str:
        """Who says to have answered."""
        return self.headers.get("x-migrator-side", "")


def ask(
    address: str,
    method: str = "GET",
    path: str = "/",
    *,
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
    connection: http.client.HTTPConnection | None = None,
    timeout_s: float = 20.0,
) -> Reply:
    """One request, sent exactly as given."""
    host, _, port = address.rpartition(":")
    used = connection or http.client.HTTPConnection(host, int(port), timeout=timeout_s)
    try:
        own_host = any(key.lower() == "host" for key in headers or {})
        used.putrequest(method, path, skip_host=own_host, skip_accept_encoding=True)
        for key, value in (headers or {}).items():
            used.putheader(key, value)
        if body is not None:
            used.putheader("content-length", str(len(body)))
        used.endheaders(body)
        response = used.getresponse()
        content = response.read()
        return Reply(response.status, {key.lower(): value for key, value in response.getheaders()}, content)
    except (OSError, http.client.HTTPException) as error:
        used.close()
        return Reply(0, {}, str(error).encode())
    finally:
        if connection is None:
            used.close()


class Load:
    """Keeps some connections busy until it is told to stop, and counts the answers.

    Args:
        make: the method, path, headers and body of the n-th request of a connection.
    """

    def __init__(
        self,
        address: str,
        make: Callable[[int], tuple[str, str, dict[str, str], bytes | None]],
        *,
        connections: int = 8,
        pause_s: float = 0.001,
    ) -> None:
        self.statuses: Counter[int] = Counter()
        self.sides: Counter[str] = Counter()
        self._address = address
        self._make = make
        self._pause_s = pause_s
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._run, args=(number,), daemon=True) for number in range(connections)
        ]

    def _run(self, number: int) -> None:
        host, _, port = self._address.rpartition(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=20)
        count = number
        while not self._stop.is_set():
            method, path, headers, body = self._make(count)
            reply = ask(self._address, method, path, headers=headers, body=body, connection=connection)
            count += len(self._threads)
            with self._lock:
                self.statuses[reply.status] += 1
                self.sides[reply.side] += 1
            time.sleep(self._pause_s)
        connection.close()

    @property
    def total(self) -> int:
        """Requests answered so far, or given up."""
        with self._lock:
            return self.statuses.total()

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=30)
