"""The load harness of the router says so when a request is lost, answered twice, or executed where it was not to be."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.envoy import require_envoy
from tests.support.local_lambda import require_local_lambda
from tools.router_load.checks import failing_legacy
from tools.router_load.executions import Executions
from tools.router_load.loads import Outcome, send_all
from tools.router_load.sending import Order, Sent

GOOD = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-load-id: %b\r\n\r\nok"


@contextmanager
def server(answer: Callable[[int, bytes], bytes | None]) -> Iterator[str]:
    """A server whose n-th answer is what a test wants, None for closing without one."""
    listening = socket.create_server(("127.0.0.1", 0))
    numbers = iter(range(10_000))

    def serve(wire: socket.socket) -> None:
        with wire:
            data = b""
            while piece := wire.recv(65536):
                data += piece
                while b"\r\n\r\n" in data:
                    head, _, data = data.partition(b"\r\n\r\n")
                    told = answer(next(numbers), head.partition(b"x-load-id: ")[2].split(b"\r\n")[0])
                    if told is None:
                        return
                    wire.sendall(told)

    def accept() -> None:
        while True:
            try:
                wire, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(wire,), daemon=True).start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield f"127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        accepting.join(5)


BAD_ANSWERS: dict[str, Callable[[bytes], bytes | None]] = {
    "none": lambda name: None,
    "half": lambda name: (GOOD % name)[:-1],
    "two": lambda name: GOOD % name * 2,
    "another one's": lambda name: GOOD % b"load-77",
}


@pytest.mark.parametrize("kind", BAD_ANSWERS)
def test_a_request_without_exactly_one_answer_of_its_own_is_lost(kind: str) -> None:
    with server(lambda number, name: BAD_ANSWERS[kind](name) if number == 3 else GOOD % name) as address:
        outcome = send_all(Order(address, "load", connections=1, requests=10, timeout_s=1))
    assert [each.number for each in outcome.sent] == list(range(10)), "each is sent, and once"
    assert [each.number for each in outcome.lost] == [3], outcome.reasons()


def test_every_request_is_sent_once_over_several_connections_and_addresses() -> None:
    seen: list[bytes] = []
    with (
        server(lambda number, name: seen.append(name) or GOOD % name) as one,  # type: ignore[func-returns-value]
        server(lambda number, name: seen.append(name) or GOOD % name) as other,  # type: ignore[func-returns-value]
    ):
        outcome = send_all(Order(one, "load", connections=4, requests=80, others=(other,)))
    assert not outcome.lost, outcome.reasons()
    assert sorted(seen) == sorted(name.encode() for name in outcome.ids)
    assert (len(outcome.of(0).sent), len(outcome.of(1).sent)) == (40, 40)


def test_a_stall_shows_in_all_that_it_kept_waiting() -> None:
    stalled = threading.Event()

    def answer(number: int, name: bytes) -> bytes:
        if number == 5:
            stalled.wait(0.3)
        return GOOD % name

    with server(answer) as address:
        outcome = send_all(Order(address, "load", connections=1, requests=40, rate=100))
    late = [each for each in outcome.sent if each.waited_us > 50_000]
    slow = [each for each in outcome.sent if each.service_us > 200_000]
    assert [each.number for each in slow] == [5]
    assert len(late) >= 15, "a timetable of 10 ms has 30 requests in 300 ms"


def sent(number: int, side: str, status: int = 200) -> Sent:
    return Sent(number, 0, status, side, 1, 1)


def test_what_ran_elsewhere_twice_or_never_is_found() -> None:
    outcome = Outcome(
        "load",
        [
            sent(0, "legacy"),
            sent(1, "legacy"),
            sent(2, "canary"),
            sent(3, "fallback"),
            sent(4, "fallback"),
            sent(5, "canary"),
            sent(6, ""),
        ],
    )
    legacy = {"load-0": 1, "load-1": 2, "load-3": 1, "load-4": 2, "load-6": 1, "load-9": 1}
    canary = {"load-2": 1, "load-3": 1, "load-4": 1}
    found = Executions(outcome, legacy, canary)
    assert found.wrong() == ["load-1", "load-4", "load-5", "load-6"]
    assert found.strangers() == ["load-9"]


@pytest.mark.local_stack
def test_legacy_that_fails_executes_each_write_once(tmp_path: Path) -> None:
    require_envoy()
    require_local_lambda()
    figures = list(failing_legacy.check(tmp_path, requests=60))
    assert len(figures) > 10
    assert [figure.line() for figure in figures if not figure.held] == []
