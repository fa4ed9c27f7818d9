"""What `UpdateAlias` is given for a route.

In: routes at their configured weights. Out: its arguments, as plain values.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from migrator.adapters.dataplanes.lambda_alias.record import Record, with_record
from migrator.adapters.dataplanes.lambda_alias.routing import RESOLUTION, routing
from migrator.domain.routes import AliasRoute, Weight
from migrator.router.weights import effective


def rendered_aliases(routes: Iterable[AliasRoute]) -> list[dict[str, Any]]:
    """The arguments for each route; the description that a person has written there stays before the record."""
    found = []
    for route in routes:
        weight = effective(Weight(route.weight), RESOLUTION)
        record = Record(route.name, route.legacy, route.canary, weight)
        found.append(
            {
                "FunctionName": route.function,
                "Name": route.alias,
                **routing(route.legacy, route.canary, weight),
                "Description": with_record("", record).strip(),
            }
        )
    return found
