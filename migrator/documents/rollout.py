"""`migrator.rollout/1`: the recorded state of a rollout."""

from migrator.documents.codec import Codec
from migrator.domain.rollouts import RolloutState

CODEC = Codec("migrator.rollout/1", RolloutState)
