"""Weights in the units of a data plane.

In: a weight in percent and the plane's resolution. Out: whole units for each side that add up, and the weight that
they come to. A weight between the ends never becomes an end: 0 and 100 mean "nobody" and "everybody", and a
rounding must not decide that.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from migrator.domain.routes import Weight


def total_units(resolution: float) -> int:
    """How many units make 100 percent.

    Args:
        resolution: the smallest step of a weight in percent; 100 divided by it is a whole number of at least 2.
    """
    units = Decimal(100) / Decimal(str(resolution))
    if units != units.to_integral_value() or units < 2:
        raise ValueError(f"a resolution divides 100 into at least two equal parts, {resolution} does not")
    return int(units)


def to_units(weight: Weight, resolution: float) -> tuple[int, int]:
    """Units for the canary and for legacy: to the nearest unit, never to an end unless the weight is one."""
    total = total_units(resolution)
    exact = Decimal(str(weight.canary)) / 100 * total
    canary = int(exact.to_integral_value(ROUND_HALF_UP))
    if 0 < weight.canary < 100:
        canary = min(max(canary, 1), total - 1)
    return canary, total - canary


def from_units(canary: int, legacy: int) -> Weight:
    """The weight that units come to; 0 where both are 0."""
    total = canary + legacy
    return Weight(float(Decimal(100) * canary / total)) if total else Weight(0)


def effective(weight: Weight, resolution: float) -> Weight:
    """The weight that a plane of this resolution makes of a weight."""
    return from_units(*to_units(weight, resolution))
