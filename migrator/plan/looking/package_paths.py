"""Which place in the monolith an expression names: `Path(__file__).parent / "fonts"`, `resources.files("shop")`.

In: an expression and the module that it stands in, or a module. Out: a `NamedPath`, or None; all that a module names. Nothing on the disk is looked at.
"""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from migrator.plan.looking.imported_names import absolute_name
from migrator.plan.looking.imports import ImportTree
from migrator.source import SourceFile

# How many names are followed from one to the next.
_DEEPEST = 8
_SAME = frozenset({"resolve", "absolute", "expanduser", "as_posix", "__str__"})
_SAME_FUNCTIONS = frozenset(
    [
        "os.fspath",
        "os.path.abspath",
        "os.path.expanduser",
        "os.path.normpath",
        "os.path.realpath",
        "pathlib.Path",
        "pathlib.PosixPath",
        "pathlib.PurePath",
        "str",
    ]
)
_FILES = frozenset({"importlib.resources.files", "importlib_resources.files", "importlib.resources.abc.files"})
# Functions that are told a package and a name in it.
_IN_PACKAGE = frozenset(
    [
        "importlib.resources.open_binary",
        "importlib.resources.open_text",
        "importlib.resources.path",
        "importlib.resources.read_binary",
        "importlib.resources.read_text",
        "importlib_resources.path",
        "importlib_resources.read_text",
        "pkg_resources.resource_filename",
        "pkg_resources.resource_listdir",
        "pkg_resources.resource_stream",
        "pkg_resources.resource_string",
        "pkgutil.get_data",
    ]
)
_LISTING = frozenset({"glob", "rglob"})


@dataclass(frozen=True, slots=True)
class NamedPath:
    """A place below the root.

    Attributes:
        path: relative to the root, with forward slashes.
        owner: the module whose place it is told by.
        named: whether the code adds a name of its own to the place of a module.
        open: whether more is added that is only known at run time.
        pattern: of the files that are listed below it, or an empty string.
    """

    path: str
    owner: str
    named: bool = False
    open: bool = False
    pattern: str = ""

    def above(self) -> NamedPath:
        """The folder that it lies in."""
        return replace(self, path=posixpath.dirname(self.path))

    def below(self, part: str | None) -> NamedPath:
        """A name added to it; None for one that is only known at run time."""
        if self.open or part is None:
            return replace(self, open=True)
        path = posixpath.normpath(posixpath.join(self.path, part))
        return replace(self, path="" if path == "." else path, named=True)


def paths_named_in(imports: ImportTree, name: str) -> Sequence[tuple[NamedPath, ast.expr]]:
    """Every place that a module names with a name of its own, and the outermost expression that does."""
    paths = PackagePaths(imports)
    file = imports.tree.modules[name]
    found: list[tuple[NamedPath, ast.expr]] = []
    waiting: list[ast.AST] = [imports.module(name) or ast.Module([], [])]
    while waiting:
        node = waiting.pop()
        named = paths.of(node, file) if isinstance(node, ast.expr) else None
        if named is None or isinstance(node, ast.Name):
            waiting.extend(ast.iter_child_nodes(node))
        elif named.named and isinstance(node, ast.expr):
            found.append((named, node))
    return found


def _values(imports: ImportTree, name: str) -> Mapping[str, Sequence[ast.expr]]:
    """Names of a module to what is assigned to them."""
    found: dict[str, list[ast.expr]] = {}
    nodes = imports.nodes(name)
    for node in (*nodes[ast.Assign], *nodes[ast.AnnAssign]):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                found.setdefault(name, []).append(value)
    return found


class PackagePaths:
    """Reads the expressions of one tree."""

    def __init__(self, imports: ImportTree) -> None:
        self._imports = imports

    def of(self, node: ast.expr, file: SourceFile, depth: int = 0) -> NamedPath | None:
        """The place that an expression names, or None where it names none of the monolith's."""
        if depth > _DEEPEST:
            return None
        match node:
            case ast.Name(id="__file__"):
                return NamedPath(file.path, file.name)
            case ast.Name(id=name):
                return self._named(name, file, depth)
            case ast.Attribute(value=value, attr="parent"):
                inner = self.of(value, file, depth + 1)
                return inner.above() if inner is not None else None
            case ast.Attribute():
                return self._in_module(node, file, depth)
            case ast.Subscript(value=ast.Attribute(value=value, attr="parents"), slice=ast.Constant(value=int(number))):
                inner = self.of(value, file, depth + 1)
                for _ in range(number + 1):
                    inner = inner.above() if inner is not None else None
                return inner
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                inner = self.of(left, file, depth + 1)
                return inner.below(_text(right)) if inner is not None else None
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                inner = self.of(left, file, depth + 1)
                text = _text(right)
                return inner.below(text.lstrip("/") if text is not None else None) if inner is not None else None
            case ast.JoinedStr(values=[ast.FormattedValue(value=value), *rest]):
                inner = self.of(value, file, depth + 1)
                for part in rest:
                    text = _text(part)
                    inner = inner.below(text.lstrip("/") if text is not None else None) if inner is not None else None
                return inner
            case ast.Call():
                return self._call(node, file, depth)
            case _:
                return None

    def _call(self, node: ast.Call, file: SourceFile, depth: int) -> NamedPath | None:
        called = absolute_name(node.func, self._names(file), file).removeprefix(f"{file.name}.")
        if called in _SAME_FUNCTIONS and node.args:
            return self._joined(node.args, file, depth)
        if called == "os.path.dirname" and node.args:
            inner = self.of(node.args[0], file, depth + 1)
            return inner.above() if inner is not None else None
        if called == "os.path.join" and node.args:
            return self._joined(node.args, file, depth)
        if called in _FILES:
            return self._package(node.args[0] if node.args else ast.Name("__package__"), file)
        if called in _IN_PACKAGE and len(node.args) > 1:
            package = self._package(node.args[0], file)
            return package.below(_text(node.args[1])) if package is not None else None
        if called in ("jinja2.PackageLoader", "jinja2.loaders.PackageLoader") and node.args:
            package = self._package(node.args[0], file)
            folder = _text(node.args[1]) if len(node.args) > 1 else "templates"
            return package.below(folder) if package is not None else None
        if isinstance(node.func, ast.Attribute):
            return self._method(node.func, node.args, file, depth)
        return None

    def _method(self, func: ast.Attribute, args: list[ast.expr], file: SourceFile, depth: int) -> NamedPath | None:
        inner = self.of(func.value, file, depth + 1)
        if inner is None or func.attr in _SAME:
            return inner
        if func.attr == "joinpath":
            for argument in args:
                inner = inner.below(_text(argument))
            return inner
        if func.attr == "with_name" and args:
            return inner.above().below(_text(args[0]))
        if func.attr in _LISTING and args:
            pattern = _text(args[0])
            if pattern is None:
                return replace(inner, open=True)
            return replace(inner, named=True, pattern=f"**/{pattern}" if func.attr == "rglob" else pattern)
        return None

    def _joined(self, args: list[ast.expr], file: SourceFile, depth: int) -> NamedPath | None:
        inner = self.of(args[0], file, depth + 1)
        for argument in args[1:]:
            inner = inner.below(_text(argument)) if inner is not None else None
        return inner

    def _package(self, node: ast.expr, file: SourceFile) -> NamedPath | None:
        """The folder of a package that is named by a text, a module, `__name__` or `__package__`."""
        match node:
            case ast.Constant(value=str(name)):
                pass
            case ast.Name(id="__name__"):
                name = file.name
            case ast.Name(id="__package__"):
                name = file.name if file.is_package else file.name.rpartition(".")[0]
            case ast.Name() | ast.Attribute():
                name = absolute_name(node, self._names(file), file)
            case _:
                return None
        found = self._imports.tree.modules.get(name)
        return NamedPath(posixpath.dirname(found.path), name) if found is not None else None

    def _named(self, name: str, file: SourceFile, depth: int) -> NamedPath | None:
        values = self._values(file).get(name, [])
        if len(values) == 1:
            return self.of(values[0], file, depth + 1)
        absolute = self._names(file).get(name, "") if not values else ""
        return self._absolute(absolute, depth)

    def _in_module(self, node: ast.Attribute, file: SourceFile, depth: int) -> NamedPath | None:
        return self._absolute(absolute_name(node, self._names(file), file), depth)

    def _absolute(self, absolute: str, depth: int) -> NamedPath | None:
        module, _, name = absolute.rpartition(".")
        home = self._imports.tree.modules.get(module)
        if home is None:
            return None
        if name == "__file__":
            return NamedPath(home.path, home.name)
        values = self._values(home).get(name, [])
        return self.of(values[0], home, depth + 1) if len(values) == 1 else None

    def _values(self, file: SourceFile) -> Mapping[str, Sequence[ast.expr]]:
        return self._imports.once(_values, file.name)

    def _names(self, file: SourceFile) -> Mapping[str, str]:
        return self._imports.names(file.name)


def _text(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
