"""One HTTP/1.1 connection on a socket of its own, which tells an answer from the lack of one.

In: an address and requests as bytes. Out: the status, the side, the id that the answer carries, and when it was all
there. A library's client would open a connection anew, or send a request again, without a word: both hide losses.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass

ID_HEADER = "x-load-id"
SIDE_HEADER = "x-migrator-side"
_PIECE = 65_536


class Lost(Exception):
    """There was no whole answer; the text says how it ended."""


@dataclass(frozen=True, slots=True)
class Got:
    """One answer.

    Attributes:
        side: the data plane's word for who answered; empty where it said none.
        id: that of the request, as the server gave it back; empty where it gave none.
    """

    status: int
    side: str
    id: str


class Connection:
    """A connection that is opened at its first request, and anew after one was lost.

    Args:
        timeout_s: how long an answer is waited for.
    """

    def __init__(self, address: str, timeout_s: float) -> None:
        host, _, port = address.rpartition(":")
        self._address = (host, int(port))
        self._timeout_s = timeout_s
        self._socket: socket.socket | None = None
        self._rest = b""

    def open(self) -> None:
        """Connect, where it is not.

        Raises:
            Lost: nobody listens.
        """
        if self._socket is not None:
            return
        try:
            self._socket = socket.create_connection(self._address, self._timeout_s)
        except OSError as error:
            raise Lost(f"connect: {error}") from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = b""

    def close(self) -> None:
        """Give it up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def ask(self, request: bytes) -> Got:
        """Send one request, once, and wait for its answer.

        Raises:
            Lost: there was none, half of one, or more than one.
        """
        self.open()
        assert self._socket is not None
        try:
            self._socket.sendall(request)
            head = self._head(self._socket)
            got, length = _read_head(head)
            while len(self._rest) < length:
                self._rest += self._more(self._socket)
        except (OSError, ValueError) as error:
            self.close()
            raise Lost(str(error) or type(error).__name__) from error
        except Lost:
            self.close()
            raise
        extra, self._rest = self._rest[length:], b""
        if extra:
            self.close()
            raise Lost("more than one answer")
        return got

    def _head(self, wire: socket.socket) -> bytes:
        while True:
            head, end, rest = self._rest.partition(b"\r\n\r\n")
            if end:
                self._rest = rest
                return head
            self._rest += self._more(wire)

    def _more(self, wire: socket.socket) -> bytes:
        piece = wire.recv(_PIECE)
        if not piece:
            raise Lost("closed after half an answer" if self._rest else "closed without an answer")
        return piece


def _read_head(head: bytes) -> tuple[Got, int]:
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if "content-length" not in headers:
        raise ValueError("an answer without its length")
    got = Got(int(first.split(" ")[1]), headers.get(SIDE_HEADER, ""), headers.get(ID_HEADER, ""))
    return got, int(headers["content-length"])
