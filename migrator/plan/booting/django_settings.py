"""How Django is set up: the settings module of the running system, and what it names.

In: an `ImportTree`, the `NeedsBoot` that says what asked for it. Out: a `Started`.
"""

from __future__ import annotations

import ast
import re
from collections import deque
from collections.abc import Iterable, Iterator

from migrator.domain.locations import Location
from migrator.domain.plans import Boot, BootKind, Dropped
from migrator.errors import Refused
from migrator.plan.booting.boot_rules import NeedsBoot
from migrator.plan.booting.started import START, Started
from migrator.plan.looking.imports import ImportTree
from migrator.plan.slicing.third_party import ThirdParty

_NAMED = re.compile(r"""DJANGO_SETTINGS_MODULE["'][^\w"']{1,6}["']([\w.]+)["']""")
# Files that say it for the running system, the likeliest first.
_SAYS = ("wsgi.py", "asgi.py", "celery.py", "celery_app.py", "manage.py", "__main__.py")
_NOT_RUNNING = re.compile(r"(^|[._])(tests?|testing|dev|development|local|build\w*|ci)($|[._])")
# What is copied to make the settings of an installation, `settings_example.py` for `settings.py`.
_PATTERNS = ("_default", "_defaults", "_dist", "_example", "_sample", "_template")
# What Django imports of each application by itself: when it starts, and when a template asks for tags.
_OF_EACH_APP = ("apps", "models", "templatetags")
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+|[A-Za-z_]\w*")
# The name of a class in a module of a package: lower case but for the last part. `auth.User` is a model.
_CLASS = re.compile(r"[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)+\.[A-Z]\w*")
# Settings that only serving requests by Django's own handler reads.
_SERVING = frozenset({"ASGI_APPLICATION", "MIDDLEWARE", "WSGI_APPLICATION"})


def start_django(imports: ImportTree, needed: NeedsBoot, named: str) -> Started:
    """Django, set up with its settings.

    Args:
        named: the settings module, where the user names it.

    Raises:
        Refused: the tree has no settings module that says what its applications are.
    """
    dropped: list[Dropped] = []
    chosen, why = (named, "named by the configuration") if named else _settings_module(imports)
    if chosen not in imports.tree.modules:
        others = _settings_like(imports, chosen)
        if not others or named:
            raise Refused(
                f"the code needs Django to be set up, and its settings module is not known: {needed.reason}"
                + (f"\n  {chosen} is {why}, and the tree has no such module" if chosen else ""),
                hint="name it in migrator.toml: [source] settings_module, and have its file below the folder",
                location=str(needed.location),
            )
        missing, chosen = chosen, others[0]
        place = Location(imports.tree.modules[chosen].path, 1)
        said = f"{missing} is {why} and not in the tree; " if missing else ""
        also = f"; there are {', '.join(others[1:])} too" if others[1:] else ""
        dropped.append(
            Dropped(f"{place}: {chosen}", f"{said}taken as Django's settings, because it lists its apps{also}")
        )
    modules = [chosen]
    settings = _with_own_stars(imports, chosen)
    for text in _texts(imports, settings):
        modules.extend(_loaded_by(imports, text))
    boot = Boot(BootKind.DJANGO, START, needed.told, settings_module=chosen)
    external = _named_libraries(imports, settings)
    return Started(boot, tuple(dict.fromkeys(modules)), tuple(dropped), tuple(external), settings)


def _settings_module(imports: ImportTree) -> tuple[str, str]:
    found: list[tuple[bool, int, str, str]] = []
    for file in imports.tree.modules.values():
        if "DJANGO_SETTINGS_MODULE" not in file.text:
            continue
        base = file.path.rpartition("/")[2]
        for match in _NAMED.finditer(file.text):
            rank = _SAYS.index(base) if base in _SAYS else len(_SAYS)
            line = file.text.count("\n", 0, match.start()) + 1
            found.append((bool(_NOT_RUNNING.search(match[1])), rank, match[1], f"named by {file.path}:{line}"))
    if not found:
        return "", ""
    _, _, module, why = min(found)
    return module, why


def _settings_like(imports: ImportTree, missing: str) -> tuple[str, ...]:
    """Modules that list the applications themselves: patterns of the missing one first, then the running system's."""
    patterns = {f"{missing}{ending}" for ending in _PATTERNS} if missing else frozenset()
    found = [
        name
        for name, file in imports.tree.modules.items()
        if ("settings" in name or name in patterns) and re.search(r"^INSTALLED_APPS\b", file.text, re.MULTILINE)
    ]
    return tuple(
        sorted(found, key=lambda name: (name not in patterns, bool(_NOT_RUNNING.search(name)), name.count("."), name))
    )


def _with_own_stars(imports: ImportTree, name: str) -> tuple[str, ...]:
    """A settings module and those that it takes everything of."""
    found: dict[str, None] = {}
    waiting = deque([name])
    while waiting:
        current = waiting.popleft()
        if current in found or current not in imports.tree.modules:
            continue
        found[current] = None
        waiting.extend(each.module for each in imports.of(current) if each.attribute == "*")
    return tuple(found)


def _texts(imports: ImportTree, names: Iterable[str]) -> Iterator[str]:
    """Every text in settings that may be the name of something to import."""
    for name in names:
        module = imports.module(name)
        for statement in module.body if module is not None else ():
            targets = getattr(statement, "targets", [getattr(statement, "target", None)])
            if any(isinstance(each, ast.Name) and each.id in _SERVING for each in targets):
                continue
            for node in ast.walk(statement):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and _DOTTED.fullmatch(node.value):
                    yield node.value


def _named_libraries(imports: ImportTree, names: Iterable[str]) -> Iterator[ThirdParty]:
    """Applications and classes of other distributions that settings name, whatever the circumstances."""
    for name in names:
        module = imports.module(name)
        for statement in module.body if module is not None else ():
            targets = getattr(statement, "targets", [getattr(statement, "target", None)])
            given = {each.id for each in targets if isinstance(each, ast.Name)}
            value = getattr(statement, "value", None)
            if value is None or given & _SERVING:
                continue
            for node in ast.walk(value):
                if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
                    continue
                text = node.value
                listed = "INSTALLED_APPS" in given and _DOTTED.fullmatch(text)
                if (listed or _CLASS.fullmatch(text)) and not imports.is_module(text.split(".", 1)[0]):
                    owner = text if listed and "." not in text else text.rpartition(".")[0]
                    place = Location(
                        imports.tree.modules[name].path,
                        node.lineno,
                        node.end_lineno or node.lineno,
                        node.col_offset + 1,
                    )
                    yield ThirdParty(owner, place)


def _loaded_by(imports: ImportTree, text: str) -> Iterator[str]:
    """The modules that a dotted text of the settings stands for: an application, or something in a module."""
    if "." not in text and text not in imports.tree.modules:
        return
    parts = text.split(".")
    for depth in range(len(parts), 0, -1):
        name = ".".join(parts[:depth])
        if name in imports.tree.modules:
            yield name
            package = name if imports.tree.modules[name].is_package else name.rpartition(".")[0]
            if depth == len(parts) or parts[depth - 1] == "apps":
                for part in _OF_EACH_APP:
                    inside = f"{package}.{part}"
                    yield from (
                        each for each in imports.tree.modules if each == inside or each.startswith(f"{inside}.")
                    )
            return
