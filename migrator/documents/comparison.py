"""`migrator.comparison/1`: what differs between legacy and canary."""

from migrator.documents.codec import Codec
from migrator.domain.comparisons import Comparison

CODEC = Codec("migrator.comparison/1", Comparison)
