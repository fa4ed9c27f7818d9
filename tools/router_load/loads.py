"""Loads as a check uses them: started, left running beside what the check does, and read at the end.

In: an order. Out: what became of every request, and what that comes to. The sending itself is another process's, so
that it neither waits for the check nor makes it wait.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tools.router_load.sending import Order, Sent


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the requests of one load.

    Attributes:
        prefix: of their ids.
        sent: one entry each.
    """

    prefix: str
    sent: Sequence[Sent]

    def of(self, place: int) -> Outcome:
        """The requests of one of several addresses."""
        return Outcome(self.prefix, [each for each in self.sent if each.place == place])

    @property
    def lost(self) -> Sequence[Sent]:
        """Those without exactly one whole answer of their own."""
        return [each for each in self.sent if each.status == 0]

    @property
    def failed(self) -> Sequence[Sent]:
        """Those that were answered 4xx or 5xx."""
        return [each for each in self.sent if each.status >= 400]

    @property
    def sides(self) -> Mapping[str, int]:
        """How many each side answered."""
        return Counter(each.side for each in self.sent if each.status)

    @property
    def ids(self) -> Mapping[str, Sent]:
        """The requests by their ids."""
        return {f"{self.prefix}-{each.number}": each for each in self.sent}

    def reasons(self) -> str:
        """What went wrong, for people; empty where nothing did."""
        found = Counter(f"{each.status or 'lost'} {each.side}" for each in (*self.lost, *self.failed))
        return ", ".join(f"{count} x {what}" for what, count in found.most_common(4))

    def service_ms(self, quantile: float) -> float:
        """A quantile of the times from sending to the whole answer, of what was answered."""
        return _quantile([each.service_us for each in self.sent if each.status], quantile) / 1000

    def waited_ms(self, quantile: float) -> float:
        """The same from when each request was due."""
        return _quantile([each.waited_us for each in self.sent if each.status], quantile) / 1000


class Load:
    """A load that runs while its block does; `outcome` is there after the block."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._outcome: Outcome | None = None
        self._process: subprocess.Popen[str] | None = None

    @property
    def outcome(self) -> Outcome:
        """What became of the requests, once the load has ended."""
        assert self._outcome is not None, "the load still runs"
        return self._outcome

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tools.router_load.sending"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{self._order.text()}\n")
        self._process.stdin.flush()
        if self._process.stdout.readline() != "ready\n":
            self._process.kill()
            raise AssertionError("the load generator did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None and self._process.stdin is not None and self._process.stdout is not None
        if kind is not None:
            self._process.kill()
            self._process.communicate()
            return
        if not (self._order.requests or self._order.seconds):
            self._process.stdin.close()
        text = self._process.stdout.read()
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()
        self._outcome = Outcome(self._order.prefix, tuple(Sent(*entry) for entry in json.loads(text)))


def send_all(order: Order) -> Outcome:
    """Send what is ordered, and wait for it."""
    with Load(order) as load:
        pass
    return load.outcome


def _quantile(values: list[int], quantile: float) -> float:
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * quantile))]
