"""`migrator.plan/1`: what will be cut out."""

from migrator.documents.codec import Codec
from migrator.domain.plans import Plan

CODEC = Codec("migrator.plan/1", Plan)
