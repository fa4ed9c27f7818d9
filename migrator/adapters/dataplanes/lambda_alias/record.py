"""What stands beside an alias about its route, in its description.

In: a route's name, its versions, the weight that was made live last. Out: text such as
`[migrator route=tax legacy=3 canary=4 weight=5 fence=1700000000.25:7]`, put after what a person has written there, and read back from there.
An alias has no tags; its description changes in the same call as its weights, so that the two never disagree because
of this program.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final
from urllib.parse import quote, unquote

from migrator.domain.routes import Weight
from migrator.errors import UsageError
from migrator.rollout.fencing import fence_in, fence_text
from migrator.rollout.ports import Fence

DESCRIPTION_LENGTH: Final = 256
"""Characters of an alias's description. Source: UpdateAlias in
https://docs.aws.amazon.com/lambda/latest/api/API_UpdateAlias.html, read on 2026-11-26."""

_RECORD: Final = re.compile(
    r"\s*\[migrator route=(?P<route>\S+) legacy=(?P<legacy>\d+) canary=(?P<canary>\d+) weight=(?P<weight>\d+(\.\d+)?)"
    r"( fence=(?P<fence>\S+))?\]"
)

_WIDEST: Final = Fence(1_234_567_890.123456, 999_999)


@dataclass(frozen=True, slots=True)
class Record:
    """What was made live last.

    Attributes:
        legacy: the version in use so far.
        canary: the new version.
        fence: the highest one seen, or None.
    """

    route: str
    legacy: str
    canary: str
    weight: Weight
    fence: Fence | None = None


def record_in(description: str) -> Record | None:
    """The record of a description; None where there is none that can be read."""
    found = _RECORD.search(description)
    if found is None or float(found["weight"]) > 100:
        return None
    return Record(
        unquote(found["route"]),
        found["legacy"],
        found["canary"],
        Weight(float(found["weight"])),
        fence_in(found["fence"]),
    )


def without_record(description: str) -> str:
    """What a person has written."""
    return _RECORD.sub("", description).strip()


def with_record(description: str, record: Record) -> str:
    """What a person has written, and the record after it.

    Where a person has written so much since the route was applied that there is no room for the fence, the record goes
    without it: to take traffic off is never refused for a want of room.

    Raises:
        UsageError: there is no room for both.
    """
    said = without_record(description)
    whole = f"{said} {_written(record)}".lstrip()
    if len(whole) > DESCRIPTION_LENGTH and record.fence is not None:
        whole = f"{said} {_written(replace(record, fence=None))}".lstrip()
    if len(whole) > DESCRIPTION_LENGTH:
        raise _too_long(record.route, len(whole))
    return whole


def check_room(description: str, record: Record) -> None:
    """That there is room for the record, whatever its weight and its fence will be.

    Raises:
        UsageError: there is not.
    """
    widest = replace(record, weight=Weight(99.9), fence=_WIDEST)
    length = len(f"{without_record(description)} {_written(widest)}".lstrip())
    if length > DESCRIPTION_LENGTH:
        raise _too_long(record.route, length)


def _written(record: Record) -> str:
    weight = format(Decimal(str(record.weight.canary)).normalize(), "f")
    fence = f" fence={fence_text(record.fence)}" if record.fence is not None else ""
    route = quote(record.route, safe="")
    return f"[migrator route={route} legacy={record.legacy} canary={record.canary} weight={weight}{fence}]"


def _too_long(route: str, length: int) -> UsageError:
    return UsageError(
        f"the alias of {route} has no room for its record: {length} characters of {DESCRIPTION_LENGTH}",
        hint=f"shorten its description by {length - DESCRIPTION_LENGTH} characters",
    )
