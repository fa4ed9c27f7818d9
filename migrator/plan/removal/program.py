"""Which unit of a program names which: the units of slicing, read for every module, and the edges between them.

In: a `SourceTree`, the files beside it, the model. Out: a `Program`. Names are followed as slicing follows them (scope,
import, star, dotted chain), and what the model resolved beyond names is added, so that a definition without an edge
from living code is used by none that either of them can see.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from migrator.domain.locations import Location
from migrator.errors import InputError
from migrator.model import ProgramModel
from migrator.plan.looking.imported_names import dotted_name
from migrator.plan.looking.imports import ImportTree
from migrator.plan.removal.beside import Beside, is_test
from migrator.plan.slicing.reading import read_syntax
from migrator.plan.slicing.stars import Stars
from migrator.plan.slicing.syntax import STAR, Imported, ModuleSyntax, Unit, UnitKind
from migrator.plan.slicing.trimming import untrimmable
from migrator.source import SourceFile, SourceTree


@dataclass(frozen=True, slots=True)
class Program:
    """All units, and who names whom.

    Attributes:
        syntax: module to its units; files beside the tree under the dotted name of their path.
        home: unit to its module.
        named: unit to the units that it names; an import names what it imports.
        unseen: unit to those that it reaches by values only, as the model has them.
        imported: module to the units that import it, whatever they take of it.
        tests: modules that are tests.
        unreadable: path of each file that cannot be parsed, with its text.
    """

    tree: SourceTree
    syntax: Mapping[str, ModuleSyntax]
    home: Mapping[Unit, str]
    named: Mapping[Unit, frozenset[Unit]]
    unseen: Mapping[Unit, frozenset[Unit]]
    imported: Mapping[str, frozenset[Unit]]
    tests: frozenset[str]
    unreadable: Mapping[str, str]
    edges: Callable[[ModuleSyntax, Unit], Iterator[Unit]] = field(repr=False, compare=False)

    def without(self, unit: Unit, hidden: Callable[[ast.AST], bool]) -> frozenset[Unit]:
        """The units that a unit would name without some of its nodes."""
        shown, gone = set[str](), set[str]()
        inner: set[int] = set()
        for node in (each for top in unit.nodes for each in ast.walk(top)):
            if isinstance(node, ast.Attribute):
                inner.add(id(node.value))
            if isinstance(node, ast.Name | ast.Attribute) and id(node) not in inner and (name := dotted_name(node)):
                (gone if hidden(node) else shown).add(name)
        roots = {name.split(".", 1)[0] for name in shown}
        lost = {name.split(".", 1)[0] for name in gone} - roots
        rest = replace(unit, uses=unit.uses - lost, chains=unit.chains - (gone - shown))
        return frozenset(self.edges(self.syntax[self.home[unit]], rest)) - {unit}

    def file(self, unit: Unit) -> SourceFile:
        """The file that a unit stands in."""
        return self.syntax[self.home[unit]].file

    def name(self, unit: Unit) -> str:
        """What a unit is called."""
        return f"{self.home[unit]}.{', '.join(sorted(unit.binds))}" if unit.binds else self.home[unit]


def read_program(tree: SourceTree, beside: Beside, model: ProgramModel) -> Program:
    """Read every module and every file beside them."""
    return _Reader(tree, beside).program(model)


@dataclass
class _Reader:
    tree: SourceTree
    beside: Beside
    syntax: dict[str, ModuleSyntax] = field(default_factory=dict)
    home: dict[Unit, str] = field(default_factory=dict)
    named: dict[Unit, set[Unit]] = field(default_factory=dict)
    imported: defaultdict[str, set[Unit]] = field(default_factory=lambda: defaultdict(set))
    unreadable: dict[str, str] = field(default_factory=dict)

    def program(self, model: ProgramModel) -> Program:
        imports = ImportTree(self.tree)
        for name, file in self.tree.modules.items():
            self._read(file, imports.module(name))
        for file in self.beside.python.values():
            self._read(file, None)
        for name, syntax in self.syntax.items():
            for unit in syntax.units:
                self.home[unit] = name
        for syntax in self.syntax.values():
            for unit in syntax.units:
                self.named[unit] = set(self._edges(syntax, unit)) - {unit}
        return Program(
            self.tree,
            self.syntax,
            self.home,
            {unit: frozenset(found) for unit, found in self.named.items()},
            self._by_values(model),
            {name: frozenset(found) for name, found in self.imported.items()},
            frozenset(name for name, syntax in self.syntax.items() if self._tests(syntax.file)),
            self.unreadable,
            self._edges,
        )

    def _tests(self, file: SourceFile) -> bool:
        return file.path in self.beside.python and is_test(file.path)

    def _read(self, file: SourceFile, module: ast.Module | None) -> None:
        try:
            if file.text.strip():
                self.syntax[file.name] = read_syntax(file, module=module)
        except InputError:
            self.unreadable[file.path] = file.text

    # -- edges

    @cached_property
    def _packages(self) -> frozenset[str]:
        return frozenset(
            ".".join(name.split(".")[:depth]) for name in self.tree.modules for depth in range(1, name.count(".") + 1)
        )

    @cached_property
    def _stars(self) -> Stars:
        return Stars(self.tree, lambda name: self.syntax[name], lambda name: name in self.syntax)

    def _is_module(self, name: str) -> bool:
        return name in self.syntax or name in self.tree.modules or name in self._packages

    def _edges(self, syntax: ModuleSyntax, unit: Unit) -> Iterator[Unit]:
        module = syntax.file.name
        if untrimmable(syntax, unit):
            yield from syntax.units
        inside = () if unit.kind is UnitKind.IMPORT else unit.imports
        local = {each.bound for each in inside if each.bound}
        for each in unit.imports:
            each = self._beside(syntax.file, each)
            self._note_import(each, unit)
            yield from self._taken(each)
            if each.bound and unit.kind is not UnitKind.IMPORT and self._names_module(each):
                yield from self._chained(each, unit)
        for name in unit.uses:
            binders = syntax.binders.get(name, ())
            yield from binders
            if not binders:
                yield from self._starred(module, name)
            for binder in binders:
                if binder.kind is UnitKind.IMPORT and name not in local:
                    found = self._beside(syntax.file, binder.imports[0])
                    if self._names_module(found):
                        yield from self._chained(found, unit)

    def _beside(self, file: SourceFile, imported: Imported) -> Imported:
        """The import, where a file beside the tree takes its neighbor by its bare name, as test runners let it."""
        if file.path not in self.beside.python or self._is_module(imported.module):
            return imported
        folder = file.name if file.is_package else file.name.rpartition(".")[0]
        near = f"{folder}.{imported.module}" if folder else imported.module
        if near not in self.syntax:
            return imported
        return Imported(near, imported.attribute, imported.bound, imported.whole_path, imported.location)

    def _note_import(self, imported: Imported, unit: Unit) -> None:
        parts = imported.module.split(".")
        for depth in range(1, len(parts) + 1):
            self.imported[".".join(parts[:depth])].add(unit)
        if imported.attribute and self._is_module(f"{imported.module}.{imported.attribute}"):
            self.imported[f"{imported.module}.{imported.attribute}"].add(unit)

    def _taken(self, imported: Imported) -> Iterator[Unit]:
        if imported.attribute and imported.attribute != STAR:
            yield from self._found(imported.module, imported.attribute)

    def _found(self, module: str, name: str) -> Iterator[Unit]:
        """The units that a name of a module stands for; an import of that module is one of them, as it hands it on."""
        syntax = self.syntax.get(module)
        if syntax is None:
            return
        if name in syntax.binders:
            yield from syntax.binders[name]
        else:
            yield from self._starred(module, name)
            yield from syntax.binders.get("__getattr__", ())

    def _starred(self, module: str, name: str, seen: frozenset[str] = frozenset()) -> Iterator[Unit]:
        syntax = self.syntax[module]
        for star in syntax.stars:
            source = star.imports[0].module
            if source in self.syntax and source not in seen and name in self._stars.names(source):
                yield star
                other = self.syntax[source]
                if name in other.binders:
                    yield from other.binders[name]
                else:
                    yield from self._starred(source, name, seen | {module})

    def _names_module(self, imported: Imported) -> bool:
        if not self._is_module(imported.module) or imported.attribute == STAR:
            return False
        if not imported.attribute:
            return True
        syntax = self.syntax.get(imported.module)
        bound = syntax is not None and imported.attribute in syntax.binders
        return not bound and self._is_module(f"{imported.module}.{imported.attribute}")

    def _chained(self, imported: Imported, user: Unit) -> Iterator[Unit]:
        """What a unit takes of a module that it imports: each `module.name` that it writes; all, where it hands it on."""
        module = f"{imported.module}.{imported.attribute}" if imported.attribute else imported.module
        base = module.split(".", 1)[0] if imported.whole_path else module
        for chain in user.chains:
            first, *rest = chain.split(".")
            if first != imported.bound:
                continue
            current = base
            while rest and self._is_module(f"{current}.{rest[0]}") and not self._binds(current, rest[0]):
                current, rest = f"{current}.{rest[0]}", rest[1:]
            if rest:
                yield from self._found(current, rest[0])
            elif current in self.syntax:
                yield from self.syntax[current].units

    def _binds(self, module: str, name: str) -> bool:
        return module in self.syntax and name in self.syntax[module].binders

    # -- what the model resolved

    def _by_values(self, model: ProgramModel) -> dict[Unit, frozenset[Unit]]:
        by_place: dict[str, list[Unit]] = defaultdict(list)
        for unit in self.home:
            if unit.kind is not UnitKind.IMPORT:
                by_place[unit.location.path].append(unit)

        def at(place: Location) -> Unit | None:
            return next(
                (each for each in by_place.get(place.path, ()) if _first(each) <= place.line <= each.location.end_line),
                None,
            )

        units = {name: at(place) for name, place in model.functions.items()}
        found: defaultdict[Unit, set[Unit]] = defaultdict(set)
        for name, caller in units.items():
            for callee in model.callees(name) if caller is not None else ():
                other = units.get(callee)
                if caller is not None and other is not None and other is not caller:
                    found[caller].add(other)
        return {unit: frozenset(others - self.named[unit]) for unit, others in found.items()}


def _first(unit: Unit) -> int:
    """The line that a unit begins in, decorators too."""
    lines: list[int] = [each.lineno for each in getattr(unit.node, "decorator_list", ())]
    return min([unit.location.line, *lines])
