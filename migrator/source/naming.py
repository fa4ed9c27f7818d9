"""Under which dotted name each file is imported.

In: the relative paths of the files and, for folders that could be either, the modules that the files import.
Out: path -> dotted name. No file is opened here.

Inside a regular package the name follows the folders. Above one, a folder without `__init__.py` is either an
import root (it stands on `sys.path`, like `src`) or a namespace package; the imports of the tree decide, and
where they are silent a folder that holds packages is a root and one that only holds scripts is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

_ROOT_FOLDERS = frozenset({"src", "lib", "python"})


class Names(NamedTuple):
    """Dotted names by path, and the paths whose natural name another path has, with that other path."""

    by_path: Mapping[str, str]
    shared: Mapping[str, str]


def name_files(
    paths: Sequence[str],
    imports: Mapping[str, int],
    *,
    prefix: Sequence[str] = (),
    roots: Sequence[str] = (),
) -> Names:
    """Dotted names of files.

    Args:
        paths: relative, with forward slashes.
        imports: every dotted name that the tree imports (prefixes included), with how often.
        prefix: the packages that the root itself stands in, outermost first.
        roots: import roots that the user states; they overrule what is found.

    Returns:
        A name for each path; where two paths have one name, the later of them is named by its whole path from the
        root, and left out if that is taken too.
    """
    stated = {root.strip("/").removeprefix("./") for root in roots}
    folders = _folders(paths)
    regular = {str(PurePosixPath(path).parent) for path in paths if path.rsplit("/", 1)[-1] == "__init__.py"}
    packages: dict[str, tuple[str, ...]] = {".": tuple(prefix)}
    for folder in sorted(folders, key=lambda name: (name.count("/"), name)):
        if folder != ".":
            packages[folder] = _package(folder, folders, regular, packages, imports, stated, bool(prefix))
    names: dict[str, str] = {}
    taken: dict[str, str] = {}
    shared: dict[str, str] = {}
    for path in paths:
        name = _join(packages[str(PurePosixPath(path).parent)], path)
        if name in taken:
            shared[path] = taken[name]
        else:
            taken[name] = path
            names[path] = name
    for path in shared:
        name = _join(tuple(PurePosixPath(path).parent.parts), path)
        if name not in taken:
            taken[name] = path
            names[path] = name
    return Names(names, shared)


def _folders(paths: Iterable[str]) -> dict[str, set[str]]:
    """Each folder with the modules and packages that stand directly in it."""
    folders: dict[str, set[str]] = {".": set()}
    for path in paths:
        parts = PurePosixPath(path).parts
        for depth, part in enumerate(parts):
            folder = "/".join(parts[:depth]) or "."
            folders.setdefault(folder, set()).add(part.removesuffix(".py"))
    return folders


def _package(
    folder: str,
    folders: Mapping[str, set[str]],
    regular: set[str],
    packages: Mapping[str, tuple[str, ...]],
    imports: Mapping[str, int],
    stated: set[str],
    inside_package: bool,
) -> tuple[str, ...]:
    parent = str(PurePosixPath(folder).parent)
    as_package = (*packages[parent], PurePosixPath(folder).name)
    if folder in stated:
        return ()
    if folder in regular or inside_package or _has_regular_above(parent, regular):
        return as_package
    children = folders[folder] - {"__init__"}
    dotted = ".".join(as_package)
    for_package = sum(imports.get(f"{dotted}.{child}", 0) for child in children)
    for_root = sum(imports.get(child, 0) for child in children)
    if for_package != for_root:
        return as_package if for_package > for_root else ()
    if PurePosixPath(folder).name in _ROOT_FOLDERS:
        return ()
    holds_package = any(f"{folder}/{child}" in regular for child in children)
    return () if holds_package else as_package


def _has_regular_above(folder: str, regular: set[str]) -> bool:
    while folder != ".":
        if folder in regular:
            return True
        folder = str(PurePosixPath(folder).parent)
    return "." in regular


def _join(package: Sequence[str], path: str) -> str:
    stem = PurePosixPath(path).name.removesuffix(".py")
    parts = (*package,) if stem == "__init__" else (*package, stem)
    return ".".join(parts) or "__init__"
