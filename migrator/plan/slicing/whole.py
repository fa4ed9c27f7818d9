"""Which modules travel whole: everything that importing the first ones loads, and what their functions import.

In: a `ImportTree`, the modules to begin with. Out: a `WholeModules`. No definition is looked at: this is for code
whose parts find each other at run time, and fast enough for a whole monolith. What travels of a module in
parts is decided in `closure`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from migrator.domain.locations import Location
from migrator.domain.plans import Dropped
from migrator.plan.looking.imports import ImportTree
from migrator.plan.looking.named_modules import modules_named_in
from migrator.plan.slicing.third_party import COMPILED, ThirdParty, compiled


@dataclass(frozen=True, slots=True)
class WholeModules:
    """Modules that travel as they are.

    Attributes:
        names: in the order in which they were reached.
        external: imports that leave the monolith, each place of each.
        dropped: what could not be followed, with its place.
        asked_by: module to the first import that asked for it; the first modules have none.
        missing: imports of what a package of the monolith should hold and does not.
    """

    names: tuple[str, ...]
    external: tuple[ThirdParty, ...]
    dropped: tuple[Dropped, ...] = ()
    asked_by: Mapping[str, Location] = field(default_factory=dict)
    missing: tuple[ThirdParty, ...] = ()


def carry_whole(
    imports: ImportTree, first: Iterable[str], *, texts_but_of: AbstractSet[str] | None = None
) -> WholeModules:
    """Follow the imports of the first modules, those inside functions too, to the end.

    Imports for type checkers are not followed: nothing runs them.

    Args:
        texts_but_of: modules in which texts name nothing to import; in all others a text that names something in
            a module counts as an import of it. None where no text does.
    """
    found: dict[str, None] = dict.fromkeys(imports.with_packages(first))
    waiting = deque(found)
    external: dict[ThirdParty, None] = {}
    dropped: dict[Dropped, None] = {}
    missing: dict[ThirdParty, None] = {}
    asked_by: dict[str, Location] = {}
    while waiting:
        name = waiting.popleft()
        asked: list[tuple[str, Location]] = []
        if imports.module(name) is None:
            place = Location(imports.tree.modules[name].path, 1)
            dropped[Dropped(f"{place}: {name}", "cannot be parsed; it travels, and what it imports is not known")] = (
                None
            )
        for imported in imports.of(name):
            if not imported.module:
                dropped[Dropped(f"{imported.location}: a relative import", "leaves its package")] = None
                continue
            if imported.module == "__future__":
                continue
            loaded = imports.resolve(imported)
            if not loaded and not imports.is_module(imported.module):
                if compiled(imports.tree, imported.module):
                    dropped[Dropped(f"{imported.location}: import of {imported.module}", COMPILED)] = None
                    missing[ThirdParty(imported.module, imported.location)] = None
                else:
                    external[ThirdParty(imported.module, imported.location, imported.attribute, imported.lazy)] = None
            asked.extend((module, imported.location) for module in loaded)
        if texts_but_of is not None and name not in texts_but_of:
            for named, place in imports.once(modules_named_in, name):
                asked.extend((module, place) for module in imports.with_packages([named]))
        for module, place in asked:
            if module not in found:
                found[module] = None
                asked_by[module] = place
                waiting.append(module)
    return WholeModules(tuple(found), tuple(external), tuple(dropped), asked_by, tuple(missing))
