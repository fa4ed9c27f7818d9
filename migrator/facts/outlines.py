"""What is asked of a module before its facts are, and the facts in little room until then.

In: `ModuleFacts`. Out: an `Outline`, and facts that are packed: of a million lines they take 400 MB, packed 23 (measured on pretix).
A process that only divides a tree among others never unpacks them, and what is kept of a module whose facts nobody asks for
is not even read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from migrator.facts.parsing import facts_of
from migrator.facts.records import Import, ModuleFacts, ScopeKind
from migrator.packing import Unpackable
from migrator.packing import packed as _packed
from migrator.packing import unpacked as _unpacked
from migrator.source import SourceFile

PACKAGES = ("migrator.facts", "migrator.domain")
"""Whose records facts, and what is said of files without any, are made of."""


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
    """The facts of a module.

    Attributes:
        data: bytes where they came from another process or another run; None where they lie with what is kept.
        file: what is read again should bytes of another run hold no facts.
    """

    outline: Outline
    data: bytes | ModuleFacts | None
    file: SourceFile | None = None

    def facts(self) -> ModuleFacts:
        """The facts themselves.

        Raises:
            Unpackable: what should hold them does not.
        """
        if isinstance(self.data, ModuleFacts):
            return self.data
        if self.data is None:
            raise Unpackable(f"the facts of {self.outline.name} were not asked for")
        facts = _unpacked(self.data, *PACKAGES)
        if not isinstance(facts, ModuleFacts) or facts.name != self.outline.name:
            raise Unpackable(f"it holds no facts of {self.outline.name}")
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
        return Packed(outline_of(facts), _packed(facts))
    except RecursionError:
        return Packed(outline_of(facts), facts)


def unpacked(modules: Mapping[str, Packed]) -> dict[str, ModuleFacts]:
    """The facts of modules by name.

    Raises:
        Unpackable: see `Packed.facts`.
    """
    return {name: module.facts() for name, module in modules.items()}


def opened(modules: Mapping[str, Packed]) -> tuple[dict[str, ModuleFacts], tuple[str, ...]]:
    """As `unpacked`, and the modules whose file was read again because bytes of another run held no facts of it."""
    found: dict[str, ModuleFacts] = {}
    refused: list[str] = []
    for name, module in modules.items():
        try:
            found[name] = module.facts()
        except Unpackable:
            again = facts_of(module.file) if module.file is not None else None
            if not isinstance(again, ModuleFacts):
                raise
            found[name] = again
            refused.append(name)
    return found, tuple(refused)
