"""Small monoliths for the tests of the plan and the artifacts: files by path, a candidate by name."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

from migrator.domain.assessments import Assessment, Confidence, Unresolved, Verdict
from migrator.domain.effects import Effect, EffectFinding
from migrator.domain.json import JsonValue
from migrator.domain.locations import Location
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.plan import PlannedSlice, make_plan
from migrator.source import SourceTree, read_tree


def monolith(folder: Path, files: Mapping[str, str]) -> SourceTree:
    """Write the files and read them as a source tree."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(textwrap.dedent(text).lstrip("\n"), "utf-8")
    return read_tree(folder)


def assessed(
    tree: SourceTree,
    name: str,
    *,
    paths: Sequence[str] = ("/x",),
    methods: Sequence[str] = ("GET",),
    registered: str = "route",
    kind: TriggerKind = TriggerKind.HTTP,
    framework: str = "flask",
    effects: Sequence[EffectFinding] = (),
    unresolved: Sequence[Unresolved] = (),
    verdict: Verdict = Verdict.READY,
    confidence: Confidence = Confidence.PROVEN,
) -> Assessment:
    """An assessment as the analyzer would give it.

    Args:
        registered: text that marks the lines of the registrations, in the candidate's module.
    """
    module = max((each for each in tree.modules if name.startswith(f"{each}.")), key=len)
    file = tree.modules[module]
    parts = [part for part in name[len(module) + 1 :].split(".") if part != "<locals>"]
    node = _definition(ast.parse(file.text), parts)
    marked = [number for number, line in enumerate(file.text.splitlines(), 1) if registered in line] or [node.lineno]
    triggers = tuple(
        Trigger(
            kind,
            framework,
            Location(file.path, marked[min(index, len(marked) - 1)]),
            _detail(path, methods),
        )
        for index, path in enumerate(paths)
    )
    location = Location(file.path, node.lineno, node.end_lineno or node.lineno, node.col_offset + 1)
    return Assessment(
        name, location, triggers, tuple(effects), (), tuple(unresolved), verdict, confidence, rank=1, score=1.0
    )


def _detail(path: str, methods: Sequence[str]) -> Mapping[str, JsonValue]:
    return {"methods": list(methods), "path": path, "parameters": []}


def _definition(module: ast.Module, parts: Sequence[str]) -> ast.FunctionDef | ast.ClassDef:
    body: Sequence[ast.AST] = [module]
    found: ast.AST = module
    for part in parts:
        found = next(
            node
            for outer in body
            for node in ast.walk(outer)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == part
        )
        body = [found]
    assert isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    return found  # type: ignore[return-value]


def planned(
    folder: Path, files: Mapping[str, str], name: str, *, accepted: Mapping[Effect, str] | None = None, **more: object
) -> PlannedSlice:
    """Plan the extraction of one candidate of a small monolith."""
    tree = monolith(folder, files)
    return make_plan(tree, assessed(tree, name, **more), accepted=accepted)  # type: ignore[arg-type]
