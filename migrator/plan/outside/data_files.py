"""Files of the monolith's own packages that a slice reads: fonts, texts, templates, translations.

In: the carried code, the tree on the disk. Out: `DataFiles`: path in the slice to path below the root, and what could
not be carried. Found by the paths that the code builds on the place of a module (`package_paths`), by texts that name a
file of the package, and by the names of templates, which frameworks look up in folders called `templates`. Only files below the root are taken.
"""

from __future__ import annotations

import ast
import fnmatch
import os
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from migrator.cloud_facts.facts import most
from migrator.domain.plans import BootKind, Dropped
from migrator.plan.looking.imports import ImportTree
from migrator.plan.looking.package_paths import NamedPath, paths_named_in
from migrator.plan.slicing.carried import Carried

MOST_BYTES = most("lambda.unzipped_bytes")
"""Of all files together: what a function and its layers may have unzipped."""

_CODE = (".py", ".pyc", ".pyo", ".pyi")
# Of a whole folder: code comes by its imports, and `.po` files are what translators work on.
_NOT_READ = (*_CODE, ".po", ".pot")
# One of them stands in every module that finds a file by the place of a module or package.
_WORDS = ("__file__", "resources", "pkgutil", "PackageLoader")
_SKIPPED_FOLDERS = frozenset({"__pycache__", "node_modules", ".git", ".venv", "venv"})
# Folders in which Django, Flask and Jinja look for templates, and gettext for translations, by their own convention.
_TEMPLATES = frozenset({"templates", "jinja2"})
_TRANSLATIONS = frozenset({"locale", "translations"})
_TEMPLATE_NAME = re.compile(r"[\w@./+-]+\.[A-Za-z][A-Za-z0-9]{1,7}")
# The same in the text of a module, where it may be in a comment too.
_QUOTED_NAME = re.compile(rf"""["']({_TEMPLATE_NAME.pattern})["']""")
_INSIDE_TEMPLATES = re.compile(r"""\{%-?\s*(?:extends|include|import|from)\s+["']([^"'{}]+)["']""")


@dataclass(frozen=True, slots=True)
class DataFiles:
    """Files that come along.

    Attributes:
        paths: path in the slice to path below the root, sorted.
        contents: path in the slice to bytes.
    """

    paths: Mapping[str, str]
    contents: Mapping[str, bytes]
    dropped: tuple[Dropped, ...] = ()


def data_files(imports: ImportTree, carried: Mapping[str, Carried], boot: BootKind | None = None) -> DataFiles:
    """Find and read them.

    Args:
        boot: a web application that is started may render and translate anything: the templates and the compiled
            translations of all its packages come along.
    """
    finder = _Finder(imports, carried)
    for each in _telling(imports, carried):
        finder.by_path(each)
    for each in carried.values():
        finder.by_name(each)
    if boot in (BootKind.DJANGO, BootKind.FLASK):
        finder.of_application()
    else:
        finder.by_template_name()
    return finder.result()


def _telling(imports: ImportTree, carried: Mapping[str, Carried]) -> Iterator[Carried]:
    """Modules that may build a path: those with a word for it, and those that import from one that has `__file__`."""
    places = {name for name, file in imports.tree.modules.items() if "__file__" in file.text}
    for name, each in carried.items():
        if any(word in each.file.text for word in _WORDS) or any(
            imported.module in places or f"{imported.module}.{imported.attribute}" in places
            for imported in imports.of(name)
        ):
            yield each


class _Finder:
    def __init__(self, imports: ImportTree, carried: Mapping[str, Carried]) -> None:
        self._imports = imports
        self._tree = imports.tree
        self._carried = carried
        self._found: dict[str, str] = {}
        self._dropped: dict[Dropped, None] = {}

    def result(self) -> DataFiles:
        contents: dict[str, bytes] = {}
        paths: dict[str, str] = {}
        total = 0
        for target, path in sorted(self._found.items()):
            try:
                size = (self._tree.root / path).stat().st_size
                if total + size > MOST_BYTES:
                    self._dropped[Dropped(path, "is more than a function may hold; keep it in a store of objects")] = (
                        None
                    )
                    continue
                contents[target] = (self._tree.root / path).read_bytes()
            except OSError as error:
                self._dropped[Dropped(path, f"cannot be read: {error.strerror}")] = None
                continue
            total += size
            paths[target] = path
        return DataFiles(paths, contents, tuple(self._dropped))

    # -- paths that the code builds

    def by_path(self, carried: Carried) -> None:
        for named, node in carried.imports.once(paths_named_in, carried.file.name):
            if carried.holds(node):
                self._take(named, str(carried.at(node)))

    def _take(self, named: NamedPath, place: str) -> None:
        full = self._tree.root / named.path
        if named.path.startswith("..") or not full.exists():
            return  # made at run time, or not below the root
        if full.is_file():
            if not named.open:
                self._add(named.path, named.owner, place)
            return
        if named.pattern:
            below = [path for path in self._imports.once(_below, named.path) if _matches(path, named)]
        elif self._holds_modules(named.path):
            shown = named.path or "the root"
            told = Dropped(f"{place}: a file of {shown}", "only known at run time, so that it is not carried")
            self._dropped[told] = None
            return
        else:
            below = list(self._imports.once(_below, named.path))
        for path in below:
            self._add(path, named.owner, place)

    def _holds_modules(self, folder: str) -> bool:
        prefix = f"{folder}/" if folder else ""
        return any(path.startswith(prefix) for path in self._tree.by_path)

    def _add(self, path: str, owner: str, place: str) -> None:
        target = self._in_slice(path, owner)
        if target is None:
            told = Dropped(f"{place}: {path}", "lies outside of the folder that the modules are imported from")
            self._dropped[told] = None
        elif path not in self._tree.by_path or self._tree.by_path[path].name not in self._carried:
            self._found[target] = path

    def _in_slice(self, path: str, owner: str) -> str | None:
        """Where a file lies in the slice: as far from the module that asks for it as in the monolith."""
        file = self._tree.modules[owner]
        here = posixpath.dirname(file.path).split("/") if "/" in file.path else []
        there = file.name.split(".") if file.is_package else file.name.split(".")[:-1]
        while here and there and here[-1] == there[-1]:
            here, there = here[:-1], there[:-1]
        parts = path.split("/")
        if parts[: len(here)] != here:
            return None
        return "/".join([*there, *parts[len(here) :]])

    def by_name(self, carried: Carried) -> None:
        """A text that is the name of a file in the module's own package or in the outermost one.

        So are files named that helpers and frameworks open (`open_resource`, a `root_path` of one's own).
        """
        here = posixpath.dirname(carried.file.path)
        top = carried.file.name.split(".", 1)[0]
        outermost = self._tree.modules.get(top)
        folders = {here, posixpath.dirname(outermost.path)} if outermost is not None else {here}
        there = [
            (folder, name)
            for name in sorted(set(_QUOTED_NAME.findall(carried.file.text)))
            if not name.startswith("/") and ".." not in name and not name.endswith(_CODE)
            for folder in sorted(folders - {""})
            if (self._tree.root / folder / name).is_file()
        ]
        if there:
            named = set(_template_names(carried))
            for folder, name in there:
                if name in named:
                    self._add(f"{folder}/{name}", carried.file.name, name)

    # -- templates and translations, by the conventions of frameworks

    def by_template_name(self) -> None:
        folders = list(self._folders(_TEMPLATES))
        if not folders:
            return
        waiting = [name for each in self._carried.values() for name in _template_names(each)]
        seen: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in seen or name.startswith("/") or ".." in name:
                continue
            seen.add(name)
            for folder, owner in folders:
                path = f"{folder}/{name}"
                full = self._tree.root / path
                if full.is_file() and not name.endswith(_CODE):
                    self._add(path, owner, name)
                    waiting.extend(_INSIDE_TEMPLATES.findall(full.read_text("utf-8", "replace")))

    def of_application(self) -> None:
        """All templates and compiled translations of the packages that travel."""
        for folder, owner in self._folders(_TEMPLATES):
            for path in self._imports.once(_below, folder):
                self._add(path, owner, folder)
        for folder, owner in self._folders(_TRANSLATIONS):
            for path in self._imports.once(_below, folder):
                if path.endswith(".mo"):
                    self._add(path, owner, folder)

    def _folders(self, names: frozenset[str]) -> Iterator[tuple[str, str]]:
        """Folders of these names in packages that travel, and the package of each."""
        for name, each in sorted(self._carried.items()):
            if not each.file.is_package:
                continue
            package = posixpath.dirname(each.file.path)
            for folder in sorted(names):
                if (self._tree.root / package / folder).is_dir():
                    yield posixpath.join(package, folder), name


def _below(imports: ImportTree, folder: str) -> Sequence[str]:
    """The files below a folder that code may read, by their paths below the root."""
    root = imports.tree.root
    found: list[str] = []
    for top, folders, files in os.walk(root / folder):
        folders[:] = sorted(set(folders) - _SKIPPED_FOLDERS)
        here = os.path.relpath(top, root).replace(os.sep, "/")
        found.extend(posixpath.join(here, name) for name in sorted(files) if not name.endswith(_NOT_READ))
    return found


def _matches(path: str, named: NamedPath) -> bool:
    inside = path[len(named.path) :].lstrip("/")
    if named.pattern.startswith("**/"):
        return fnmatch.fnmatch(posixpath.basename(inside), named.pattern[3:])
    return inside.count("/") == named.pattern.count("/") and fnmatch.fnmatch(inside, named.pattern)


def _template_names(carried: Carried) -> Iterator[str]:
    for node in carried.nodes(ast.Constant):
        if isinstance(node.value, str) and _TEMPLATE_NAME.fullmatch(node.value):
            yield node.value
