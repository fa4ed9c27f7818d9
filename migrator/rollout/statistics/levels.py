"""Splits the chance that a rollout is rolled back for nothing over its gates.

In: what each gate looks at. Out: each gate's part, which together are the whole (C. Bonferroni, 1936: chances add up at
most). They are for the rollout, not for a step: evidence carries across steps, so nothing is spent twice. A new
revision starts with fresh evidence and the whole level.

Promotion needs no split: a canary is promoted only if every gate says so, and one that is worse in any respect passes
that gate with at most its level (R. Berger, "Multiparameter hypothesis testing and acceptance sampling", Technometrics
24 (1982)).
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

WHOLE = 0.01
"""Chance that a whole rollout of a canary that is no worse is ever rolled back."""

PROMOTION = 0.009
"""Chance that a gate ever passes a canary that is worse by its margin. The promoting test uses up all of it, so a tenth
of 1 % is kept back for rates that jump in the middle of a block (`within`)."""


class Kind(StrEnum):
    """What a gate looks at."""

    ERRORS = "errors"
    LATENCY = "latency"
    COLD_STARTS = "cold_starts"
    OTHER = "other"


SHARES = {Kind.ERRORS: 8, Kind.LATENCY: 5, Kind.COLD_STARTS: 2, Kind.OTHER: 5}
"""How much a gate of each kind gets beside others. Errors are rarest, so their evidence comes slowest; a canary that
starts cold too often shows it within tens of requests."""


def split(kinds: Sequence[Kind], whole: float = WHOLE) -> tuple[float, ...]:
    """Each gate's level, in the order of the gates; the sum is `whole`."""
    total = sum(SHARES[kind] for kind in kinds)
    return tuple(whole * SHARES[kind] / total for kind in kinds)
