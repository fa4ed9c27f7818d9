"""Weights as the forward action of a listener rule.

In: two target groups, a weight, how long a caller stays. Out: the action, and of an action the weight that is live. At
the ends of a sticky route only one group stands in the action: a caller's cookie must not hold it on a side that
traffic was taken from, and AWS does not say that a weight of 0 does that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from migrator.cloud_facts.load_balancers import RESOLUTION
from migrator.domain.routes import Weight
from migrator.router.weights import from_units, to_units

Json = Mapping[str, Any]
Shares = tuple[int, int]
"""Units of the canary and of legacy."""


def shares(weight: Weight) -> Shares:
    """A weight in units that add up to 500; never an end unless the weight is one."""
    return to_units(weight, RESOLUTION)


def forward(legacy: str, canary: str, shares: Shares, sticky_s: int) -> list[dict[str, Any]]:
    """The actions of a rule.

    Args:
        legacy: ARN of legacy's target group.
        canary: ARN of the canary's.
        sticky_s: how long a caller stays on a side, in seconds; 0 for not at all.
    """
    units = [(legacy, shares[1]), (canary, shares[0])]
    if sticky_s and 0 in shares:
        units, sticky_s = [pair for pair in units if pair[1]], 0
    stickiness = {"Enabled": True, "DurationSeconds": sticky_s} if sticky_s else {"Enabled": False}
    groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in units]
    return [{"Type": "forward", "ForwardConfig": {"TargetGroups": groups, "TargetGroupStickinessConfig": stickiness}}]


def units_of(actions: Sequence[Json]) -> Mapping[str, int] | None:
    """The units of each target group that gets any; None for a rule that does something else than to forward."""
    if [action.get("Type") for action in actions] != ["forward"]:
        return None
    groups = actions[0].get("ForwardConfig", {}).get("TargetGroups") or (
        {"TargetGroupArn": actions[0].get("TargetGroupArn", ""), "Weight": 1},
    )
    found = {str(group["TargetGroupArn"]): int(group.get("Weight", 1)) for group in groups}
    return {arn: units for arn, units in found.items() if units}


def shares_of(actions: Sequence[Json], legacy: str, canary: str) -> Shares | None:
    """The units that are live of two target groups; None where another one, or none, gets calls."""
    units = units_of(actions)
    if not units or not set(units) <= {legacy, canary}:
        return None
    return units.get(canary, 0), units.get(legacy, 0)


def sides_of(actions: Sequence[Json]) -> tuple[str, str, Weight]:
    """The first target group that gets calls, all others, and the weight of these, whatever groups they are.

    Empty texts where there are none.
    """
    units = units_of(actions) or {}
    first, *others = units or ("",)
    return first, " ".join(others), from_units(sum(units[arn] for arn in others), units.get(first, 0))


def sticky_of(actions: Sequence[Json]) -> int:
    """For how many seconds a caller stays on a side; 0 for not at all."""
    config = actions[0].get("ForwardConfig", {}).get("TargetGroupStickinessConfig", {}) if actions else {}
    return int(config.get("DurationSeconds", 0)) if config.get("Enabled") else 0


def same(actions: Sequence[Json], wanted: Sequence[Json]) -> bool:
    """Whether both share calls out alike."""
    return units_of(actions) == units_of(wanted) and sticky_of(actions) == sticky_of(wanted)
