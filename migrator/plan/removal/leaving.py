"""What leaves which file: definitions, the imports that nobody takes any more, files of which nothing is left.

In: what was settled. Out: `Scattered`, and what is said of a file that is left empty. An import that is the last to load a
module which does something when it is loaded stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from migrator.plan.removal.dying import through, unused_imports
from migrator.plan.removal.settling import Asked, Settled, acts
from migrator.plan.removal.texts import module_names
from migrator.plan.removal.values import Scattered
from migrator.plan.slicing.syntax import Unit, UnitKind


def leave(asked: Asked, settled: Settled) -> tuple[Scattered, tuple[str, ...]]:
    """What leaves, and what is said of files that stay empty."""
    return _Leaving(asked, settled).found()


class _Leaving:
    def __init__(self, asked: Asked, settled: Settled) -> None:
        self._asked, self._settled = asked, settled
        self._program, self._beside, self._graph = asked.program, asked.beside, settled.graph

    def found(self) -> tuple[Scattered, tuple[str, ...]]:
        """Everything by module."""
        settled, living = self._settled, self._settled.reached.by
        used = settled.needed | settled.tests.helpers(settled.judged.dead)
        imports = frozenset(unused_imports(self._graph, living, settled.everything, used))
        going = settled.everything | (imports - self._stay_for_effects(imports, living))
        files, notes = self._files(going)
        return self._parts(going, files), notes

    def _stay_for_effects(self, imports: AbstractSet[Unit], living: Mapping[Unit, Unit | None]) -> frozenset[Unit]:
        """Imports that are the last to load a module which does something when it is loaded."""
        found: set[Unit] = set()
        for unit in imports:
            imported = unit.imports[0]
            loaded = [imported.module, f"{imported.module}.{imported.attribute}"]
            for module in loaded:
                syntax = self._program.syntax.get(module)
                if syntax is None or module in self._program.tests or module == self._program.home[unit]:
                    continue
                elsewhere = {
                    each
                    for each in self._program.imported.get(module, ())
                    if each not in imports and self._program.home[each] not in self._program.tests
                }
                if not elsewhere and any(
                    each.kind is not UnitKind.IMPORT and each in living and self._acts(each) for each in syntax.units
                ):
                    found.add(unit)
        # Living code cannot have what goes in any case, so that such an import cannot stay.
        given = self._graph.given
        return frozenset(
            unit for unit in found if not given & set(through(unit, lambda each: self._program.named[each]))
        )

    def _acts(self, unit: Unit) -> bool:
        """Whether loading a unit tells somebody of something: code at module level, a decorator, a base that registers."""
        return unit.kind is not UnitKind.DOCSTRING and bool(acts(self._program, self._asked.model, unit))

    def _files(self, going: AbstractSet[Unit]) -> tuple[frozenset[str], tuple[str, ...]]:
        """Modules of which nothing is left, and what is said of those that are left empty."""
        empty = []
        for name, syntax in self._program.syntax.items():
            rest = [unit for unit in syntax.units if unit not in going]
            begun = any(unit in going and unit.kind is not UnitKind.IMPORT for unit in syntax.units)
            if begun and all(unit.kind is UnitKind.DOCSTRING or unit.future for unit in rest):
                empty.append(name)
        named = module_names(self._program, self._beside, frozenset(empty))
        files: set[str] = set()
        notes: list[str] = []
        for name in empty:
            syntax = self._program.syntax[name]
            # What imports one name that goes is cut; what imports the module is not.
            importers = [unit for unit in self._program.imported.get(name, ()) if unit not in going]
            if name in self._program.tests and not importers:
                files.add(name)
            elif syntax.file.is_package or importers or name in named:
                place = named.get(name) or (importers[0].location if importers else None)
                why = f"{place} names it" if place is not None else "it is a package"
                notes.append(f"{syntax.file.path} is left without a definition: {why}")
            else:
                files.add(name)
        return frozenset(files), tuple(notes)

    def _parts(self, going: AbstractSet[Unit], files: frozenset[str]) -> Scattered:
        by_module: defaultdict[str, set[Unit]] = defaultdict(set)
        for unit in going:
            by_module[self._program.home[unit]].add(unit)
        names = sorted({*by_module, *files})
        return Scattered(
            {name: self._program.syntax[name] for name in names},
            {name: frozenset(by_module[name]) for name in names},
            files,
        )

    # -- what is said of it
