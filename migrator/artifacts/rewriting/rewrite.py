"""All changes to the code of a slice, one after the other.

In: a `PlannedSlice`, the user's choices. Out: `Rewritten`. Each change is a module of its own.
"""

from __future__ import annotations

from migrator.artifacts.entry_text import entry_path
from migrator.artifacts.rewriting.breakers import guard_calls
from migrator.artifacts.rewriting.clients import hoist_clients
from migrator.artifacts.rewriting.rewritten import Rewritten
from migrator.artifacts.rewriting.secrets import read_from_store
from migrator.domain.plans import Strategy
from migrator.domain.services import ServiceChoices
from migrator.plan import PlannedSlice


def rewrite_slice(planned: PlannedSlice, choices: ServiceChoices) -> Rewritten:
    """Change what has to be changed; a slice without anything of it comes out as it is."""
    secrets = read_from_store(planned.modules, planned.plan)
    modules, edits = secrets.modules, secrets.edits
    if choices.hoist:
        # Whole modules hold functions that are never run here: their clients would only cost time.
        whole = planned.plan.strategy is not Strategy.FUNCTION
        modules, hoisted = hoist_clients(modules, (entry_path(planned), planned.entry.name) if whole else None)
        edits = (*edits, *hoisted)
    modules, guards = guard_calls(modules, frozenset(breaker.host for breaker in choices.breakers))
    edits = (*edits, *guards)
    return Rewritten(
        modules=modules,
        edits=tuple(sorted(edits, key=lambda edit: (edit.path, edit.line))),
        exported=secrets.elsewhere,
        guarded=bool(guards),
    )
