"""CloudWatch as the source of figures: of the target groups of a load balancer, and of the versions behind an alias."""

from migrator.adapters.metrics.cloudwatch.series import Measured, aliased, balanced
from migrator.adapters.metrics.cloudwatch.sharing import RuleSharing
from migrator.adapters.metrics.cloudwatch.source import CloudWatchMetrics

__all__ = ["CloudWatchMetrics", "Measured", "RuleSharing", "aliased", "balanced"]
