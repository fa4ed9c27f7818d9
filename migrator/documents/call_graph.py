"""`migrator.callgraph/1`: who calls whom, each with its first place."""

from migrator.documents.codec import Codec
from migrator.domain.call_graphs import CallGraph

CODEC = Codec("migrator.callgraph/1", CallGraph)
"""Dump and load."""
