"""Rules of checkov that a generated template need not keep, from `checkov_skips.toml`.

In: nothing. Out: the rules, each with its reason.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cache

from migrator.cloud_facts.facts import read_table


@dataclass(frozen=True, slots=True)
class Skip:
    """A rule that need not hold.

    Attributes:
        id: as checkov calls it.
        rule: what it asks for, in a sentence.
        reason: why it need not be so.
        source: address of the page that bears the reason out.
        checked: when that page was read.
    """

    id: str
    rule: str
    reason: str
    source: str
    checked: datetime.date


@cache
def skips() -> tuple[Skip, ...]:
    """The rules in the order of the file; none where there is no file."""
    try:
        entries = read_table("checkov_skips").get("skips", ())
    except FileNotFoundError:
        return ()
    return tuple(Skip(**entry) for entry in entries)
