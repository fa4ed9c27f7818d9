"""The names that our configuration uses inside Envoy, and that its statistics carry.

In: a route's name. Out: names of clusters, runtime keys and counters that are safe for any route name and differ
for different routes.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

OUTER = "calls"
"""Stat prefix, listener and route configuration of the listener that takes the calls."""

INNER = "tries"
"""Stat prefix, listener and route configuration of the internal listener that each canary try passes."""

UNROUTED = "unrouted"
"""Cluster and route of the calls that no route matches."""

RUNTIME_PREFIX = "migrator.weight"
FORCED_PREFIX = "migrator.forced"
METADATA = "migrator"
ROUTE_HEADER = "x-migrator-route"
"""Request header from the outer to the inner listener; clients cannot send it."""
SHADOW_HEADER = "x-migrator-shadow"
"""Request header of a copied call: the effects that it may have, or `none`; clients cannot send it."""
COLD_HEADER = "x-migrator-cold-start"
"""Response header by which a handler says whether its environment was started for the call: 1 or 0. No client sees it."""

_SLUG = re.compile(r"[a-z0-9-]{1,48}")


@dataclass(frozen=True, slots=True)
class RouteNames:
    """The names of one route.

    Attributes:
        key: the route's name where that is plain, else a plain form with a hash.
    """

    key: str

    @property
    def legacy(self) -> str:
        """Cluster of legacy where it is asked first."""
        return f"{self.key}_legacy"

    @property
    def rest(self) -> str:
        """Cluster of legacy for the calls that a segment leaves out; they are not part of the comparison."""
        return f"{self.key}_rest"

    @property
    def canary(self) -> str:
        """Cluster that the canary's share goes to: the try, and legacy after it where a fallback is allowed."""
        return f"{self.key}_canary"

    @property
    def first_try(self) -> str:
        """Cluster that leads into the internal listener."""
        return f"{self.key}_try"

    @property
    def fallback(self) -> str:
        """Cluster of legacy where it answers for the canary."""
        return f"{self.key}_fallback"

    @property
    def function(self) -> str:
        """Cluster of the HTTP path to Lambda; it gets first tries and nothing else."""
        return f"{self.key}_lambda"

    @property
    def shadow(self) -> str:
        """Cluster that copied calls go to: into the internal listener."""
        return f"{self.key}_shadow"

    @property
    def shadowed(self) -> str:
        """Cluster of the HTTP path to Lambda for copied calls, which are counted apart from first tries."""
        return f"{self.key}_shadowed"

    @property
    def clusters(self) -> tuple[str, ...]:
        """Every cluster that may stand for the route."""
        return (
            self.legacy,
            self.rest,
            self.canary,
            self.first_try,
            self.fallback,
            self.function,
            self.shadow,
            self.shadowed,
        )

    @property
    def canary_key(self) -> str:
        """Runtime key of the canary's units."""
        return f"{RUNTIME_PREFIX}.{self.canary}"

    @property
    def legacy_key(self) -> str:
        """Runtime key of legacy's units."""
        return f"{RUNTIME_PREFIX}.{self.legacy}"

    @property
    def forced_key(self) -> str:
        """Runtime key of whether callers may be forced to the canary: 100, and 0 while nobody may leave legacy."""
        return f"{FORCED_PREFIX}.{self.key}"

    def runtime(self, canary: int, legacy: int) -> dict[str, str]:
        """The runtime keys that say a weight in units, and their values."""
        return {
            self.canary_key: str(canary),
            self.legacy_key: str(legacy),
            self.forced_key: str(100 if canary else 0),
        }


def names_of(route: str) -> RouteNames:
    """The names of a route, whatever it is called."""
    if _SLUG.fullmatch(route) and route != UNROUTED:
        return RouteNames(route)
    slug = re.sub(r"[^a-z0-9-]+", "-", route.lower())[:40].strip("-")
    digest = hashlib.sha256(route.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    # The dot cannot stand in a plain name, so that no route can be called like another's key.
    return RouteNames(f"{slug}.{digest}")
