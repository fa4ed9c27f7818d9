"""`migrator.notification/1`: one transition of a rollout, as a webhook is told of it."""

from migrator.documents.codec import Codec
from migrator.domain.messages import Notification

CODEC = Codec("migrator.notification/1", Notification)
"""Dump and load."""
