"""Recorded requests and two endpoints -> a `Comparison`.

In: requests in the order in which they were recorded, legacy and canary behind one protocol. Out: counts and
differences, each with the first request that shows it. A side that does not answer is counted and never ends
the run. Who the endpoints are, and where the result is kept, is left to others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qsl, urlencode

from migrator.compare.at_once import at_once
from migrator.compare.difference import Absent, Found, differences
from migrator.compare.rules import MASK, Rules, is_secret
from migrator.domain.comparisons import Comparison, Difference
from migrator.domain.http import Answer, NoAnswer, Request
from migrator.domain.json import JsonValue

_LONGEST_TARGET = 300


class Endpoint(Protocol):
    """One side that can be asked, from several threads at once."""

    def ask(self, request: Request) -> Answer | NoAnswer:
        """The answer, or why there is none; never raises for what the other side does."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """One request and what both sides said."""

    request: Request
    legacy: Answer | NoAnswer
    canary: Answer | NoAnswer


def compare(
    route: str,
    requests: Iterable[Request],
    legacy: Endpoint,
    canary: Endpoint,
    *,
    rules: Rules | None = None,
    jobs: int = 1,
    subject: str = "",
    at: float | None = None,
    progress: Callable[[int], None] | None = None,
) -> Comparison:
    """Ask both sides every request and tell what differs.

    Each request goes to legacy first, then to the canary.

    Args:
        route: name of what is compared.
        rules: what counts; None for the defaults.
        jobs: requests under way at once; 1 keeps the recorded order on both sides.
        subject: hash of what is compared, kept in the result.
        at: when it begins, seconds since the epoch, kept in the result.
        progress: called with the number of requests done so far.
    """
    rules = rules or Rules()
    tally = _Tally()
    for asked in _ask_all(requests, legacy, canary, max(1, jobs)):
        tally.add(asked, rules)
        if progress is not None:
            progress(tally.inputs)
    return Comparison(
        route=route,
        inputs=tally.inputs,
        equal=tally.equal,
        different=tally.different,
        failed_legacy=tally.failed_legacy,
        failed_canary=tally.failed_canary,
        differences=tally.result(),
        subject=subject,
        at=at,
    )


def _ask_all(requests: Iterable[Request], legacy: Endpoint, canary: Endpoint, jobs: int) -> Iterator[Asked]:
    """What both sides say, in the order of the requests."""

    def ask(request: Request) -> Asked:
        return Asked(request, legacy.ask(request), canary.ask(request))

    if jobs == 1:
        yield from map(ask, requests)
        return
    yield from at_once(ask, requests, threads=jobs)


class _Tally:
    """Counts, and the first example of each difference."""

    def __init__(self) -> None:
        self.inputs = self.equal = self.different = self.failed_legacy = self.failed_canary = 0
        self._found: dict[tuple[str, str], tuple[int, JsonValue]] = {}

    def add(self, asked: Asked, rules: Rules) -> None:
        """Count one request."""
        self.inputs += 1
        found = self._count(asked, rules)
        for difference in found:
            key = (difference.path, difference.kind)
            count, example = self._found.get(key, (0, None))
            self._found[key] = (count + 1, example or _example(asked.request, difference))

    def _count(self, asked: Asked, rules: Rules) -> tuple[Found, ...]:
        match asked.legacy, asked.canary:
            case Answer() as legacy, Answer() as canary:
                found = differences(legacy, canary, rules)
                self.different += bool(found)
                self.equal += not found
                return found
            case Answer() as legacy, NoAnswer() as canary:
                self.failed_canary += 1
                return (Found("answer", "missing", legacy.status, canary.reason),)
            case NoAnswer() as legacy, Answer() as canary:
                self.failed_legacy += 1
                return (Found("answer", "extra", legacy.reason, canary.status),)
            case NoAnswer() as legacy, NoAnswer() as canary:
                self.failed_legacy += 1
                self.failed_canary += 1
                return (Found("answer", "value", legacy.reason, canary.reason),)
            case _:
                raise AssertionError("an endpoint answers or does not")

    def result(self) -> tuple[Difference, ...]:
        """The differences, the most frequent first."""
        rows = [Difference(path, kind, count, example) for (path, kind), (count, example) in self._found.items()]
        return tuple(sorted(rows, key=lambda row: (-row.count, row.path, row.kind)))


def _example(request: Request, found: Found) -> JsonValue:
    example: dict[str, JsonValue] = {"request": f"{request.method} {_target(request)}"}
    for side, value in (("legacy", found.legacy), ("canary", found.canary)):
        if not isinstance(value, Absent):
            example[side] = value
    return example


def _target(request: Request) -> str:
    """Path and query, with the values of parameters that look secret masked."""
    if not request.query:
        target = request.path
    elif any(is_secret(name) for name, _ in parse_qsl(request.query, keep_blank_values=True)):
        pairs = parse_qsl(request.query, keep_blank_values=True)
        masked = [(name, MASK if is_secret(name) else value) for name, value in pairs]
        target = f"{request.path}?{urlencode(masked, safe='*')}"
    else:
        target = request.target
    return target if len(target) <= _LONGEST_TARGET else f"{target[:_LONGEST_TARGET]}…"
