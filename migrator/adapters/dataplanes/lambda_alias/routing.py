"""Weights as the routing of an alias.

In: two versions and a weight. Out: what `UpdateAlias` is given, and of an alias the weight that is live. The alias
invokes `FunctionVersion`, and for its share the one additional version: legacy and the canary, until the canary has
everything. Source: https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html, read on 2026-11-26.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from migrator.domain.routes import Weight

RESOLUTION: Final = 0.1
"""Percent. AWS takes a fraction from 0.0 to 1.0 (AdditionalVersionWeights in the model of the API) and documents no
step; this one is as fine as the console's."""


def routing(legacy: str, canary: str, weight: Weight) -> dict[str, Any]:
    """The arguments that make a weight live: at 0 and at 100 one version alone."""
    if weight.canary in (0, 100):
        only = canary if weight.canary else legacy
        return {"FunctionVersion": only, "RoutingConfig": {"AdditionalVersionWeights": {}}}
    share = float(Decimal(str(weight.canary)) / 100)
    return {"FunctionVersion": legacy, "RoutingConfig": {"AdditionalVersionWeights": {canary: share}}}


def weight_of(alias: Mapping[str, Any], legacy: str, canary: str) -> Weight | None:
    """The weight that is live between two versions; None where another one gets calls."""
    others = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    shares = {str(version): Decimal(str(share)) * 100 for version, share in others.items() if share}
    first = str(alias["FunctionVersion"])
    shares[first] = shares.get(first, Decimal(0)) + 100 - sum(shares.values())
    if not {version for version, share in shares.items() if share} <= {legacy, canary}:
        return None
    return Weight(float(shares.get(canary, Decimal(0))))


def sides_of(alias: Mapping[str, Any]) -> tuple[str, str, Weight]:
    """The version that an alias invokes, the additional one, and the weight of this one, whatever versions they are.

    An empty text where there is no additional one.
    """
    others = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    share = sum((Decimal(str(share)) for share in others.values()), Decimal(0))
    return str(alias["FunctionVersion"]), " ".join(others), Weight(float(share * 100))


def shown(alias: Mapping[str, Any]) -> str:
    """Where the calls of an alias go, for people."""
    others = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    shares = "".join(f" and {float(share):.1%} to version {version}" for version, share in others.items())
    return f"version {alias['FunctionVersion']}{shares}"
