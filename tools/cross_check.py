"""Proves that both ways into the facts agree, and that libcst finds each candidate where the report says.

usage: cross_check.py PATH...

Every module is read twice: by the running Python's parser, and by libcst, which writes it back out. The facts must
be equal. Then each candidate's definition is looked up with libcst's own position metadata: a `def`, `class` or
lambda must stand on the reported lines. Exit 1 on a difference.
"""

from __future__ import annotations

import sys
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from migrator.domain.assessments import Skipped
from migrator.domain.locations import Location
from migrator.facts import ModuleFacts, extract_facts, facts_of, facts_through_libcst
from migrator.knowledge import load_knowledge
from migrator.model import build_model
from migrator.source import SourceTree, read_tree


class _Definitions(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self) -> None:
        self.found: set[tuple[int, int]] = set()

    def _add(self, node: cst.CSTNode, first: int) -> None:
        position = self.get_metadata(PositionProvider, node)
        self.found.add((first, position.end.line))

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        # libcst counts decorators in; the report names the line of the `def`, where the name stands.
        self._add(node, self.get_metadata(PositionProvider, node.name).start.line)

    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        self._add(node, self.get_metadata(PositionProvider, node.name).start.line)

    def visit_Lambda(self, node: cst.Lambda) -> None:
        self._add(node, self.get_metadata(PositionProvider, node).start.line)


def unequal_modules(tree: SourceTree) -> list[str]:
    """Paths whose facts differ between the two ways in."""
    return [file.path for file in tree.modules.values() if not _equal(facts_of(file), facts_through_libcst(file))]


def _equal(direct: ModuleFacts | Skipped, other: ModuleFacts | Skipped) -> bool:
    if isinstance(direct, Skipped) and isinstance(other, Skipped):
        return True
    # `repr` tells node types apart, which comparing tuples does not.
    return repr(direct) == repr(other)


def misplaced(tree: SourceTree, places: dict[str, Location]) -> list[str]:
    """Names whose definition libcst does not find at the reported lines."""
    found: dict[str, set[tuple[int, int]]] = {}
    wrong: list[str] = []
    for name, place in sorted(places.items()):
        if place.path not in found:
            visitor = _Definitions()
            MetadataWrapper(cst.parse_module(tree.by_path[place.path].text)).visit(visitor)
            found[place.path] = visitor.found
        if (place.line, place.end_line) not in found[place.path]:
            wrong.append(f"{name} at {place}")
    return wrong


def main(paths: list[str]) -> int:
    """Check each path; 1 if anything differs."""
    failed = False
    for path in paths:
        tree = read_tree(Path(path))
        facts, _ = extract_facts(tree)
        model = build_model(facts, load_knowledge())
        different = unequal_modules(tree)
        wrong = misplaced(tree, {candidate.name: candidate.location for candidate in model.candidates})
        for line in (*(f"different facts: {item}" for item in different), *(f"not found: {item}" for item in wrong)):
            print(line)
        print(
            f"{path}: {len(tree.modules)} modules read both ways, {len(different)} different; "
            f"{len(model.candidates)} candidates looked up with libcst, {len(wrong)} not found"
        )
        failed = failed or bool(different or wrong)
    return int(failed)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        raise SystemExit(2)
    raise SystemExit(main(sys.argv[1:]))
