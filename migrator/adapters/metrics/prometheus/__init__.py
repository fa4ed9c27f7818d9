"""Prometheus, and whatever speaks its HTTP API, as the source of figures."""

from migrator.adapters.metrics.prometheus.source import PrometheusMetrics

__all__ = ["PrometheusMetrics"]
