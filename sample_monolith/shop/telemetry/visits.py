"""Visits that are going on.

Kept here between two batches: a shard has one reader, and a visit never changes its shard. (What
a restart loses is made up for by the analysts' nightly correction.)
"""

from __future__ import annotations

from dataclasses import dataclass

from shop import settings


@dataclass
class Visit:
    started: float
    last_seen: float
    landing: str
    pages: int = 0

    def see(self, at: float) -> None:
        self.pages += 1
        self.last_seen = max(self.last_seen, at)


_visits: dict[str, Visit] = {}


def follow(number: str, at: float, path: str) -> Visit:
    visit = _visits.get(number)
    if visit is None or at - visit.last_seen > settings.VISIT_ENDS_AFTER_SECONDS:
        visit = Visit(started=at, last_seen=at, landing=path)
        _visits[number] = visit
    visit.see(at)
    return visit


def forget_ended(now: float) -> int:
    ended = [
        number
        for number, visit in _visits.items()
        if now - visit.last_seen > settings.VISIT_ENDS_AFTER_SECONDS
    ]
    for number in ended:
        del _visits[number]
    return len(ended)
