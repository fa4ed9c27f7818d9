"""The call graph of a source tree: reading, facts, and the model's answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migrator.domain.call_graphs import CallGraph


def call_graph(root: Path, *, jobs: int = 0, knowledge: Sequence[Path] = (), config: Path | None = None) -> CallGraph:
    """Who calls whom in a source tree; for the arguments see `migrator.bootstrap.analyze`.

    Raises:
        InputError: the path is not there, or a knowledge file or the configuration is wrong.
    """
    from migrator.bootstrap import source_of
    from migrator.facts import extract_facts
    from migrator.knowledge import load_knowledge
    from migrator.model import build_call_graph

    tree, settings = source_of(root, config, knowledge, keep_lines=True)
    facts, _ = extract_facts(tree, jobs)
    return build_call_graph(tree, facts, load_knowledge(settings.knowledge, settings.libraries))
