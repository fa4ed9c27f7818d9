"""What each data plane means for somebody without the tool, by the kind of route.

In: a route of a router configuration. Out: a `PlaneText`.
"""

from __future__ import annotations

from typing import assert_never

from migrator.artifacts.runbook.parts import PlaneText
from migrator.artifacts.runbook.planes.alias import alias_text
from migrator.artifacts.runbook.planes.balancer import balancer_text
from migrator.artifacts.runbook.planes.envoy import envoy_text
from migrator.artifacts.runbook.planes.seam import seam_text
from migrator.domain.routes import AliasRoute, AnyRoute, BalancerRoute, Route, SeamRoute
from migrator.router import RouterConfig

__all__ = ["plane_text"]


def plane_text(route: AnyRoute, config: RouterConfig, router_folder: str) -> PlaneText:
    """The plane that carries a route.

    Args:
        router_folder: the folder of the router configuration, from the repository's top; empty for the top.
    """
    match route:
        case Route():
            return envoy_text(route, config.http_plane)
        case SeamRoute():
            return seam_text(route, config.seam, router_folder)
        case BalancerRoute():
            return balancer_text(route, config.balancer)
        case AliasRoute():
            return alias_text(route, config.functions)
        case _:
            assert_never(route)
