"""The router configuration as the rest of the program uses it: frozen values, no files, no pydantic.

In: what the loader has validated, or what the extraction builds. Out: routes, plans and addresses for the data
planes and the controller.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from pathlib import Path

from migrator.domain.rollouts import ErrorRateGate, RolloutPlan, Step
from migrator.domain.routes import Route, SeamRoute
from migrator.errors import UsageError

SIDE_HEADER = "x-migrator-side"
"""The response header that names the side that answered, unless the plane says otherwise."""

CONTROL_PREFIXES = ("x-envoy-", "x-migrator-")
"""Request headers that steer the plane; removed from what clients send."""

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
"""Methods that RFC 9110 does not call safe: a second try may change something twice."""


@dataclass(frozen=True, slots=True)
class PlaneConfig:
    """The data plane that carries the routes.

    Attributes:
        kind: which implementation; `envoy` is the one of this version.
        admin: loopback host:port of its control interface.
        listen: loopback host:port where it takes the calls.
        side_header: response header that says `legacy`, `canary` or `fallback`; empty for none.
    """

    kind: str
    admin: str
    listen: str
    side_header: str = SIDE_HEADER


@dataclass(frozen=True, slots=True)
class Canary:
    """The Lambda function behind a route.

    Attributes:
        lambda_name: of the function.
        alias: of the version that is called; empty for the unqualified function.
        url: base URL of the HTTP path that leads to it.
    """

    lambda_name: str
    alias: str
    url: str


@dataclass(frozen=True, slots=True)
class RouteConfig:
    """One entry of `routes`."""

    route: Route
    canary: Canary
    rollout: RolloutPlan

    @property
    def name(self) -> str:
        """The route's name."""
        return self.route.name


@dataclass(frozen=True, slots=True)
class SeamRouteConfig:
    """One entry of `routes` that is no HTTP calls."""

    route: SeamRoute
    rollout: RolloutPlan

    @property
    def name(self) -> str:
        """The route's name."""
        return self.route.name


@dataclass(frozen=True, slots=True)
class SeamConfig:
    """The seam in legacy code.

    Attributes:
        weights: the file that it reads, as the configuration names it: from its own folder on.
        figures: the file that it adds to; empty for the one beside the weights.
    """

    weights: str
    figures: str = ""


@dataclass(frozen=True, slots=True)
class RouterConfig:
    """A whole `router.yaml`.

    Attributes:
        plane: what carries HTTP calls; None where there is none to carry.
        routes: of HTTP calls.
        legacy_url: where the HTTP calls go that no route matches; empty without a plane.
        seam: what asks for the side of tasks and calls; None where nothing does.
        seam_routes: of tasks and calls.
        source: the file it was read from, or an empty string.
    """

    plane: PlaneConfig | None
    routes: tuple[RouteConfig, ...]
    legacy_url: str
    seam: SeamConfig | None = None
    seam_routes: tuple[SeamRouteConfig, ...] = ()
    source: str = field(default="", compare=False)

    @property
    def http_plane(self) -> PlaneConfig:
        """What carries HTTP calls.

        Raises:
            UsageError: there is none.
        """
        if self.plane is None:
            raise UsageError(
                f"{self.source or 'the router configuration'} has no plane for HTTP calls",
                hint="name it: plane: {kind: envoy, admin: ..., listen: ...}",
            )
        return self.plane

    @property
    def weights_file(self) -> Path | None:
        """The file that the seam reads, from the current folder on; None without a seam."""
        return Path(self.source).parent / self.seam.weights if self.seam is not None else None

    @property
    def figures_file(self) -> Path | None:
        """The file that the seam adds to, from the current folder on; None without a seam."""
        weights = self.weights_file
        if weights is None or self.seam is None:
            return None
        return Path(self.source).parent / self.seam.figures if self.seam.figures else weights.with_suffix(".figures")

    @property
    def entries(self) -> tuple[RouteConfig | SeamRouteConfig, ...]:
        """Every route, whatever calls it is for."""
        found: list[RouteConfig | SeamRouteConfig] = [*self.routes, *self.seam_routes]
        return tuple(found)

    def find(self, name: str) -> RouteConfig:
        """The route of HTTP calls of that name.

        Raises:
            UsageError: there is none; the nearest names are offered.
        """
        found = self.entry(name)
        if isinstance(found, SeamRouteConfig):
            raise UsageError(f"{name} is a route of {found.route.match.name}, and not of HTTP calls")
        return found

    def entry(self, name: str) -> RouteConfig | SeamRouteConfig:
        """The route of that name, whatever calls it is for.

        Raises:
            UsageError: there is none; the nearest names are offered.
        """
        for route in self.entries:
            if route.name == name:
                return route
        names = [route.name for route in self.entries]
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
        where = self.source or "the router configuration"
        hint = f"did you mean {' or '.join(near)}?" if near else f"it has: {', '.join(names[:10]) or 'no routes'}"
        raise UsageError(f"{where} has no route {name!r}", hint=hint)


def default_rollout(route: str) -> RolloutPlan:
    """The plan of a route that names none: 5 % for 5 minutes, 25 % for 15, 100 % for an hour.

    The one gate rolls back when the canary's first tries fail more often than legacy's by over one point.
    """
    return RolloutPlan(
        route=route,
        steps=(Step(5, 300), Step(25, 900), Step(100, 3600)),
        gates=(ErrorRateGate(worse_by_pp=1),),
    )
