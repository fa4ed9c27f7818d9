"""What `from x import *` gives, for modules of the monolith and of others.

In: a `SourceTree` and a way to read its modules. Out: which names a star takes of a module, and whether it may give
names that the monolith does not define. Which star a name comes from is for `closure` to decide.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from migrator.plan.slicing.reading import listed_names
from migrator.plan.slicing.syntax import ModuleSyntax
from migrator.source import SourceTree


@dataclass(frozen=True, slots=True)
class Stars:
    """Looks through star imports.

    Attributes:
        is_module: whether the monolith has a module or a package of a name.
    """

    tree: SourceTree
    read: Callable[[str], ModuleSyntax]
    is_module: Callable[[str], bool]

    def names(self, module: str, seen: frozenset[str] = frozenset()) -> frozenset[str]:
        """Names that a star takes of a module of the tree, as far as the tree defines them; none of any other."""
        if module not in self.tree.modules or module in seen:
            return frozenset()
        syntax = self.read(module)
        own = frozenset(syntax.binders)
        for unit in syntax.stars:
            own |= self.names(unit.imports[0].module, seen | {module})
        listed = listed_names(syntax)
        if listed is None and "__all__" in syntax.binders:
            return own  # the list is put together when the module runs, and may hold any of them
        return frozenset(listed) if listed is not None else frozenset(n for n in own if not n.startswith("_"))

    def give_others(self, module: str, seen: frozenset[str] = frozenset()) -> bool:
        """Whether a star import of a module may give names that the monolith does not define."""
        if not self.is_module(module):
            return True
        if module not in self.tree.modules or module in seen:
            return False
        return any(self.give_others(unit.imports[0].module, seen | {module}) for unit in self.read(module).stars)
