"""Small monoliths with a candidate taken out of them.

In: files by path. Out: a folder, the change, the files after it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from migrator.artifacts.removal import CleanUp, clean_up
from migrator.artifacts.seam import apply
from migrator.domain.assessments import Assessment
from migrator.facts import extract_facts
from migrator.knowledge import Knowledge, load_knowledge
from migrator.model import ProgramModel, build_model
from migrator.plan.removal import Question
from migrator.source import read_tree
from migrator.verdicts import assess


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A monolith after a clean-up."""

    root: Path
    change: CleanUp

    def text(self, path: str) -> str:
        """A file as it is now."""
        return (self.root / path).read_text()

    def gone(self) -> set[str]:
        """Names of what went."""
        return {each.name for each in self.change.removal.gone}

    def kept(self) -> Mapping[str, str]:
        """Names of what stayed, with the reason."""
        return {each.name: each.reason for each in self.change.removal.kept}


def _analyzed(root: Path, name: str) -> tuple[ProgramModel, Assessment, tuple[Assessment, ...]]:
    tree = read_tree(root)
    facts, _ = extract_facts(tree, 1)
    model = build_model(facts, _knowledge())
    candidates = assess(model)
    [found] = [each for each in candidates if each.name == name]
    return model, found, candidates


@cache
def _knowledge() -> Knowledge:
    return load_knowledge()


def write(root: Path, files: Mapping[str, str]) -> Path:
    """Write files, dedented."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(textwrap.dedent(text).lstrip("\n"))
    return root


def assessed(root: Path, name: str) -> Assessment:
    """What the analysis says of a candidate."""
    return _analyzed(root, name)[1]


def plan(root: Path, name: str, accept: Iterable[Question] = ()) -> CleanUp:
    """The change, not made."""
    model, found, candidates = _analyzed(root, name)
    accepted = dict.fromkeys(accept, "tested")
    return clean_up(read_tree(root), model, found, candidates, accepted=accepted)


def clean(root: Path, name: str, accept: Iterable[Question] = ()) -> Cleaned:
    """Make it."""
    change = plan(root, name, accept)
    apply(change.change)
    return Cleaned(root, change)
