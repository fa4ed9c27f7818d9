"""`migrator.rollout-status/1`: how a rollout stands and what comes next."""

from migrator.documents.codec import Codec
from migrator.domain.rollouts import RolloutStatus

CODEC = Codec("migrator.rollout-status/1", RolloutStatus)
"""Dump and load."""
