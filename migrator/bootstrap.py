"""The composition root: which implementation stands behind each port, chosen from flags and configuration.

Everything is imported where it is built, so that a command pays only for what it uses.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migrator.adapters.dataplanes.envoy import EnvoyDataPlane
    from migrator.adapters.metrics.envoy import EnvoyMetrics
    from migrator.domain.assessments import Analysis, Assessment
    from migrator.router.config import RouterConfig


def analyze(root: Path, *, jobs: int = 0, knowledge: Sequence[Path] = ()) -> Analysis:
    """Analyze a source tree: everything from reading the files to the ranked assessments.

    Args:
        root: the monolith's folder, or one file of it.
        jobs: processes that read files; 0 takes one a core, 1 stays in this one.
        knowledge: the user's own knowledge files (see `migrator.knowledge`).

    Raises:
        InputError: the path is not there, or a knowledge file is wrong. A source file that cannot be read is an
            entry of `Analysis.skipped` instead.
    """
    from migrator.domain.assessments import Analysis
    from migrator.facts import extract_facts
    from migrator.knowledge import load_knowledge
    from migrator.model import build_model
    from migrator.source import read_tree
    from migrator.verdicts import assess

    began = time.monotonic()
    known = load_knowledge(knowledge)
    tree = read_tree(root)
    facts, unread = extract_facts(tree, jobs)
    candidates = assess(build_model(tree, facts, known))
    skipped = sorted({*tree.skipped, *unread}, key=lambda entry: (entry.path, entry.line, entry.reason))
    return Analysis(
        root=str(root),
        files=len(tree.modules),
        lines=tree.lines,
        seconds=round(time.monotonic() - began, 3),
        skipped=tuple(skipped),
        candidates=candidates,
    )


def assessment(root: Path, name: str, *, jobs: int = 0, knowledge: Sequence[Path] = ()) -> Assessment:
    """The assessment of one candidate, by its name or by an end of it that only one candidate has.

    Raises:
        UsageError: no candidate, or several, answer to the name; the nearest are offered.
        InputError: see `analyze`.
    """
    from migrator.verdicts import find

    return find(analyze(root, jobs=jobs, knowledge=knowledge).candidates, name)


def open_data_plane(config: RouterConfig, directory: Path | None = None) -> EnvoyDataPlane:
    """The data plane that a router configuration names; nothing is asked of it yet.

    Args:
        directory: the plane's files; the default lies below XDG_STATE_HOME.
    """
    from migrator.adapters.dataplanes.envoy import EnvoyDataPlane

    return EnvoyDataPlane(config.plane, config.legacy_url, directory)


def open_metrics(config: RouterConfig, directory: Path | None = None) -> EnvoyMetrics:
    """The figures of the data plane that a router configuration names.

    Args:
        directory: as for `open_data_plane`.
    """
    from migrator.adapters.dataplanes.envoy import default_directory
    from migrator.adapters.metrics.envoy import EnvoyMetrics

    return EnvoyMetrics(config.plane.admin, directory or default_directory(config.plane.admin))


def frameworks() -> tuple[str, ...]:
    """The frameworks whose registrations the analyzer finds, by name, sorted."""
    from migrator.model.frameworks import FRAMEWORKS

    return tuple(sorted(framework.name for framework in FRAMEWORKS))
