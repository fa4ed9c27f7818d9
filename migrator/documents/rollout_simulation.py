"""`migrator.rollout-simulation/1`: what a simulated rollout came to, line by line."""

from migrator.documents.codec import Codec
from migrator.domain.simulations import SimulatedRollout

CODEC = Codec("migrator.rollout-simulation/1", SimulatedRollout)
"""Dump and load."""
