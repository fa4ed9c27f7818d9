"""`migrator.doctor/1`: what this machine has of what the program uses."""

from migrator.documents.codec import Codec
from migrator.domain.machine import Examination

CODEC = Codec("migrator.doctor/1", Examination)
