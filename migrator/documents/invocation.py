"""`migrator.invocation/1`: one run of a handler."""

from migrator.documents.codec import Codec
from migrator.domain.invocations import InvocationReport

CODEC = Codec("migrator.invocation/1", InvocationReport)
