"""`migrator.rollout-history/1`: one line of the history of a rollout."""

from migrator.documents.codec import Codec
from migrator.domain.rollouts import HistoryEntry

CODEC = Codec("migrator.rollout-history/1", HistoryEntry)
