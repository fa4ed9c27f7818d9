"""`migrator.manifest/1`: what a service folder was generated from."""

from migrator.documents.codec import Codec
from migrator.domain.plans import Manifest

CODEC = Codec("migrator.manifest/1", Manifest)
