"""The call graph of a source tree: reading, facts, and the model's answer part by part."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.domain.progress import Progress, silent

if TYPE_CHECKING:
    from migrator.bootstrap.parts import Known, Part
    from migrator.domain.call_graphs import CallGraph


def call_graph(
    root: Path,
    *,
    jobs: int = 0,
    knowledge: Sequence[Path] = (),
    config: Path | None = None,
    progress: Progress = silent,
) -> CallGraph:
    """Who calls whom in a source tree; for the arguments see `migrator.bootstrap.analyze`.

    Raises:
        InputError: the path is not there, or a knowledge file or the configuration is wrong.
    """
    from migrator.bootstrap import source_of
    from migrator.bootstrap.parts import Known, parts_of, side_by_side
    from migrator.domain.call_graphs import joined
    from migrator.facts import extract_packed

    tree, settings = source_of(root, config, knowledge, keep_lines=True)
    modules, _ = extract_packed(tree, jobs, progress)
    known = Known(settings.knowledge, settings.libraries)
    parts = parts_of(modules, (), known.knowledge())
    graphs = side_by_side(partial(_graph_of, known=known), parts, jobs=jobs, progress=progress)
    if graphs is None:
        graphs = [_graph_of(part, known, progress) for part in parts]
    return joined(str(tree.root), graphs)


def _graph_of(part: Part, known: Known, progress: Progress = silent) -> CallGraph:
    """The call graph of a part, without a root."""
    from migrator.facts import unpacked
    from migrator.model import build_call_graph

    return build_call_graph(unpacked(part.modules), known.knowledge(), progress)
