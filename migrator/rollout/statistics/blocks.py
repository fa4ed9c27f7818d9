"""Gathers looks into blocks that are large enough to hold both sides.

In: what is pending, and the next increment. Out: what stays pending, and a block where one is complete. What a block
says is left to the tests.

A single request belongs to one side alone, and of one side alone nothing follows about the other. So requests wait
until `SMALLEST` of them are together. A block closes by the number of its requests, whichever side they went to and
however they ended: so within a block, each request is as likely to be the canary's as any other, which is what the
tests rest on. A look is never taken apart.
"""

from __future__ import annotations

from migrator.rollout.statistics.counts import Increment

SMALLEST = 50
"""Requests of both sides that make a block.

The canary's share w of a block varies by w (1 - w) / 50, and evidence grows by the concave
p (odds w ln(odds) - (1 + (odds - 1) w) ln(1 + (odds - 1) w)) a request: at 5 % and odds of 3, by 3 % less than with very
large blocks. In exchange a dead canary at 5 % is judged after two or three of its requests.
"""


def gathered(pending: Increment, look: Increment) -> tuple[Increment, Increment | None]:
    """Add a look to what is pending.

    Returns:
        What is pending now, and the block that the look has completed, or None.
    """
    together = pending + look
    return (Increment(), together) if together.requests >= SMALLEST else (together, None)
