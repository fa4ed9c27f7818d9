"""`migrator.rollout-plan/1`: a plan, what its gates need at the traffic seen, and its calendar."""

from migrator.documents.codec import Codec
from migrator.domain.forecasts import PlanForecast

CODEC = Codec("migrator.rollout-plan/1", PlanForecast)
"""Dump and load."""
