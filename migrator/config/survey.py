"""What can be said of a monolith from its files alone, before anything is analyzed.

In: a `SourceTree`. Out: a `Survey`: source roots, frameworks by their imports, Django's settings module, folders to
leave out, the Python version. How it is written down is `draft`.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from migrator.source import SourceFile, SourceTree

FRAMEWORKS: Mapping[str, str] = {
    "aiohttp": "aiohttp",
    "apscheduler": "APScheduler",
    "arq": "arq",
    "blinker": "blinker",
    "celery": "Celery",
    "channels": "Django Channels",
    "click": "Click",
    "django": "Django",
    "dramatiq": "Dramatiq",
    "falcon": "Falcon",
    "fastapi": "FastAPI",
    "flask": "Flask",
    "flask_restful": "Flask-RESTful",
    "flask_restx": "Flask-RESTX",
    "huey": "Huey",
    "kafka": "kafka-python",
    "pluggy": "pluggy",
    "pyramid": "Pyramid",
    "rest_framework": "Django REST framework",
    "rq": "RQ",
    "sqlalchemy": "SQLAlchemy",
    "starlette": "Starlette",
    "tornado": "Tornado",
    "typer": "Typer",
}
"""Frameworks that start functions, or that effects go through, by the top-level module that is imported."""

_LEFT_OUT: Mapping[str, str] = {
    "migrations": "schema migrations, run by hand",
    "alembic": "schema migrations, run by hand",
    "vendor": "code of others",
    "vendored": "code of others",
    "_vendor": "code of others",
    "third_party": "code of others",
    "thirdparty": "code of others",
    "testing": "code for tests",
    "test_utils": "code for tests",
    "docs": "documentation",
    "examples": "examples",
}
_TESTS = re.compile(r"(^|_)tests?($|_)")
_IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+(\w+)[\w.]*[ \t]+import\b|import[ \t]+(\w+))", re.MULTILINE)
_IMPORTS = re.compile(
    r"^[ \t]*(?:from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)|import[ \t]+([\w.]+))", re.MULTILINE
)
_SETTINGS = re.compile(r"""DJANGO_SETTINGS_MODULE["'][^\w"']{1,6}["']([\w.]+)["']""")
_SAYS_SETTINGS = ("manage.py", "wsgi.py", "asgi.py", "celery.py", "celery_app.py", "__main__.py")
_REQUIRES = re.compile(r"\d+\.\d+")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A kind of folder to leave out: its name, how many files it holds, why, and how many files outside import it."""

    pattern: str
    files: int
    reason: str
    importers: int


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found.

    Attributes:
        roots: folders that stand on `sys.path`, `.` for the monolith's own.
        packages: the top-level modules and packages.
        frameworks: name, and the number of files that import it, the most used first.
        settings_module: Django's; empty where none is named.
        settings_place: path of the file that names it.
        exclude: folders that hold no code of the running system, by their names.
        python: the version that the project asks for, and the file that says so; empty where none does.
    """

    files: int
    roots: tuple[str, ...]
    packages: tuple[str, ...]
    frameworks: tuple[tuple[str, int], ...]
    settings_module: str
    settings_place: str
    exclude: tuple[LeftOut, ...]
    python: tuple[str, str]


def survey(tree: SourceTree) -> Survey:
    """Look at a tree."""
    settings_module, settings_place = _settings(tree)
    return Survey(
        files=len(tree.modules),
        roots=_roots(tree),
        packages=tuple(sorted({name.partition(".")[0] for name in tree.modules})),
        frameworks=_frameworks(tree),
        settings_module=settings_module,
        settings_place=settings_place,
        exclude=_exclude(tree),
        python=_python(tree.root),
    )


def _roots(tree: SourceTree) -> tuple[str, ...]:
    found: set[str] = set()
    for name, file in tree.modules.items():
        parts = PurePosixPath(file.path).with_suffix("").parts
        own = name.split(".")
        inside = parts[:-1] if file.is_package else parts
        if len(own) <= len(inside) and list(inside[len(inside) - len(own) :]) == own:
            found.add("/".join(inside[: len(inside) - len(own)]) or ".")
        else:
            found.add(".")  # the folder is itself inside a package
    return tuple(sorted(found))


def _frameworks(tree: SourceTree) -> tuple[tuple[str, int], ...]:
    counted: Counter[str] = Counter()
    for file in tree.modules.values():
        imported = {first or second for first, second in _IMPORT.findall(file.text)}
        counted.update(FRAMEWORKS[module] for module in imported & FRAMEWORKS.keys())
    return tuple(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def _settings(tree: SourceTree) -> tuple[str, str]:
    named: list[tuple[bool, bool, str, str]] = []
    for path, file in tree.by_path.items():
        for module in _SETTINGS.findall(file.text):
            unlikely = PurePosixPath(path).name not in _SAYS_SETTINGS
            named.append((unlikely, module not in tree.modules, path, module))
    if not named:
        return "", ""
    _, _, path, module = min(named)
    return module, path


def _exclude(tree: SourceTree) -> tuple[LeftOut, ...]:
    inside: dict[str, set[str]] = {}
    for path in tree.by_path:
        for folder in PurePosixPath(path).parts[:-1]:
            if folder in _LEFT_OUT or _TESTS.search(folder):
                inside.setdefault(folder, set()).add(path)
                break
    if not inside:
        return ()
    found: list[LeftOut] = []
    imported = {path: _imported(file) for path, file in tree.by_path.items()}
    outside = imported.keys() - set().union(*inside.values())
    for folder, paths in sorted(inside.items()):
        modules = {tree.by_path[path].name for path in paths}
        importers = sum(bool(imported[path] & modules) for path in outside)
        found.append(LeftOut(folder, len(paths), _LEFT_OUT.get(folder, "code for tests"), importers))
    return tuple(found)


def _imported(file: SourceFile) -> set[str]:
    """Every module that a file may import: what it names, and what is named within it."""
    package = file.name.split(".") if file.is_package else file.name.split(".")[:-1]
    found: set[str] = set()
    for dots, source, names, plain in _IMPORTS.findall(file.text):
        base = package[: len(package) - len(dots) + 1] if dots else []
        module = ".".join([*base, source] if source else base) or plain
        found.add(module)
        found.update(f"{module}.{name}" for name in re.findall(r"\w+", names))
    return found


def _python(root: Path) -> tuple[str, str]:
    for folder in (root, root.parent):
        for name in (".python-version", "runtime.txt"):
            version = _REQUIRES.search(_text(folder / name))
            if version is not None:
                return version.group(), name
        try:
            project = tomllib.loads(_text(folder / "pyproject.toml")).get("project", {})
        except (tomllib.TOMLDecodeError, RecursionError):
            continue
        requires = str(project.get("requires-python", "")) if isinstance(project, dict) else ""
        version = _REQUIRES.search(requires)
        if version is not None:
            return version.group(), "pyproject.toml"
    return "", ""


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
