"""`migrator.gate-question/1`: what the webhook of a gate is asked; its answer is `{"outcome": ..., "reason": ...}`."""

from migrator.documents.codec import Codec
from migrator.domain.messages import GateQuestion

CODEC = Codec("migrator.gate-question/1", GateQuestion)
"""Dump and load."""
