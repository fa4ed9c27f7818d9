"""The router configuration as the rest of the program uses it: frozen values, no files, no pydantic.

In: what the loader has validated, or what the extraction builds. Out: routes, plans and addresses for the data
planes and the controller.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from migrator.domain.gates import ErrorRateGate
from migrator.domain.rollouts import RolloutPlan, Step
from migrator.domain.routes import AliasRoute, AnyRoute, BalancerRoute, Route, SeamRoute
from migrator.errors import UsageError
from migrator.router.figures import Figures
from migrator.router.notifications import Notified

SIDE_HEADER = "x-migrator-side"
"""The response header that names the side that answered, unless the plane says otherwise."""

CONTROL_PREFIXES = ("x-envoy-", "x-migrator-")
"""Request headers that steer the plane; removed from what clients send."""

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
"""Methods that RFC 9110 does not call safe: a second try may change something twice."""


@dataclass(frozen=True, slots=True)
class TokensConfig:
    """The JSON Web Tokens whose claims segments look at.

    Attributes:
        jwks: the file of the keys by which they are checked, as the configuration names it.
        issuer: empty for any.
        audiences: empty for any.
    """

    jwks: str
    issuer: str = ""
    audiences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaneConfig:
    """The Envoy that carries the HTTP calls.

    Attributes:
        admin: loopback host:port of its control interface.
        listen: loopback host:port where it takes the calls.
        side_header: response header that says `legacy`, `canary` or `fallback`; empty for none.
        tokens: None where no segment looks at a claim.
    """

    kind: str
    admin: str
    listen: str
    side_header: str = SIDE_HEADER
    tokens: TokensConfig | None = None


@dataclass(frozen=True, slots=True)
class BalancerConfig:
    """The application load balancer that carries the HTTP calls.

    Attributes:
        listener: ARN of its listener.
        endpoint: of the control API; empty for AWS's own.
    """

    listener: str
    endpoint: str = ""

    @property
    def kind(self) -> str:
        """The word for it in the file."""
        return "alb"

    @property
    def region(self) -> str:
        """The region that the ARN says."""
        return self.listener.split(":")[3]


@dataclass(frozen=True, slots=True)
class FunctionsConfig:
    """The control API of Lambda.

    Attributes:
        region: empty for the one that the process has.
        endpoint: empty for AWS's own.
    """

    region: str = ""
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class Canary:
    """The Lambda function behind a route.

    Attributes:
        lambda_name: of the function.
        alias: of the version that is called; empty for the unqualified function.
        url: base URL of the HTTP path that leads to it; empty behind a load balancer.
    """

    lambda_name: str
    alias: str
    url: str


R = TypeVar("R", bound=AnyRoute, covariant=True)


@dataclass(frozen=True, slots=True)
class PlannedRoute(Generic[R]):
    """One entry of `routes`.

    Attributes:
        not_above: names of routes whose weight this one's never exceeds.
    """

    route: R
    rollout: RolloutPlan
    not_above: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The route's name."""
        return self.route.name


@dataclass(frozen=True, slots=True)
class RouteConfig(PlannedRoute[Route]):
    """One entry of `routes` that Envoy carries.

    Attributes:
        canary: the function behind it.
    """

    canary: Canary = Canary("", "", "")


@dataclass(frozen=True, slots=True)
class BalancerRouteConfig(PlannedRoute[BalancerRoute]):
    """One entry of `routes` that a load balancer carries.

    Attributes:
        canary: the function behind it.
    """

    canary: Canary = Canary("", "", "")


@dataclass(frozen=True, slots=True)
class SeamConfig:
    """The seam in legacy code.

    Attributes:
        weights: the file that it reads, as the configuration names it: from its own folder on.
        figures: the file that it adds to; empty for the one beside the weights.
        source: where the weights are kept for several hosts, as a URL; empty where the file is the only one.
        region: of the source; empty for the one that the process has.
        endpoint: of the source; empty for AWS's own.
    """

    weights: str
    figures: str = ""
    source: str = ""
    region: str = ""
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class RouterConfig:
    """A whole `router.yaml`.

    Attributes:
        plane: the Envoy that carries HTTP calls; None where there is none.
        routes: of HTTP calls that Envoy carries.
        legacy_url: where the HTTP calls go that no route matches; empty without an Envoy.
        seam: what asks for the side of calls of legacy code; None where nothing does.
        seam_routes: of calls of legacy code.
        balancer: the load balancer that carries HTTP calls; None where there is none.
        balancer_routes: of HTTP calls that the load balancer carries.
        functions: how Lambda's control API is reached.
        alias_routes: of versions of a function.
        figures: where figures are read, by route; those that are left out have what carries them.
        health: the URL where legacy says how it is, by route; those that are left out have none.
        notifications: who is told of transitions.
        source: the file it was read from, or an empty string.
        included: the files with further routes.
    """

    plane: PlaneConfig | None
    routes: tuple[RouteConfig, ...]
    legacy_url: str
    seam: SeamConfig | None = None
    seam_routes: tuple[PlannedRoute[SeamRoute], ...] = ()
    balancer: BalancerConfig | None = None
    balancer_routes: tuple[BalancerRouteConfig, ...] = ()
    functions: FunctionsConfig = FunctionsConfig()
    alias_routes: tuple[PlannedRoute[AliasRoute], ...] = ()
    figures: Mapping[str, Figures] = field(default_factory=dict)
    health: Mapping[str, str] = field(default_factory=dict)
    notifications: tuple[Notified, ...] = ()
    source: str = field(default="", compare=False)
    included: tuple[str, ...] = field(default=(), compare=False)

    @property
    def http_plane(self) -> PlaneConfig:
        """The Envoy that carries HTTP calls.

        Raises:
            UsageError: there is none.
        """
        if self.plane is None:
            raise UsageError(
                f"{self.source or 'the router configuration'} has no Envoy for HTTP calls",
                hint="name it: plane: {kind: envoy, admin: ..., listen: ...}",
            )
        return self.plane

    @property
    def weights_file(self) -> Path | None:
        """The file that the seam reads, from the current folder on; None without a seam."""
        return self.beside(self.seam.weights) if self.seam is not None else None

    @property
    def figures_file(self) -> Path | None:
        """The file that the seam adds to, from the current folder on; None without a seam."""
        weights = self.weights_file
        if weights is None or self.seam is None:
            return None
        return self.beside(self.seam.figures) if self.seam.figures else weights.with_suffix(".figures")

    @property
    def tokens_file(self) -> Path | None:
        """The keys of tokens, from the current folder on; None where no segment looks at a claim."""
        tokens = self.plane.tokens if self.plane is not None else None
        return self.beside(tokens.jwks) if tokens is not None else None

    def beside(self, name: str) -> Path:
        """A file that the configuration names, from the current folder on."""
        return Path(self.source).parent / name

    @property
    def entries(self) -> tuple[PlannedRoute[AnyRoute], ...]:
        """Every route, whatever calls it is for."""
        return (*self.routes, *self.balancer_routes, *self.seam_routes, *self.alias_routes)

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """The routes of each sticky group that several share, by the group's name."""
        found: dict[str, list[str]] = {}
        for entry in self.entries:
            sticky = None if isinstance(entry.route, AliasRoute) else entry.route.sticky
            if sticky is not None and sticky.group:
                found.setdefault(sticky.group, []).append(entry.name)
        return {group: tuple(names) for group, names in found.items() if len(names) > 1}

    def find(self, name: str) -> RouteConfig:
        """The route of HTTP calls of that name that Envoy carries.

        Raises:
            UsageError: there is none; the nearest names are offered.
        """
        found = self.entry(name)
        if isinstance(found, RouteConfig):
            return found
        match found.route:
            case SeamRoute(match=calls):
                what = calls.name
            case AliasRoute(function=function):
                what = f"versions of {function}"
            case _:
                what = "a load balancer"
        raise UsageError(f"{name} is a route of {what}, and not of HTTP calls that Envoy carries")

    def has(self, name: str) -> bool:
        """Whether there is a route of this name, of whatever kind."""
        return any(entry.name == name for entry in self.entries)

    def entry(self, name: str) -> PlannedRoute[AnyRoute]:
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
