"""All changes to the code of a slice, one after the other.

In: a `PlannedSlice`, the user's choices. Out: `Rewritten`. Each change is a module of its own.
"""

from __future__ import annotations

from migrator.artifacts.rewriting.rewritten import Rewritten
from migrator.artifacts.rewriting.secrets import read_from_store
from migrator.domain.services import ServiceChoices
from migrator.plan import PlannedSlice


def rewrite_slice(planned: PlannedSlice, choices: ServiceChoices) -> Rewritten:
    """Change what has to be changed; a slice without anything of it comes out as it is."""
    modules = planned.modules
    secrets = read_from_store(modules, planned.plan)
    edits = secrets.edits
    return Rewritten(
        modules=secrets.modules,
        edits=tuple(sorted(edits, key=lambda edit: (edit.path, edit.line))),
        exported=secrets.elsewhere,
    )
