"""What has to be started before code that works with an application can run, and which modules that takes.

In: an `ImportTree`, the `NeedsBoot` that says what asked for it. Out: a `Started`: the `Boot`, and the modules that
travel for it. Whether it is needed is `boot_rules`; what these modules import in turn is `whole`.
"""

from __future__ import annotations

import ast
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from migrator.domain.locations import Location
from migrator.domain.plans import Boot, BootKind, Dropped
from migrator.errors import Refused
from migrator.plan.booting.boot_rules import DECLARATIVE, NeedsBoot
from migrator.plan.looking.imported_names import absolute_name, dotted_name
from migrator.plan.looking.imports import ImportTree
from migrator.plan.looking.subclasses import module_of, subclasses
from migrator.plan.slicing.third_party import ThirdParty

START = "application_start"
"""The generated module that starts the application; it stands beside the handler."""

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


# How likely it is the one, its module, its place, the module again, its name, whether it has to be called.
_Application: TypeAlias = tuple[int, str, Location, str, str, bool]


@dataclass(frozen=True, slots=True)
class Started:
    """An application that starts with the slice.

    Attributes:
        modules: what travels for it, before its imports are followed.
        external: modules of other distributions that it imports by name.
        settings: modules whose texts are read as settings, as far as starting needs them.
        dropped: what was chosen among several, with the other choices.
    """

    boot: Boot
    modules: tuple[str, ...]
    dropped: tuple[Dropped, ...] = ()
    external: tuple[ThirdParty, ...] = ()
    settings: tuple[str, ...] = ()


def find_boot(imports: ImportTree, needed: NeedsBoot, settings_module: str = "") -> Started:
    """Find what starts the application.

    Args:
        settings_module: Django's, where the user names it.

    Raises:
        Refused: nothing in the tree says how the application is started.
    """
    match needed.kind:
        case BootKind.DJANGO:
            return _django(imports, needed, settings_module)
        case BootKind.FLASK:
            return _flask(imports, needed)
        case BootKind.MAPPED:
            return _mapped(imports, needed)


# -- Django


def _django(imports: ImportTree, needed: NeedsBoot, named: str) -> Started:
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


# -- Flask


def _flask(imports: ImportTree, needed: NeedsBoot) -> Started:
    found = imports.once(_applications, "")
    if not found:
        raise Refused(
            f"the code works inside a Flask application, and none was found that can be made without arguments: "
            f"{needed.reason}",
            hint="give the tree a function that makes the application and can be called without arguments, "
            "or cut the function out alone: --strategy function",
            location=str(needed.location),
        )
    _, _, place, module, name, called = found[0]
    dropped = tuple(
        Dropped(f"{other[2]}: {other[3]}.{other[4]}", f"makes an application too; {module}.{name} is started")
        for other in found[1:]
    )
    factory = f"{module}.{name}" + ("()" if called else "")
    boot = Boot(BootKind.FLASK, START, f"{needed.told}; made at {place}", factory=factory, application="application")
    # An application may look for its models by itself, folder by folder, so that no import names them.
    mapped = imports.once(_mapped_modules, "")
    return Started(boot, (module, *sorted(mapped - {module})), dropped)


def _applications(imports: ImportTree, _: str) -> Sequence[_Application]:
    """Functions that make and give back an application, and applications that a module holds; the likeliest first."""
    return sorted(_applications_in(imports), key=lambda each: each[:2])


def _applications_in(imports: ImportTree) -> Iterator[_Application]:
    makers = _flask_classes(imports)
    for module_name, file in imports.tree.modules.items():
        if not any(maker.rpartition(".")[2] in file.text for maker in makers):
            continue
        module = imports.module(module_name)
        if module is None:
            continue
        names = imports.names(module_name)
        for statement in module.body:
            match statement:
                case ast.FunctionDef(name=name, args=arguments):
                    required = len(arguments.args) + len(arguments.posonlyargs) - len(arguments.defaults)
                    made = {
                        target.id
                        for node in ast.walk(statement)
                        if isinstance(node, ast.Assign)
                        and isinstance(node.value, ast.Call)
                        and absolute_name(node.value.func, names, file) in makers
                        for target in node.targets
                        if isinstance(target, ast.Name)
                    }
                    gives = any(
                        isinstance(node, ast.Return) and isinstance(node.value, ast.Name) and node.value.id in made
                        for node in ast.walk(statement)
                    )
                    if gives and required == 0 and None not in arguments.kw_defaults:
                        yield 0, module_name, _place(file.path, statement), module_name, name, True
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=called)):
                    if absolute_name(called, names, file) in makers:
                        yield 1, module_name, _place(file.path, statement), module_name, name, False


def _flask_classes(imports: ImportTree) -> frozenset[str]:
    return frozenset({"flask.Flask", "flask.app.Flask"}) | subclasses(imports, {"flask.Flask", "flask.app.Flask"})


# -- classes that are mapped to tables


def _mapped(imports: ImportTree, needed: NeedsBoot) -> Started:
    modules = tuple(sorted(imports.once(_mapped_modules, "")))
    boot = Boot(BootKind.MAPPED, START, needed.told, imports=modules)
    return Started(boot, modules)


def _mapped_modules(imports: ImportTree, _: str) -> frozenset[str]:
    """Modules that hold a mapped class, or a table that relationships name by a text."""
    classes = {module_of(imports, each) for each in subclasses(imports, DECLARATIVE)}
    return frozenset(classes | {name for name in imports.tree.modules if _holds_table(imports, name)})


def _holds_table(imports: ImportTree, name: str) -> bool:
    """Whether a module makes a table as SQLAlchemy does: `Table("name", ..., Column(...))`, from wherever it has both."""
    if "Table(" not in imports.tree.modules[name].text:
        return False
    module = imports.module(name)
    for statement in module.body if module is not None else ():
        match statement:
            case (
                ast.Assign(value=ast.Call(func=func, args=[ast.Constant(value=str()), *rest]))
                | ast.Expr(value=ast.Call(func=func, args=[ast.Constant(value=str()), *rest]))
            ) if dotted_name(func).rpartition(".")[2] == "Table":
                if any(
                    isinstance(each, ast.Call) and dotted_name(each.func).rpartition(".")[2] == "Column"
                    for each in rest
                ):
                    return True
    return False


def _place(path: str, node: ast.stmt) -> Location:
    return Location(path, node.lineno, node.end_lineno or node.lineno, node.col_offset + 1)
