"""A bounded load generator: real HTTP requests at a steady rate, each answer checked.

In: the requests with the answers that legacy gave to them, and where to send them. Out: what the
clients saw. A request is sent once and never repeated, so that nothing hides a loss.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

import httpx

from migrator.demo.events import Clients
from migrator.domain.http import Answer, Request

_TIMEOUT_S = 10.0
_KEPT_EXAMPLES = 20


@dataclass(frozen=True, slots=True)
class Question:
    """A request and the answer that legacy gives to it."""

    request: Request
    expected: Answer


class LoadGenerator:
    """Clients that ask at a steady rate until they are told to stop.

    Args:
        url: base URL of the data plane's listener.
        questions: drawn at random.
        per_second: requests a second, over all clients.
        clients: threads, each with one connection.
        limit_s: the clients stop by themselves after this long.

    Attributes:
        threads: one a client.
    """

    def __init__(
        self, url: str, questions: Sequence[Question], *, per_second: float, clients: int = 4, limit_s: float = 300.0
    ) -> None:
        self._url = url
        self._questions = questions
        self._interval = clients / per_second
        self._deadline = time.monotonic() + limit_s
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._seen = Clients()
        self._examples: list[str] = []
        self.threads = [
            threading.Thread(target=self._ask_on, args=(number, number * self._interval / clients), daemon=True)
            for number in range(clients)
        ]

    def __enter__(self) -> Self:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self.threads:
            thread.join(_TIMEOUT_S + 1)

    @property
    def seen(self) -> Clients:
        """What the clients saw so far."""
        with self._lock:
            return self._seen

    @property
    def examples(self) -> tuple[str, ...]:
        """The first lost or wrong answers, in words."""
        with self._lock:
            return tuple(self._examples)

    def _ask_on(self, number: int, offset: float) -> None:
        chance = random.Random(number)
        due = time.monotonic() + offset
        with httpx.Client(base_url=self._url, timeout=_TIMEOUT_S, trust_env=False) as client:
            while time.monotonic() < self._deadline and not self._stop.wait(max(0.0, due - time.monotonic())):
                # A slow answer delays the next question but the ones missed are not made up for:
                # the load stays bounded by what the system takes.
                due = max(due + self._interval, time.monotonic() - self._interval)
                self._ask(client, chance.choice(self._questions))

    def _ask(self, client: httpx.Client, question: Question) -> None:
        request = question.request
        try:
            response = client.request(request.method, request.target, headers=dict(request.headers))
        except httpx.HTTPError as error:
            self._count(lost=f"{request.method} {request.target}: {type(error).__name__}: {error}")
            return
        if response.status_code >= 500:
            self._count(lost=f"{request.method} {request.target}: {response.status_code}")
        elif not _same(response, question.expected):
            self._count(wrong=f"{request.method} {request.target}: {response.status_code} {response.text[:200]}")
        else:
            self._count()

    def _count(self, *, lost: str = "", wrong: str = "") -> None:
        with self._lock:
            seen = self._seen
            self._seen = replace(
                seen, requests=seen.requests + 1, lost=seen.lost + bool(lost), wrong=seen.wrong + bool(wrong)
            )
            if (lost or wrong) and len(self._examples) < _KEPT_EXAMPLES:
                self._examples.append(f"lost: {lost}" if lost else f"wrong: {wrong}")


def _same(response: httpx.Response, expected: Answer) -> bool:
    if response.status_code != expected.status:
        return False
    if "json" in expected.headers.get("content-type", ""):
        try:
            return bool(response.json() == httpx.Response(200, content=expected.body).json())
        except ValueError:
            return False
    return response.content == expected.body
