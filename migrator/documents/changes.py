"""`migrator.changes/1`: what has changed since a baseline."""

from migrator.documents.codec import Codec
from migrator.domain.reports import ReportedChanges

CODEC = Codec("migrator.changes/1", ReportedChanges)
"""Dump and load."""
