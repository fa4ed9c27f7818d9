"""Middleware of the monolith's own that Django's settings name and a slice does not have.

In: the modules of a tree, what travels. Out: `Around` values with the places of the classes, or of the settings where
a class is not found. Other distributions' middleware is installed with them and stays in the settings.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from migrator.domain.locations import Location
from migrator.domain.plans import Dropped
from migrator.plan.around.turning_away import makes_answers
from migrator.plan.around.values import Around
from migrator.plan.looking.imports import ImportTree
from migrator.plan.looking.parsed import parsed_text
from migrator.plan.slicing.carried import Carried

_REASON = "is the monolith's own middleware and not in the slice; the view answers without it, so compare what it does"


def middleware_left_behind(imports: ImportTree, carried: Mapping[str, Carried]) -> Iterator[Around]:
    """Each of them once, in the order of the settings."""
    texts = {name: code.file.text for name, code in carried.items()}
    for dotted, (module, line) in named_outside(texts).items():
        home, _, name = dotted.rpartition(".")
        definition = _definition(imports, home, name)
        path, place = carried[module].file.path, line
        if definition is not None:
            path, place = imports.tree.modules[home].path, definition.lineno
        turns_away = makes_answers(definition)
        reason = f"{_REASON}; it may turn requests away" if turns_away else _REASON
        yield Around(Dropped(f"{Location(path, place)}: {dotted}", reason), turns_away)


def named_outside(texts: Mapping[str, str]) -> Mapping[str, tuple[str, int]]:
    """Dotted names of middleware in the packages of a slice whose modules it does not have, each with where it is named.

    Args:
        texts: the modules of the slice by dotted name.
    """
    own = {name.partition(".")[0] for name in texts}
    found: dict[str, tuple[str, int]] = {}
    for module, text in texts.items():
        if "MIDDLEWARE" not in text:
            continue
        for name, line in _named(parsed_text(text)):
            if name.partition(".")[0] in own and name.rpartition(".")[0] not in texts:
                found.setdefault(name, (module, line))
    return found


def _named(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Every dotted text in statements about the setting, with its line."""
    for statement in tree.body:
        if any(isinstance(node, ast.Name) and node.id == "MIDDLEWARE" for node in ast.walk(statement)):
            for node in ast.walk(statement):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and "." in node.value:
                    yield node.value, node.lineno


def _definition(imports: ImportTree, home: str, name: str) -> ast.stmt | None:
    module = imports.module(home) if home in imports.tree.modules else None
    for node in module.body if module is not None else ():
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            return node
    return None
