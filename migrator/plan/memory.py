"""How much memory a function is given before anybody has measured it, and why.

In: an assessment and the strategy of its slice. Out: `Memory`. Lambda gives processor time in proportion to memory, a
whole vCPU at `lambda.vcpu_mb`; so what computes is given a vCPU, since less of one would only make it slower at the
same price, and what waits for others is given little. The numbers are where to begin: `migrator check --measure` says
what a start really takes.
"""

from __future__ import annotations

from dataclasses import dataclass

from migrator.cloud_facts.facts import number
from migrator.domain.assessments import Assessment
from migrator.domain.plans import Strategy
from migrator.verdicts.work import Craft, crafts_of

# A seventh of a vCPU: enough for a Python process with Powertools (54 MB measured), and where the price of a short call is
# about flat.
_LITTLE_MB = 256
_APPLICATION_MB = 512
# Crafts of that many points are bursts of processor time; the others are done on the side.
_BURST = 0.7


@dataclass(frozen=True, slots=True)
class Memory:
    """What a function begins with.

    Attributes:
        because: a sentence without its end.
    """

    mb: int
    because: str


def memory_of(assessment: Assessment, strategy: Strategy) -> Memory:
    """Choose by what the candidate computes, and by what is started with it."""
    for craft in crafts_of(assessment.reach):
        if craft.points >= _BURST:
            return Memory(
                int(number("lambda.vcpu_mb")), f"a whole vCPU, as it {craft.does} ({_named(craft, assessment)})"
            )
    if strategy is Strategy.APPLICATION:
        return Memory(_APPLICATION_MB, "an application is started first, which takes processor time")
    return Memory(_LITTLE_MB, "it waits for others more than it computes")


def _named(craft: Craft, assessment: Assessment) -> str:
    return ", ".join(name for name in assessment.reach.libraries if name in craft.libraries)
