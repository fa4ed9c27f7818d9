"""An application load balancer as the data plane: one listener rule a route, with two weighted target groups."""

from migrator.adapters.dataplanes.alb.plane import AlbDataPlane
from migrator.adapters.dataplanes.alb.planned import rendered_rules

__all__ = ["AlbDataPlane", "rendered_rules"]
