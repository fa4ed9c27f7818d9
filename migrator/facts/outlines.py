"""What is asked of a module before its facts are, and the facts in little room until then.

In: `ModuleFacts`. Out: an `Outline`, and facts that are packed: of a million lines they take 400 MB, packed 60 (measured on pretix).
A process that only divides a tree among others never unpacks them.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass

from migrator.facts.records import Import, ModuleFacts, ScopeKind


@dataclass(frozen=True, slots=True)
class Outline:
    """A module in short.

    Attributes:
        name, path, is_package, findings, named: as of `ModuleFacts`.
        lines: up to the last statement.
        imports: of all scopes.
        classes: simple names of those at module level.
    """

    name: str
    path: str
    is_package: bool
    lines: int
    imports: tuple[Import, ...]
    classes: tuple[str, ...]
    named: frozenset[str]
    findings: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class Packed:
    """The facts of a module, as bytes where they came from another process."""

    outline: Outline
    data: bytes | ModuleFacts

    def facts(self) -> ModuleFacts:
        """The facts themselves."""
        if isinstance(self.data, ModuleFacts):
            return self.data
        facts = pickle.loads(self.data)
        assert isinstance(facts, ModuleFacts)
        return facts


def outline_of(facts: ModuleFacts) -> Outline:
    """The outline of a module."""
    return Outline(
        facts.name,
        facts.path,
        facts.is_package,
        facts.scopes[0].end_line,
        tuple(step for scope in facts.scopes for step in scope.steps if isinstance(step, Import)),
        tuple(scope.name for scope in facts.scopes if scope.kind is ScopeKind.CLASS and scope.parent == 0),
        facts.named,
        facts.findings,
    )


def packed(facts: ModuleFacts) -> Packed:
    """The facts as bytes; as they are where a nest of expressions is too deep for that."""
    try:
        return Packed(outline_of(facts), pickle.dumps(facts, protocol=5))
    except RecursionError:
        return Packed(outline_of(facts), facts)


def unpacked(modules: Mapping[str, Packed]) -> dict[str, ModuleFacts]:
    """The facts of modules by name."""
    return {name: module.facts() for name, module in modules.items()}
