"""Ambient context made explicit: reads of request, session, login and context variables become parameters.

In: the analysis of a candidate, the source tree. Out: a `Mend`, which changes nothing by itself.
"""

from migrator.plan.context.graph import context_graph
from migrator.plan.context.left_out import left_out_texts
from migrator.plan.context.mending import mend
from migrator.plan.context.outcome import Outcome, outcome
from migrator.plan.context.values import ContextGraph, Function, Left, Mend, Mended, Noted, Parameter

__all__ = [
    "ContextGraph",
    "Function",
    "Left",
    "Mend",
    "Mended",
    "Noted",
    "Outcome",
    "Parameter",
    "context_graph",
    "left_out_texts",
    "mend",
    "outcome",
]
