"""A small program that is analyzed, mended in memory, and analyzed again, as `migrator mend` does it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import dedent

from migrator.domain.assessments import Assessment
from migrator.facts import extract_facts
from migrator.knowledge import Knowledge, load_knowledge
from migrator.model import ProgramModel, build_model
from migrator.plan.context import Mend, Outcome, context_graph, mend, outcome
from migrator.source import SourceFile, SourceTree
from migrator.verdicts import assess, find


@dataclass(frozen=True, slots=True)
class Mending:
    """One candidate, mended.

    Attributes:
        texts: of all files as they are then, by path.
    """

    mend: Mend
    outcome: Outcome
    texts: Mapping[str, str]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why places were left, in their order."""
        return tuple(left.reason for left in self.mend.left)


def program(**modules: str) -> Mapping[str, str]:
    """Files by path, from texts by module name."""
    return {f"{name}.py": dedent(text).lstrip("\n") for name, text in modules.items()}


def tree_of(files: Mapping[str, str]) -> SourceTree:
    """The files as a source tree that lies nowhere."""
    modules = {}
    for path, text in sorted(files.items()):
        name = path.removesuffix(".py").replace("/", ".")
        modules[name] = SourceFile(name, path, text, False, hashlib.sha256(text.encode()).hexdigest())
    return SourceTree(Path("/nowhere"), modules)


def model_of(tree: SourceTree) -> ProgramModel:
    """The program model of a tree."""
    facts, skipped = extract_facts(tree, 1)
    assert not skipped
    return build_model(facts, _knowledge())


@cache
def _knowledge() -> Knowledge:
    return load_knowledge()


def assessments(files: Mapping[str, str]) -> tuple[Assessment, ...]:
    """The candidates of some files."""
    return assess(model_of(tree_of(files)))


def mended(files: Mapping[str, str], name: str, *, others: tuple[str, ...] = ()) -> Mending:
    """Mend one candidate.

    Args:
        others: texts of files that the tree leaves out.
    """
    tree = tree_of(files)
    model = model_of(tree)
    before = find(assess(model), name)
    made = mend(tree, context_graph(model, before), lambda: others)
    texts = {**files, **made.texts}
    return Mending(made, outcome(model_of(tree_of(texts)), made, before), texts)
