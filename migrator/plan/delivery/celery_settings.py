"""What the configuration of Celery says of every task, as far as it stands in the code as literals.

In: a `SourceTree`. Out: `Settings`: the values by Celery's present names, each with its place. Settings are found
wherever code writes them: `app.conf.update(...)`, `app.conf.name = ...`, `app.conf["name"] = ...`, keyword arguments
of `Celery(...)`, and module constants `CELERY_...` of Django's settings. Values that only the environment knows are
left out.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from migrator.domain.json import JsonValue
from migrator.domain.locations import Location
from migrator.plan.looking.constants import Constants, Unknown
from migrator.plan.looking.parsed import parsed
from migrator.source import SourceFile, SourceTree

# The settings that change what a run of a task means ("Configuration and defaults" of Celery 5).
_MEANT = frozenset(
    {
        "enable_utc",
        "task_acks_late",
        "task_acks_on_failure_or_timeout",
        "task_annotations",
        "task_default_rate_limit",
        "task_ignore_result",
        "task_reject_on_worker_lost",
        "task_serializer",
        "task_soft_time_limit",
        "task_time_limit",
        "timezone",
    }
)
_ASKED = re.compile("|".join(sorted(name.removeprefix("task_") for name in _MEANT)), re.IGNORECASE)
# Celery 3's names, where taking `CELERY_` or `CELERYD_` off is not enough.
_OLD = {
    "acks_late": "task_acks_late",
    "annotations": "task_annotations",
    "default_rate_limit": "task_default_rate_limit",
    "ignore_result": "task_ignore_result",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting and where it stands."""

    value: JsonValue
    location: Location


def celery_settings(tree: SourceTree, constants: Constants) -> Mapping[str, Setting]:
    """Settings by name; one that is written twice with two values is left out."""
    found: dict[str, Setting | None] = {}
    for file in tree.modules.values():
        if _ASKED.search(file.text) is None or "celery" not in file.text.lower():
            continue
        for name, node in _written(parsed(file)):
            if name not in _MEANT or isinstance(value := constants.of(node, file), Unknown):
                continue
            setting = Setting(value, Location(file.path, node.lineno, column=node.col_offset + 1))
            before = found.setdefault(name, setting)
            if before is not None and before.value != value:
                found[name] = None
    return {name: setting for name, setting in found.items() if setting is not None}


def _written(module: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.walk(module):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Attribute(attr="conf"), attr="update"), keywords=words):
                yield from ((word.arg, word.value) for word in words if word.arg)
                yield from _pairs(node.args)
            case ast.Call(func=ast.Name(id="Celery") | ast.Attribute(attr="Celery"), keywords=words):
                yield from ((word.arg, word.value) for word in words if word.arg)
            case ast.Assign(targets=[ast.Attribute(value=ast.Attribute(attr="conf"), attr=name)], value=value):
                yield name, value
            case ast.Assign(
                targets=[ast.Subscript(value=ast.Attribute(attr="conf"), slice=ast.Constant(value=str(name)))],
                value=value,
            ):
                yield _present(name), value
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name.startswith("CELERY"):
                yield _present(name), value


def _pairs(arguments: list[ast.expr]) -> Iterator[tuple[str, ast.expr]]:
    for argument in arguments:
        if isinstance(argument, ast.Dict):
            for key, value in zip(argument.keys, argument.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield _present(key.value), value


def _present(name: str) -> str:
    """Celery's present name of a setting, whatever its age and namespace."""
    if not name.isupper():
        return name
    bare = name.removeprefix("CELERYD_").removeprefix("CELERY_").lower()
    return _OLD.get(bare, bare)


def timezone_of(settings: Mapping[str, Setting]) -> str:
    """The time zone of Celery's clock; UTC where nothing says another."""
    found = settings.get("timezone")
    return found.value if found is not None and isinstance(found.value, str) and found.value else "UTC"


def place_in(file: SourceFile, node: ast.AST) -> Location:
    """Where a node stands."""
    return Location(file.path, getattr(node, "lineno", 1), column=getattr(node, "col_offset", 0) + 1)
