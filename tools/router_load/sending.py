"""The load generator: a process of its own that keeps connections busy and writes down what became of each request.

In: an order as JSON in the first line of standard input; it ends when its requests are sent, or when standard input is
closed. Out: the line `ready` once every connection is there, and at the end one JSON document with an entry a
request. Every connection has a thread. A request is sent once: one without an answer is lost, and stays lost.

With a rate, each connection has a timetable: a request that is late because the one before it was slow counts from
when it was due, so that a stall shows in all that it kept waiting (coordinated omission). Without one, each connection
sends the next request when it has the answer.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, astuple, dataclass

from tools.router_load.connection import ID_HEADER, Connection, Lost


@dataclass(frozen=True, slots=True)
class Order:
    """What to send.

    Attributes:
        address: host:port.
        others: further ones; each connection asks all of them, one after the other, each time in another order.
        prefix: of the ids; the n-th request has `PREFIX-n`.
        headers: sent with every request.
        tenants: values of the header `x-tenant`, taken in turn; empty for no such header.
        requests: how many; 0 for as many as there is time for.
        rate: requests a second on all connections together; 0 for as fast as they are answered.
        seconds: at most; 0 for until standard input is closed.
        timeout_s: how long an answer is waited for.
    """

    address: str
    prefix: str
    method: str = "GET"
    path: str = "/api/tax/no"
    connections: int = 16
    headers: tuple[tuple[str, str], ...] = ()
    tenants: tuple[str, ...] = ()
    requests: int = 0
    rate: float = 0.0
    seconds: float = 0.0
    timeout_s: float = 15.0
    others: tuple[str, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """All that are asked."""
        return (self.address, *self.others)

    def text(self) -> str:
        """As one line."""
        return json.dumps(asdict(self))

    @classmethod
    def of_text(cls, text: str) -> Order:
        """The order that a line says."""
        said = json.loads(text)
        pairs = tuple((name, value) for name, value in said.pop("headers"))
        return cls(**{**said, "headers": pairs, "tenants": tuple(said["tenants"]), "others": tuple(said["others"])})


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one request.

    Attributes:
        number: of its id.
        place: of the address that was asked, among all of them.
        status: 0 where it was lost.
        side: who answered, as the data plane says; how it was lost where it was.
        service_us: from when it was sent until the answer was all there.
        waited_us: the same from when it was due.
    """

    number: int
    place: int
    status: int
    side: str
    service_us: int
    waited_us: int


class _Sender:
    """One connection and its share of the requests."""

    def __init__(self, order: Order, place: int, stop: threading.Event) -> None:
        self.sent: list[Sent] = []
        self.connections = [Connection(address, order.timeout_s) for address in order.addresses]
        self._shuffled = random.Random(place)
        self._order = order
        self._place = place
        self._stop = stop
        extra = [f"{name}: {value}" for name, value in order.headers]
        if order.method in ("POST", "PUT", "PATCH"):
            extra.append("content-length: 2")
        head = [f"{order.method} {order.path} HTTP/1.1", f"host: {order.address}", *extra]
        self._head = "\r\n".join(head).encode() + b"\r\n"
        self._body = b"{}" if order.method in ("POST", "PUT", "PATCH") else b""

    def run(self, started: float) -> None:
        """Send until there is nothing left, the time is over, or everything is to stop."""
        order = self._order
        every = order.connections / order.rate if order.rate else 0.0
        for (turn, number), asked in zip(enumerate(self._numbers()), self._places(), strict=False):
            due = started + (turn + self._place / order.connections) * every if every else time.perf_counter()
            if order.seconds and max(due, time.perf_counter()) - started >= order.seconds:
                return
            if (ahead := due - time.perf_counter()) > 0 and self._stop.wait(ahead):
                return
            if self._stop.is_set():
                return
            self.sent.append(self._send(number, asked, due))

    def _numbers(self) -> Iterator[int]:
        number = self._place
        while not self._order.requests or number < self._order.requests:
            yield number
            number += self._order.connections

    def _places(self) -> Iterator[int]:
        places = list(range(len(self.connections)))
        while True:
            self._shuffled.shuffle(places)
            yield from places

    def _send(self, number: int, asked: int, due: float) -> Sent:
        wanted = f"{self._order.prefix}-{number}"
        tenants = self._order.tenants
        tenant = f"x-tenant: {tenants[number % len(tenants)]}\r\n".encode() if tenants else b""
        request = b"%b%b%b: %b\r\n\r\n%b" % (self._head, tenant, ID_HEADER.encode(), wanted.encode(), self._body)
        began = time.perf_counter()
        try:
            got = self.connections[asked].ask(request)
            status, side = got.status, got.side
            if got.id not in ("", wanted):
                status, side = 0, f"the answer of {got.id}"
        except Lost as error:
            status, side = 0, str(error)
        ended = time.perf_counter()
        return Sent(number, asked, status, side, round((ended - began) * 1e6), round((ended - min(due, began)) * 1e6))


def send(order: Order, stop: threading.Event, ready: Callable[[], None]) -> Sequence[Sent]:
    """Send what is ordered.

    Args:
        stop: ends it early; what is under way is waited for.
        ready: called once every connection is there.

    Raises:
        Lost: nobody listens.
    """
    senders = [_Sender(order, place, stop) for place in range(order.connections)]
    connections = [each for sender in senders for each in sender.connections]
    for connection in connections:
        connection.open()
    ready()
    started = time.perf_counter()
    threads = [threading.Thread(target=sender.run, args=(started,), daemon=True) for sender in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for connection in connections:
        connection.close()
    return sorted((each for sender in senders for each in sender.sent), key=lambda each: each.number)


def main() -> int:
    """Take the order, send, and tell."""
    order = Order.of_text(sys.stdin.readline())
    stop = threading.Event()

    def until_closed() -> None:
        sys.stdin.read()
        stop.set()

    threading.Thread(target=until_closed, daemon=True).start()
    found = send(order, stop, lambda: print("ready", flush=True))
    print(json.dumps([astuple(each) for each in found]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
