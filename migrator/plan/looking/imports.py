"""What each module of a tree imports, read by `ast`: fast enough for a whole monolith.

In: a `SourceTree`. Out: `ImportTree`. Names are those of the module as a whole; which definition uses which is left
to `reading`, which is a hundred times slower.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from migrator.domain.locations import Location
from migrator.plan.looking.guards import Guard, guarded
from migrator.plan.looking.imported_names import absolute_module, absolute_names, dotted_name
from migrator.plan.looking.kinds import nodes_by_kind
from migrator.plan.looking.parsed import parsed
from migrator.source import SourceFile, SourceTree

_About = TypeVar("_About", bound=Hashable)
_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class ImportedHere:
    """One name that a module imports.

    Attributes:
        module: absolute dotted name; an empty string for a relative import that leaves its package.
        attribute: what is taken from it, `*` for all, an empty string for `import module`.
        lazy: whether it stands inside a function, so that importing the module does not run it.
    """

    module: str
    attribute: str
    location: Location
    lazy: bool = False


class ImportTree:
    """Reads the imports of each module of one tree once."""

    def __init__(self, tree: SourceTree) -> None:
        self.tree = tree
        self._modules: dict[str, ast.Module | None] = {}
        self._imports: dict[str, tuple[ImportedHere, ...]] = {}
        self._found: dict[tuple[object, Hashable], object] = {}
        self._packages = {
            ".".join(name.split(".")[:depth]) for name in tree.modules for depth in range(1, name.count(".") + 1)
        }

    def is_module(self, name: str) -> bool:
        """Whether a module or a package of the monolith has this name."""
        return name in self.tree.modules or name in self._packages

    def module(self, name: str) -> ast.Module | None:
        """The parsed module, or None where it cannot be parsed."""
        if name not in self._modules:
            file = self.tree.modules[name]
            module = parsed(file)
            self._modules[name] = module if module.body or not file.text.strip() or _only_comments(file) else None
        return self._modules[name]

    def of(self, name: str) -> tuple[ImportedHere, ...]:
        """What a module imports when it runs; what stands under `if TYPE_CHECKING` is left out."""
        if name not in self._imports:
            module = self.module(name)
            file = self.tree.modules[name]
            self._imports[name] = tuple(_imports(module.body, file, lazy=False)) if module is not None else ()
        return self._imports[name]

    def once(self, look: Callable[[ImportTree, _About], _Found], about: _About) -> _Found:
        """What a look at a module, or at the whole tree, finds; taken once, for all plans that share this tree.

        Args:
            look: a function of a module, so that it is the same one each time.
            about: the name of a module, or what else the look depends on.
        """
        key = look, about
        if key not in self._found:
            self._found[key] = look(self, about)
        return self._found[key]  # type: ignore[return-value]

    def names(self, name: str) -> Mapping[str, str]:
        """Local name to the absolute name that a module imports it from."""
        return self.once(_names, name)

    def nodes(self, name: str) -> Mapping[type[ast.AST], Sequence[ast.AST]]:
        """The nodes of a module by their class, for the classes of `kinds.KINDS`."""
        return self.once(_nodes, name)

    def guard(self, place: Location) -> Guard:
        """What stands around an import; nothing where the tree has no such file."""
        file = self.tree.by_path.get(place.path)
        if file is None:
            return Guard.NONE
        return self.once(_guarded, file.name).get(place.line, Guard.NONE)

    def resolve(self, imported: ImportedHere) -> tuple[str, ...]:
        """The modules of the tree that an import loads, the packages above them first; empty for another's."""
        if not self.is_module(imported.module):
            return ()
        names = [imported.module]
        if imported.attribute == "*":
            names.extend(f"{imported.module}.{name}" for name in self._listed(imported.module))
        elif imported.attribute:
            names.append(f"{imported.module}.{imported.attribute}")
        return self.with_packages(name for name in names if self.is_module(name))

    def with_packages(self, names: Iterable[str]) -> tuple[str, ...]:
        """Modules of the tree, each after the packages that it lies in; packages without a file are left out."""
        found: dict[str, None] = {}
        for name in names:
            parts = name.split(".")
            for depth in range(1, len(parts) + 1):
                above = ".".join(parts[:depth])
                if above in self.tree.modules:
                    found[above] = None
        return tuple(found)

    def _listed(self, name: str) -> tuple[str, ...]:
        """Names in the literal `__all__` of a package: a star imports the modules among them."""
        module = self.module(name) if name in self.tree.modules else None
        for node in module.body if module is not None else ():
            match node:
                case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List(elts=items) | ast.Tuple(elts=items)):
                    return tuple(str(item.value) for item in items if isinstance(item, ast.Constant))
        return ()


def _names(imports: ImportTree, name: str) -> Mapping[str, str]:
    module = imports.module(name)
    return absolute_names(module, imports.tree.modules[name]) if module is not None else {}


def _nodes(imports: ImportTree, name: str) -> Mapping[type[ast.AST], Sequence[ast.AST]]:
    return nodes_by_kind(imports.module(name) or ast.Module([], []))


def _guarded(imports: ImportTree, name: str) -> Mapping[int, Guard]:
    """Line to what stands around it, the strongest of several."""
    module = imports.module(name)
    found: dict[int, Guard] = {}
    for first, last, guard in guarded(module) if module is not None else ():
        for line in range(first, last + 1):
            found[line] = max(guard, found.get(line, guard), key=lambda each: each.value)
    return found


def types_only(test: ast.expr) -> bool:
    """Whether a condition holds for type checkers alone."""
    return dotted_name(test).rpartition(".")[2] == "TYPE_CHECKING"


def _only_comments(file: SourceFile) -> bool:
    return all(not line.strip() or line.lstrip().startswith("#") for line in file.text.splitlines())


def _imports(body: Sequence[ast.AST], file: SourceFile, *, lazy: bool) -> Iterator[ImportedHere]:
    for node in body:
        match node:
            case ast.Import(names=aliases):
                for alias in aliases:
                    yield ImportedHere(alias.name, "", _place(file, node), lazy)
            case ast.ImportFrom(module=source, names=aliases, level=level):
                absolute = absolute_module(file, source or "", level)
                for alias in aliases:
                    yield ImportedHere(absolute, alias.name, _place(file, node), lazy)
            case ast.If(test=test, orelse=orelse) if types_only(test):
                yield from _imports(orelse, file, lazy=lazy)
            case ast.FunctionDef(body=inner) | ast.AsyncFunctionDef(body=inner):
                yield from _imports(inner, file, lazy=True)
            case ast.stmt() | ast.ExceptHandler() | ast.match_case():
                yield from _imports(list(ast.iter_child_nodes(node)), file, lazy=lazy)


def _place(file: SourceFile, node: ast.stmt) -> Location:
    return Location(file.path, node.lineno, node.end_lineno or node.lineno, node.col_offset + 1)
