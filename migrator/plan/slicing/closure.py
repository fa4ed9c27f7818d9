"""Which units of which modules a candidate needs: from its definition along every name that is used.

In: a `SourceTree`, the definitions to start from, the decorators that stay behind. Out: a `Closure`.
Names are followed within a module by scope and between modules by import: relative, aliased, dotted,
starred, conditional, inside functions, and through the `__init__` of packages. What import time does to a
needed value (an entry added to a table, a class that registers itself) is needed too. Writing the units
down is `rewrite`.
"""

from __future__ import annotations

import builtins
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from migrator.domain.locations import Location
from migrator.domain.plans import Dropped
from migrator.plan.slicing.import_effects import ImportEffects
from migrator.plan.slicing.stars import Stars
from migrator.plan.slicing.syntax import STAR, Imported, ModuleSyntax, Unit, UnitKind
from migrator.plan.slicing.third_party import COMPILED, ThirdParty, compiled
from migrator.plan.slicing.trimming import untrimmable
from migrator.source import SourceTree

_BUILTIN = frozenset(dir(builtins)) | {
    "__file__",
    "__name__",
    "__doc__",
    "__package__",
    "__spec__",
    "__path__",
    "__builtins__",
}


@dataclass(frozen=True, slots=True)
class Closure:
    """What a candidate needs.

    Attributes:
        syntax: the modules of the slice.
        units: module to the units that are needed.
        stars: the star imports to be spelled out: each to the names that are taken.
        external: imports of the standard library and of other distributions, each place of each.
        dropped: what could not be followed, with its place.
        whole: modules that travel as they are, and were not looked into.
        unsafe: modules that are not trimmed, each with the place and the reason.
        stopped_by: the import at which it was not worth going on, or None; what was found until then is not all.
        missing: what should lie in a package of the monolith and was not found there.
    """

    syntax: Mapping[str, ModuleSyntax]
    units: Mapping[str, frozenset[Unit]]
    stars: Mapping[Unit, frozenset[str]]
    external: tuple[ThirdParty, ...]
    dropped: tuple[Dropped, ...]
    whole: frozenset[str] = frozenset()
    unsafe: Mapping[str, str] = field(default_factory=dict)
    stopped_by: ThirdParty | None = None
    missing: tuple[ThirdParty, ...] = ()


def follow(
    tree: SourceTree,
    start: Mapping[str, tuple[Unit, ...]],
    syntax: Callable[[str], ModuleSyntax],
    *,
    whole: AbstractSet[str] = frozenset(),
    until: Callable[[ThirdParty], bool] = lambda _: False,
    jobs: AbstractSet[tuple[str, int]] = frozenset(),
) -> Closure:
    """Everything that the starting units need.

    Args:
        start: module to the units that travel in any case.
        syntax: reads a module of the tree, with what stays behind already taken off.
        whole: modules that travel whole with all that they import, so that nobody has to look into them.
        until: an import for which the whole result would be of no use.
        jobs: path and line of functions that their decorators tell to a framework which calls them by name: that
            they are told does not make them needed.
    """
    follower = _Follower(tree, syntax, frozenset(whole), until, jobs)
    for module, units in start.items():
        for unit in units if module not in whole else ():
            follower.need_unit(module, unit)
    follower.run()
    return follower.result()


class _Follower:
    def __init__(
        self,
        tree: SourceTree,
        syntax: Callable[[str], ModuleSyntax],
        opaque: frozenset[str],
        until: Callable[[ThirdParty], bool],
        jobs: AbstractSet[tuple[str, int]],
    ) -> None:
        self._jobs = jobs
        self._tree = tree
        self._opaque = opaque
        self._until = until
        self._stopped_by: ThirdParty | None = None
        self._unsafe: dict[str, str] = {}
        self._read = syntax
        self._syntax: dict[str, ModuleSyntax] = {}
        self._needed: defaultdict[str, dict[Unit, None]] = defaultdict(dict)
        self._names: set[tuple[str, str]] = set()
        self._whole: set[str] = set()
        self._stars: defaultdict[Unit, set[str]] = defaultdict(set)
        self._kept_stars: set[Unit] = set()
        self._external: set[tuple[str, str, Location]] = set()
        self._missing: dict[ThirdParty, None] = {}
        self._dropped: dict[Dropped, None] = {}
        self._queue: deque[Callable[[], None]] = deque()
        self._packages = {
            ".".join(name.split(".")[:depth]) for name in tree.modules for depth in range(1, name.count(".") + 1)
        }

        self._star = Stars(tree, syntax, self._is_module)
        self._effects = ImportEffects(self._syntax, self._needed, self._libraries, self._is_module)

    def _libraries(self) -> frozenset[str]:
        return frozenset(module.split(".", 1)[0] for module, _, _ in self._external)

    def run(self) -> None:
        while True:
            while self._queue and self._stopped_by is None:
                self._queue.popleft()()
            if self._stopped_by is not None or not self._import_time():
                return

    def result(self) -> Closure:
        return Closure(
            syntax=dict(self._syntax),
            units={name: frozenset(self._needed[name]) for name in self._syntax},
            stars={node: frozenset(names) for node, names in self._stars.items() if node not in self._kept_stars},
            external=tuple(ThirdParty(module, place, attribute) for module, attribute, place in sorted(self._external)),
            dropped=tuple(self._dropped),
            whole=self._opaque,
            unsafe=dict(self._unsafe),
            stopped_by=self._stopped_by,
            missing=tuple(self._missing),
        )

    # -- what is first party

    def _is_module(self, name: str) -> bool:
        return name in self._tree.modules or name in self._packages

    def _module(self, name: str) -> ModuleSyntax | None:
        """The syntax of a first-party module, which travels from now on; None for a namespace package."""
        parts = name.split(".")
        for depth in range(1, len(parts) + 1):
            above = ".".join(parts[:depth])
            if above in self._tree.modules and above not in self._syntax and above not in self._opaque:
                self._syntax[above] = self._read(above)
                for unit in self._syntax[above].units:
                    if unit.future or unit.kind is UnitKind.DOCSTRING:
                        self._needed[above][unit] = None
        return self._syntax.get(name)

    # -- what is needed

    def need_unit(self, module: str, unit: Unit) -> None:
        syntax = self._module(module)
        if unit in self._needed[module]:
            return
        self._needed[module][unit] = None
        if syntax is not None and module not in self._unsafe and (reason := untrimmable(syntax, unit)):
            self._unsafe[module] = reason
            self._need_whole(module)
        inside = () if unit.kind is UnitKind.IMPORT else unit.imports
        local = {imported.bound for imported in inside if imported.bound}
        # What only type checkers import keeps its line, and nothing is fetched for it.
        for imported in () if unit.types_only else unit.imports:
            self._need_import(imported)
            if imported in inside and imported.bound and self._names_module(imported):
                self._need_chains(imported, unit)
        for name in sorted(unit.uses):
            self._need_name(module, name, unit.location)
            if syntax is None:
                continue
            for binder in syntax.binders.get(name, ()):
                if binder.kind is not UnitKind.IMPORT or binder.types_only or name in local:
                    continue
                if self._names_module(binder.imports[0]):
                    self._need_chains(binder.imports[0], unit)

    def _need_name(self, module: str, name: str, asked_at: Location) -> None:
        if (module, name) in self._names:
            return
        self._names.add((module, name))
        self._queue.append(lambda: self._find_name(module, name, asked_at))

    def _find_name(self, module: str, name: str, asked_at: Location) -> None:
        if module in self._opaque:
            if self._is_module(f"{module}.{name}"):
                self._module(f"{module}.{name}")
            return
        syntax = self._module(module)
        if syntax is not None and name in syntax.binders:
            for unit in syntax.binders[name]:
                self.need_unit(module, unit)
        elif self._is_module(f"{module}.{name}"):
            self._module(f"{module}.{name}")
        elif syntax is not None and not self._from_star(syntax, name) and name not in _BUILTIN:
            if "__getattr__" in syntax.binders:
                for unit in syntax.binders["__getattr__"]:
                    self.need_unit(module, unit)
            else:
                self._drop(asked_at, f"{name} of {module}", "no definition of this name was found")
                self._missing[ThirdParty(module, asked_at, name)] = None

    def _from_star(self, syntax: ModuleSyntax, name: str) -> bool:
        """Look for a name in what the module imports with a star."""
        for unit in syntax.stars:
            if name in self._star.names(unit.imports[0].module):
                self._spell_out(syntax, unit, name)
                return True
        # Another distribution's star, or one of the monolith's that hands it on, can hold any name.
        holders = [] if name in _BUILTIN else [u for u in syntax.stars if self._star.give_others(u.imports[0].module)]
        for unit in holders:
            source = unit.imports[0]
            self._drop(source.location, f"from {source.module} import *", f"{name} may come from it")
            if len(holders) == 1 and self._is_module(source.module):
                self._spell_out(syntax, unit, name)
            else:
                self._kept_stars.add(unit)
                self.need_unit(syntax.file.name, unit)
        return bool(holders)

    def _spell_out(self, syntax: ModuleSyntax, unit: Unit, name: str) -> None:
        source = unit.imports[0]
        self._stars[unit].add(name)
        self._needed[syntax.file.name][unit] = None
        self._need_name(source.module, name, source.location)
        self._drop(source.location, f"from {source.module} import *", "spelled out: only the names in use are imported")

    def _need_import(self, imported: Imported) -> None:
        if imported.module == "__future__":
            return
        if not self._is_module(imported.module):
            if compiled(self._tree, imported.module):
                self._drop(imported.location, f"import of {imported.module}", COMPILED)
                self._missing[ThirdParty(imported.module, imported.location)] = None
                return
            self._external.add((imported.module, imported.attribute, imported.location))
            asked = ThirdParty(imported.module, imported.location, imported.attribute)
            if self._stopped_by is None and self._until(asked):
                self._stopped_by = asked
            return
        self._module(imported.module)
        if imported.attribute == STAR:
            self._need_whole(imported.module)
        elif imported.attribute:
            self._need_name(imported.module, imported.attribute, imported.location)

    def _names_module(self, imported: Imported) -> bool:
        """Whether the import binds a first-party module, and not something in one."""
        if not self._is_module(imported.module) or imported.attribute == STAR:
            return False
        if not imported.attribute:
            return True
        syntax = self._module(imported.module)
        bound_there = syntax is not None and imported.attribute in syntax.binders
        return not bound_there and self._is_module(f"{imported.module}.{imported.attribute}")

    def _need_chains(self, imported: Imported, user: Unit) -> None:
        """What a unit takes from an imported module: each `module.name` that it writes."""
        module = f"{imported.module}.{imported.attribute}" if imported.attribute else imported.module
        base = module.split(".", 1)[0] if imported.whole_path else module
        chains = [chain.split(".")[1:] for chain in user.chains if chain.split(".", 1)[0] == imported.bound]
        for rest in chains:
            current = base
            while rest and self._is_module(f"{current}.{rest[0]}") and not self._bound_in(current, rest[0]):
                current, rest = f"{current}.{rest[0]}", rest[1:]
            self._module(current)
            if rest:
                self._need_name(current, rest[0], user.location)
            else:
                # The module itself is handed on; anything may be taken from it.
                self._need_whole(current)

    def _bound_in(self, module: str, name: str) -> bool:
        syntax = self._module(module)
        return syntax is not None and name in syntax.binders

    def _need_whole(self, module: str) -> None:
        if module in self._whole or module in self._opaque:
            return
        self._whole.add(module)
        syntax = self._module(module)
        for unit in syntax.units if syntax is not None else ():
            self.need_unit(module, unit)

    # -- what import time does to needed values

    def _import_time(self) -> bool:
        """Add the units that change a needed value when their module is imported; whether there were any."""
        found = False
        for module, syntax in list(self._syntax.items()):
            for unit in syntax.units:
                if unit in self._needed[module] or unit.kind is UnitKind.IMPORT:
                    continue
                if (unit.location.path, unit.location.line) in self._jobs:
                    continue
                if self._effects.touch(module, syntax, unit):
                    self.need_unit(module, unit)
                    found = True
        return found

    def _drop(self, location: Location, what: str, reason: str) -> None:
        self._dropped[Dropped(f"{location}: {what}", reason)] = None
