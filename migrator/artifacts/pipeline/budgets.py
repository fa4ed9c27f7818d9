"""What a service may take to start, to run and to be carried, before anybody has measured it.

In: a `Plan`, whether somebody waits for its answer. Out: a `Budget`: numbers, generous on purpose, with their reasons.
Whoever has figures writes smaller ones into `budget.toml`; the check of it says which.
"""

from __future__ import annotations

from dataclasses import dataclass

from migrator.cloud_facts.facts import most
from migrator.domain.plans import Plan

_MB = 1024 * 1024
# Of what Lambda ends or refuses; the rest is for a machine that is slower than the one that measures.
_SHARE, _SHARE_AWAITED = 0.8, 0.5


@dataclass(frozen=True, slots=True)
class Budget:
    """The numbers of `budget.toml`.

    Attributes:
        start_p95_ms: of a cold start, on the local Lambda.
        start_reason: where it comes from.
        peak_mb: of resident memory.
        memory_mb: what the function is given.
        package_mb: of the built package, unzipped.
        package_most_mb: what Lambda takes.
    """

    start_p95_ms: int
    start_reason: str
    peak_mb: int
    memory_mb: int
    package_mb: int
    package_most_mb: int


def budget_of(plan: Plan, *, awaited: bool) -> Budget:
    """The budget of a service that nobody has measured.

    Args:
        awaited: whether a caller waits for the answer, and so for a start.
    """
    limit_s = most("lambda.init_s")
    share = _SHARE_AWAITED if awaited else _SHARE
    words = "half of it, as a caller waits for a start" if awaited else "four fifths of it, as nobody waits for a start"
    package_most_mb = most("lambda.unzipped_bytes") // _MB
    return Budget(
        start_p95_ms=int(limit_s * 1000 * share),
        start_reason=f"Lambda begins a start again after {limit_s} s; this is {words}.",
        peak_mb=int(plan.memory_mb * _SHARE),
        memory_mb=plan.memory_mb,
        package_mb=int(package_most_mb * _SHARE),
        package_most_mb=package_most_mb,
    )
