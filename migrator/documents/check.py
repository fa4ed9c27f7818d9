"""`migrator.check/1`: what checking a service folder found."""

from migrator.documents.codec import Codec
from migrator.domain.checks import CheckReport

CODEC = Codec("migrator.check/1", CheckReport)
