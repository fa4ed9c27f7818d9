"""Small programs in memory: source text to trees, facts and models, without touching the disk."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from migrator.domain.assessments import Skipped
from migrator.facts import ModuleFacts, extract_facts, facts_of
from migrator.knowledge import Knowledge, load_knowledge
from migrator.model import ProgramModel, build_model
from migrator.source import SourceFile, SourceTree


def file_of(name: str, text: str, *, is_package: bool = False) -> SourceFile:
    """One module."""
    path = name.replace(".", "/") + ("/__init__.py" if is_package else ".py")
    return SourceFile(name, path, text, is_package, hashlib.sha256(text.encode()).hexdigest())


def tree_of(sources: str | Mapping[str, str]) -> SourceTree:
    """Modules by dotted name, in the given order; one text is the module `app`. Packages above them are made."""
    given = {"app": sources} if isinstance(sources, str) else dict(sources)
    packages = {name[:at] for name in given for at, char in enumerate(name) if char == "."}
    files = {name: file_of(name, text, is_package=name in packages) for name, text in given.items()}
    for package in sorted(packages - files.keys()):
        files[package] = file_of(package, "", is_package=True)
    return SourceTree(Path("/nowhere"), files)


def facts_in(text: str) -> ModuleFacts:
    """Facts of one module `app`; fails the test where there are none."""
    facts = facts_of(file_of("app", text))
    assert not isinstance(facts, Skipped), facts
    return facts


@cache
def knowledge() -> Knowledge:
    """What ships, loaded once."""
    return load_knowledge()


def model_of(sources: str | Mapping[str, str]) -> ProgramModel:
    """The model of a small program."""
    tree = tree_of(sources)
    facts, skipped = extract_facts(tree)
    assert not skipped
    return build_model(facts, knowledge())


def effects_of(sources: str | Mapping[str, str], name: str = "app.start") -> set[str]:
    """Effects of a function of a small program, by their words."""
    return {finding.effect.value for finding in model_of(sources).summary(name).effects}
