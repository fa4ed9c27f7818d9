"""What two sides hold, made comparable: each difference that is none by a rule that says why.

In: what a `ShopWorld` holds, how inputs ended, and when the run began. Out: the same, but

- a time within the run, or whole days before it, becomes `<now>` or `<now - 7 days>`: the shop asked the clock, and one
  side runs after the other;
- an id that the filled database does not have (UUIDs and references, both drawn at random) becomes its number in the
  order of appearance, so that equal ids stay equal and different ones different;
- of a message, the process that sent it goes;
- a message of the task to itself, for another try or another run, goes: it is part of how the input ended, and on the
  other side it is none for the shop's broker;
- a delay that is drawn becomes its bound;
- a gzip file, which tells when it was packed, is unpacked.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from migrator.plan.delivery.deliveries import Retries
from tests.support.shop_world import rows_of

Json = Any

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|NL-[0-9A-Z]{4}-[0-9A-Z]{4}-\d")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?")


def known_ids(template: Path) -> frozenset[str]:
    """The ids that both sides start with."""
    return frozenset(_ID.findall(repr(rows_of(template))))


class Compared:
    """The rules for one side.

    Args:
        since: when its run began, in naive UTC.
        known: ids that are the same on both sides.
        own: name of the task that is tried, or an empty text.
    """

    def __init__(self, since: datetime, known: frozenset[str], own: str) -> None:
        self._since, self._until, self._known, self._own = since, now(), known, own
        self._numbers: dict[str, str] = {}

    def __call__(self, held: Json) -> Json:
        """Texts, keys among them, by the rules; containers as lists and dictionaries."""
        match held:
            case str():
                return self._text(held)
            case bytes():
                return held
            case Mapping():
                return {self._text(str(key)): self(_unpacked(key, value)) for key, value in held.items()}
            case Sequence():
                return [self(each) for each in held]
            case _:
                return held

    def world(self, held: Mapping[str, Json]) -> Mapping[str, Json]:
        """What a world holds."""
        sent = [each for each in held["messages"] if each["headers"]["task"] != self._own]
        messages = [
            {**each, "headers": {name: value for name, value in each["headers"].items() if name != "origin"}}
            for each in sent
        ]
        return {part: self(messages if part == "messages" else value) for part, value in held.items()}

    def _text(self, text: str) -> str:
        return _ID.sub(self._id, _TIME.sub(self._time, text))

    def _id(self, found: re.Match[str]) -> str:
        if found[0] in self._known:
            return found[0]
        return self._numbers.setdefault(found[0], f"<id {len(self._numbers) + 1}>")

    def _time(self, found: re.Match[str]) -> str:
        at = datetime.fromisoformat(found[0])
        days = (self._until - at).days
        if not self._since <= at + timedelta(days=days):
            return found[0]
        return f"<now - {days} days>" if days else "<now>"


def ended(outcome: Json, retries: Retries | None, tried: int) -> Json:
    """How an input ended, with a delay that is drawn as its bound.

    Args:
        tried: how often the task had been tried before.
    """
    if outcome[0] != "again" or retries is None or not retries.jitter:
        return outcome
    bound = min(retries.delay_s * 2**tried, retries.longest_s) if retries.doubled else retries.delay_s
    assert 0 <= outcome[1] <= bound
    return ["again", f"within {bound:g} s"]


def now() -> datetime:
    """As the shop's database has it."""
    return datetime.now(UTC).replace(tzinfo=None)


def _unpacked(key: object, value: Json) -> Json:
    return gzip.decompress(value) if str(key).endswith(".gz") and isinstance(value, bytes) else value
