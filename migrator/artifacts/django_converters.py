"""Path converters of a project's own, as far as their code says what they match.

In: the modules of a slice. Out: `PathType` values by the name that routes use. Nothing is imported: an expression that
is computed is taken as whatever the converter's base matches.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from migrator.artifacts.django_expressions import fitted
from migrator.artifacts.paths import Variable
from migrator.artifacts.typed_paths import DJANGO_TYPES, PathType
from migrator.plan.looking.parsed import parsed_text

_REGISTERS = "register_converter"
# Django's own, by the name of the class that others are made of.
_BASES = {
    "IntConverter": "int",
    "PathConverter": "path",
    "SlugConverter": "slug",
    "StringConverter": "str",
    "UUIDConverter": "uuid",
}


@dataclass(frozen=True, slots=True)
class Converter:
    """One converter.

    Attributes:
        known: whether its expression was read; else `type` is the one of its base.
    """

    type: PathType
    known: bool


def own_converters(modules: Mapping[str, str]) -> Mapping[str, Converter]:
    """The converters that modules register, by name.

    Args:
        modules: texts by path.
    """
    registered = dict(_registered(modules))
    classes = {node.name: node for node in _classes(modules, frozenset(registered.values()))}
    return {name: _converter(classes.get(owner)) for name, owner in registered.items()}


def _registered(modules: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for text in modules.values():
        if _REGISTERS not in text:
            continue
        for node in ast.walk(parsed_text(text)):
            match node:
                case ast.Call(func=ast.Name() | ast.Attribute() as called, args=[owner, ast.Constant(value=str(name))]):
                    if _last(called) == _REGISTERS:
                        yield name, _last(owner)
                case _:
                    pass


def _classes(modules: Mapping[str, str], names: frozenset[str]) -> Iterator[ast.ClassDef]:
    wanted = [f"class {name}" for name in names]
    for text in modules.values():
        if any(each in text for each in wanted):
            yield from (
                node for node in parsed_text(text).body if isinstance(node, ast.ClassDef) and node.name in names
            )


def _converter(node: ast.ClassDef | None) -> Converter:
    base = next((_BASES[name] for each in node.bases if (name := _last(each)) in _BASES), "str") if node else "str"
    pattern = _expression(node) if node is not None else None
    if pattern is None:
        return Converter(DJANGO_TYPES[base], known=False)
    made = fitted(Variable("value", "", ()), pattern)
    return Converter(PathType(made.pattern, made.hits, made.misses, made.many), known=True)


def _expression(node: ast.ClassDef) -> str | None:
    for statement in node.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id="regex")], value=ast.Constant(value=str(text)))
                | ast.AnnAssign(target=ast.Name(id="regex"), value=ast.Constant(value=str(text)))
            ):
                try:
                    re.compile(text)
                except re.error:
                    return None
                return text
            case _:
                pass
    return None


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
