"""`migrator.fleet/1`: what the analyzer found in many repositories, and what they have in common."""

from migrator.documents.codec import Codec
from migrator.domain.fleets import Fleet

CODEC = Codec("migrator.fleet/1", Fleet)
"""Dump and load."""
