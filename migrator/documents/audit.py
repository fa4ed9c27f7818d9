"""`migrator.rollout-audit/1`: one change of a rollout's record, with all that it followed from."""

from migrator.documents.codec import Codec
from migrator.domain.looks import AuditEntry

CODEC = Codec("migrator.rollout-audit/1", AuditEntry)
"""Dump and load."""
