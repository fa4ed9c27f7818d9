"""What stands beside an alias about its route, in its description.

In: a route's name, its versions, the weight that was made live last. Out: text such as
`[migrator route=tax legacy=3 canary=4 weight=5]`, put after what a person has written there, and read back from there.
An alias has no tags; its description changes in the same call as its weights, so that the two never disagree because
of this program.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from urllib.parse import quote, unquote

from migrator.domain.routes import Weight
from migrator.errors import UsageError

DESCRIPTION_LENGTH: Final = 256
"""Characters of an alias's description. Source: UpdateAlias in
https://docs.aws.amazon.com/lambda/latest/api/API_UpdateAlias.html, read on 2026-11-26."""

_RECORD: Final = re.compile(
    r"\s*\[migrator route=(?P<route>\S+) legacy=(?P<legacy>\d+) canary=(?P<canary>\d+) weight=(?P<weight>\d+(\.\d+)?)\]"
)


@dataclass(frozen=True, slots=True)
class Record:
    """What was made live last.

    Attributes:
        legacy: the version in use so far.
        canary: the new version.
    """

    route: str
    legacy: str
    canary: str
    weight: Weight


def record_in(description: str) -> Record | None:
    """The record of a description; None where there is none that can be read."""
    found = _RECORD.search(description)
    if found is None or float(found["weight"]) > 100:
        return None
    return Record(unquote(found["route"]), found["legacy"], found["canary"], Weight(float(found["weight"])))


def without_record(description: str) -> str:
    """What a person has written."""
    return _RECORD.sub("", description).strip()


def with_record(description: str, record: Record) -> str:
    """What a person has written, and the record after it.

    Raises:
        UsageError: there is no room for both.
    """
    weight = format(Decimal(str(record.weight.canary)).normalize(), "f")
    text = (
        f"[migrator route={quote(record.route, safe='')} legacy={record.legacy} canary={record.canary} weight={weight}]"
    )
    said = without_record(description)
    whole = f"{said} {text}" if said else text
    if len(whole) > DESCRIPTION_LENGTH:
        raise UsageError(
            f"the alias of {record.route} has no room for its record: {len(whole)} characters of {DESCRIPTION_LENGTH}",
            hint=f"shorten its description by {len(whole) - DESCRIPTION_LENGTH} characters",
        )
    return whole
