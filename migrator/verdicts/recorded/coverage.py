"""How many days records cover, by their own times.

In: times of records, in any order. Out: days. Ten minutes with a record in them are covered, and so is a silence between
two of them that is shorter than `LONGEST_SILENCE`: nights and week-ends are quiet, and some jobs run once a week. A longer
one is taken for a time that was not recorded, so that logs of two weeks of different months are two weeks.

Records of less than a day count as a day: what came in the busiest hour is not what comes in each of 24, and what ran
once is not known to run more often.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

SLOT_S: Final = 600
"""Seconds. A year has some 53,000 of them."""

MOST_SLOTS: Final = 1_000_000
"""Nineteen years without a gap; more different times are no log's."""

LONGEST_SILENCE: Final = 8 * 86_400
"""Seconds: a week, and a day for the job that is late."""

DAY_S: Final = 86_400


def days_of(slots: Iterable[int]) -> float:
    """Days, 1 at least.

    Args:
        slots: number of seconds since the epoch, divided by `SLOT_S` and rounded down, of each record.
    """
    covered = 0
    begin = last = None
    for slot in sorted(slots):
        if last is None or begin is None or (slot - last) * SLOT_S > LONGEST_SILENCE:
            covered += 0 if last is None or begin is None else last - begin + 1
            begin = slot
        last = slot
    if last is not None and begin is not None:
        covered += last - begin + 1
    return max(1.0, covered * SLOT_S / DAY_S)
