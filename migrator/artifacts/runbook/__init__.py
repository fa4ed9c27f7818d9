"""The runbook of a service: what a person does by night who did not build it.

In: what is deployed, how traffic reaches it, how its rollout goes. Out: one text in Markdown, and one page of HTML. The
same plan that is executed is written down, so the two never differ.
"""

from __future__ import annotations

from migrator.artifacts.runbook.context import (
    Choices,
    Moved,
    RunbookContext,
    function_of,
    moved_of,
    routes_to,
    runbook_context,
)
from migrator.artifacts.runbook.markdown import runbook_markdown
from migrator.artifacts.runbook.page import runbook_html

__all__ = [
    "Choices",
    "Moved",
    "RunbookContext",
    "function_of",
    "moved_of",
    "routes_to",
    "runbook_context",
    "runbook_html",
    "runbook_markdown",
]
