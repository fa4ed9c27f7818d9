"""A request goes out as it was recorded, and whatever happens is a value."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO

import pytest

from migrator.adapters.endpoints.http import HttpEndpoint
from migrator.adapters.processes import free_port
from migrator.domain.http import Answer, NoAnswer, Request
from migrator.errors import UsageError


def _until_blank(lines: BinaryIO) -> Iterator[bytes]:
    while (line := lines.readline()) not in (b"\r\n", b""):
        yield line


class RawServer:
    """Answers every connection with the same bytes and keeps what it was sent."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.seen: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        connection.settimeout(5)
        with connection.makefile("rb") as lines:
            head = b"".join(_until_blank(lines))
            if not head:  # the client found its request wrong and hung up
                return
            given = [line[15:] for line in head.splitlines() if line.lower().startswith(b"content-length:")]
            self.seen.append(head + b"\r\n" + lines.read(int(given[0]) if given else 0))
        connection.sendall(self.answer)

    def stop(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)


OK = b"HTTP/1.1 302 Found\r\nLocation: /x\r\nSet-Cookie: a=1, b\r\nset-cookie: c=2\r\nVary: a\r\nVary: b\r\nContent-Length: 2\r\nConnection: close\r\n\r\n\x00\xff"


@pytest.fixture
def server() -> Iterator[RawServer]:
    made = RawServer(OK)
    yield made
    made.stop()


def test_the_request_is_the_recorded_one_byte_for_byte(server: RawServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    recorded = Request(
        "POST",
        "/a/../b%2Fc/./d",
        "q=%20x&q=+",
        {"x-a": "1", "host": "shop.example", "connection": "close", "content-length": "99"},
        b"\x00\x01",
    )
    with HttpEndpoint(server.url + "/base/") as endpoint:
        answer = endpoint.ask(recorded)
    head, _, body = server.seen[0].partition(b"\r\n\r\n")
    line, *headers = head.decode().split("\r\n")
    assert line == "POST /base/a/../b%2Fc/./d?q=%20x&q=+ HTTP/1.1"
    assert sorted(header.lower() for header in headers) == [
        "accept: */*",
        "content-length: 2",
        "host: shop.example",
        "x-a: 1",
    ]
    assert body == b"\x00\x01"
    assert isinstance(answer, Answer)
    assert answer.status == 302, "redirects are answers, not to be followed"
    assert answer.headers["set-cookie"] == "a=1, b\nc=2"
    assert answer.headers["vary"] == "a, b"
    assert answer.body == b"\x00\xff"
    assert answer.seconds > 0


def test_cookies_of_an_answer_do_not_go_out_again(server: RawServer) -> None:
    with HttpEndpoint(server.url) as endpoint, ThreadPoolExecutor(4) as threads:
        list(threads.map(endpoint.ask, [Request("GET", "/")] * 8))
    assert not any(b"ookie" in seen for seen in server.seen)


def test_the_host_of_both_sides_can_be_one(server: RawServer) -> None:
    with HttpEndpoint(server.url, host="legacy.example:8000") as endpoint:
        endpoint.ask(Request("GET", "/ü x"))
    assert b"host: legacy.example:8000" in server.seen[0].lower()
    assert server.seen[0].startswith(b"GET /%C3%BC%20x HTTP/1.1")


def test_whatever_happens_is_a_value(server: RawServer) -> None:
    with HttpEndpoint(f"http://127.0.0.1:{free_port()}") as endpoint:
        refused = endpoint.ask(Request("GET", "/"))
    assert isinstance(refused, NoAnswer)
    assert refused.reason.startswith("ConnectError")
    with HttpEndpoint(server.url) as endpoint:
        assert isinstance(endpoint.ask(Request("G T", "/")), NoAnswer)
        assert isinstance(endpoint.ask(Request("GET", "/", headers={"x": "a\r\nb: c"})), NoAnswer)
        assert isinstance(endpoint.ask(Request("GET", "/", headers={"ü": "1"})), NoAnswer)
        server.answer = b"not http\r\n\r\n"
        assert isinstance(endpoint.ask(Request("GET", "/")), NoAnswer)
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        HttpEndpoint(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout_s=0.1) as endpoint,
    ):
        late = endpoint.ask(Request("GET", "/"))
    assert isinstance(late, NoAnswer)
    assert late.reason.startswith("ReadTimeout")


@pytest.mark.parametrize("url", ["", "127.0.0.1:80", "ftp://x", "http://", "http://[::1"])
def test_what_is_no_url(url: str) -> None:
    with pytest.raises(UsageError, match="is no URL"):
        HttpEndpoint(url)
