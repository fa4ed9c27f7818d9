"""What importing a module does to values that are needed: entries added to tables, settings of the process.

In: what is needed so far. Out: whether a unit that is not needed yet changes something that is. What is needed is
followed in `closure`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from migrator.plan.slicing.syntax import ModuleSyntax, Unit, UnitKind
from migrator.plan.slicing.trimming import patches_library


@dataclass(frozen=True, slots=True)
class ImportEffects:
    """Looks at the modules of a slice as it grows.

    Attributes:
        syntax: the modules read so far.
        needed: module to the units that are needed so far.
        libraries: first names of the modules of others that are in use so far.
        is_module: whether the monolith has a module of a name.
    """

    syntax: Mapping[str, ModuleSyntax]
    needed: Mapping[str, Iterable[Unit]]
    libraries: Callable[[], frozenset[str]]
    is_module: Callable[[str], bool]

    def touch(self, module: str, syntax: ModuleSyntax, unit: Unit) -> bool:
        """Whether importing the module would change a needed value by this unit."""
        if unit.script:
            return False
        if any(self._is_needed_value(module, name) for name in unit.touches):
            return True
        if patches_library(unit) and any(self._is_library_in_use(syntax, name) for name in unit.touches):
            return True
        if unit.kind is UnitKind.EFFECT and unit.uses and all(self._is_standard(syntax, name) for name in unit.uses):
            # A setting of the interpreter (decimal context, locale, warnings) holds for the slice as it did before.
            return True
        return any(
            self._is_needed_value(home, name)
            for call in unit.calls
            for home, called in self._definitions(module, syntax, call)
            for name in called.changes
        )

    def _is_library_in_use(self, syntax: ModuleSyntax, name: str) -> bool:
        """Whether a name is another distribution's module that the slice imports."""
        used = self.libraries()
        return any(
            unit.kind is UnitKind.IMPORT
            and not self.is_module(unit.imports[0].module)
            and unit.imports[0].module.split(".", 1)[0] in used
            for unit in syntax.binders.get(name, ())
        )

    def _is_standard(self, syntax: ModuleSyntax, name: str) -> bool:
        found = syntax.binders.get(name, ())
        return bool(found) and all(
            unit.kind is UnitKind.IMPORT and unit.imports[0].module.split(".", 1)[0] in sys.stdlib_module_names
            for unit in found
        )

    def _definitions(self, module: str, syntax: ModuleSyntax, dotted: str) -> Iterator[tuple[str, Unit]]:
        """The first-party functions and classes that a call at import time may reach, one import away."""
        root, _, rest = dotted.partition(".")
        for unit in syntax.binders.get(root, ()):
            if unit.kind in (UnitKind.FUNCTION, UnitKind.CLASS):
                yield module, unit
            elif unit.kind is UnitKind.IMPORT:
                imported = unit.imports[0]
                home, name = (imported.module, imported.attribute or rest)
                if home in self.syntax and name in self.syntax[home].binders:
                    yield from ((home, inner) for inner in self.syntax[home].binders[name])

    def _is_needed_value(self, module: str, name: str) -> bool:
        """Whether a name of a module is a needed value (and not a function, a class or another's import)."""
        syntax = self.syntax.get(module)
        for unit in syntax.binders.get(name, ()) if syntax is not None else ():
            if unit.kind is UnitKind.IMPORT:
                imported = unit.imports[0]
                home = imported.module
                if imported.attribute and home in self.syntax and home != module:
                    return self._is_needed_value(home, imported.attribute)
            elif unit.kind in (UnitKind.ASSIGNMENT, UnitKind.BLOCK) and unit in self.needed[module]:
                return True
        return False
