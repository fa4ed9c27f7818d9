"""Modules that the code of a slice imports from the monolith and that cannot come along.

In: a `SourceTree`, its imports, the files that could not be read, and the imports of a slice that led to no module.
Out: the first that the slice cannot do without, as an error with its place: a file that nobody could read, a compiled
extension without its source. What need not succeed (`try` with `except ImportError`, an import inside a function) is
not in the way; it is listed with the rest of what stays behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from migrator.domain.assessments import Skipped
from migrator.domain.locations import Location
from migrator.errors import InputError, MigratorError, Refused
from migrator.plan.looking.guards import Guard
from migrator.plan.looking.imports import ImportTree
from migrator.plan.slicing.third_party import ThirdParty
from migrator.source import SourceTree

_BINARY = (".so", ".pyd", ".dylib")
_UNBUILT = (".pyx", ".pxd", ".c", ".cpp", ".rs")
_NO_SOURCE = (*_BINARY, *_UNBUILT)


def unread_modules(tree: SourceTree, skipped: Iterable[Skipped]) -> Mapping[str, Skipped]:
    """Files that could not be read, by every dotted name that an import may have for them."""
    names = {file.path: name for name, file in tree.modules.items()}
    found: dict[str, Skipped] = {}
    for entry in sorted({*tree.skipped, *skipped}, key=lambda each: (each.path, each.line, each.column)):
        if (own := names.get(entry.path)) is not None:
            found.setdefault(own, entry)
            continue
        stem = _stem(entry.path)
        for root in _roots(tree):
            if stem.startswith(root):
                found.setdefault(stem.removeprefix(root).replace("/", "."), entry)
    return found


def unread_behind(
    imports: ImportTree, unread: Mapping[str, Skipped], places: Iterable[Location]
) -> tuple[Skipped, ...]:
    """Files that could not be read and that the modules with these places import."""
    found: dict[Skipped, None] = {}
    for path in sorted({place.path for place in places}):
        file = imports.tree.by_path.get(path)
        for imported in imports.of(file.name) if file is not None else ():
            for name in (imported.module, f"{imported.module}.{imported.attribute}"):
                if name in unread:
                    found[unread[name]] = None
    return tuple(found)


def in_the_way(
    imports: ImportTree,
    unread: Mapping[str, Skipped],
    external: Iterable[ThirdParty],
    missing: Iterable[ThirdParty],
) -> MigratorError | None:
    """What keeps a slice from being imported, or None.

    Args:
        unread: as `unread_modules` gives it.
        external: imports of the slice that are no modules of the tree.
        missing: imports of what a package of the tree should hold and does not.
    """
    for imported in sorted({*external, *missing}, key=lambda each: (each.location, each.module, each.attribute)):
        if not _must_succeed(imports, imported):
            continue
        for name in _asked(imported):
            if (entry := unread.get(name)) is not None and not imports.is_module(name):
                return InputError(
                    f"{name}, which {imported.location} imports, could not be read: {entry.reason}",
                    hint="mend the file, then try again",
                    location=f"{entry.path}:{entry.line}:{entry.column}",
                )
    beside = _beside(imports.tree)
    missing = {*missing, *(each for each in external if each.module in beside)}
    for imported in sorted(missing, key=lambda each: (each.location, each.module)):
        # A name that a module of the tree should have may come about when it runs; what is no module cannot.
        known = imports.is_module(imported.module)
        name = _asked(imported)[0] if known else imported.module
        absent = not known or any(_files(imports.tree, name, _NO_SOURCE))
        if absent and _must_succeed(imports, imported):
            return _no_source(imports.tree, name, imported.location)
    return None


def _stem(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__")


def _no_source(tree: SourceTree, name: str, asked_at: Location) -> Refused:
    binary, unbuilt = (next(_files(tree, name, endings), "") for endings in (_BINARY, _UNBUILT))
    wheel = "make a wheel of it and import it from there"
    softly = "let the import fail softly (try, except ImportError, with Python code instead)"
    hint = f"{wheel}, or {softly}"
    if binary:
        what = f"a compiled extension without Python source ({binary}, built for this machine)"
    elif unbuilt:
        what = f"built from {unbuilt}, which a service does not build"
    else:
        what = "not among the monolith's files: generated, compiled, or installed into its package"
        hint = f"generate it into the folder first, if it is generated; else {hint}"
    return Refused(
        f"{name} cannot travel: it is {what}, and the slice does not start without it",
        hint=hint,
        location=str(asked_at),
    )


def _must_succeed(imports: ImportTree, imported: ThirdParty) -> bool:
    """Whether importing the module of a place fails where this import does."""
    if imports.guard(imported.location) in (Guard.MAY_FAIL, Guard.TYPES_ONLY):
        return False
    file = imports.tree.by_path.get(imported.location.path)
    here = [
        each
        for each in (imports.of(file.name) if file is not None else ())
        if each.location.line == imported.location.line
    ]
    return not here or not all(each.lazy for each in here)


def _asked(imported: ThirdParty) -> Sequence[str]:
    """The dotted names that an import may load, the longest first."""
    if imported.attribute in ("", "*"):
        return (imported.module,)
    return (f"{imported.module}.{imported.attribute}", imported.module)


def _files(tree: SourceTree, module: str, endings: Sequence[str]) -> Iterator[str]:
    """Files that a module may be loaded or built from, relative to the root."""
    package, _, last = module.rpartition(".")
    if not package:
        folders = [tree.root / root for root in _roots(tree)]
    elif package in tree.modules and tree.modules[package].is_package:
        folders = [(tree.root / tree.modules[package].path).parent]
    else:
        return
    for folder in folders:
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.name.partition(".")[0] == last and path.name.endswith(tuple(endings)):
                yield path.relative_to(tree.root).as_posix()


def _beside(tree: SourceTree) -> frozenset[str]:
    """Names of compiled extensions that stand where modules of the tree are imported from."""
    folders = [tree.root / root for root in _roots(tree)]
    return frozenset(
        path.name.partition(".")[0]
        for folder in folders
        if folder.is_dir()
        for path in folder.iterdir()
        if path.name.endswith(_BINARY)
    )


def _roots(tree: SourceTree) -> Sequence[str]:
    """Folders that modules are imported from, relative to the root, each with a slash behind it."""
    return sorted({_stem(file.path).removesuffix(name.replace(".", "/")) for name, file in tree.modules.items()} | {""})
