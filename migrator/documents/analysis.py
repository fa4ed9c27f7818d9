"""`migrator.analysis/1`: what the analyzer found."""

from migrator.documents.codec import Codec
from migrator.domain.assessments import Analysis

CODEC = Codec("migrator.analysis/1", Analysis)
