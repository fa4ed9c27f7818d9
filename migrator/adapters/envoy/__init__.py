"""What the data plane and the metric source know together about one Envoy: names, files, its admin interface.

The configuration is built in `adapters.dataplanes.envoy`, the figures are read in `adapters.metrics.envoy`.
"""
