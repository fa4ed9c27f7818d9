"""An application load balancer as the data plane: one listener rule a route, with two weighted target groups."""

from migrator.adapters.dataplanes.alb.plane import AlbDataPlane

__all__ = ["AlbDataPlane"]
