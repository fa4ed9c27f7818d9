"""Imports that leave the monolith.

In: nothing. Out: `ThirdParty` values, each with the place that asks. Which distribution provides one is for
`plan.requirements` to find out.
"""

from __future__ import annotations

from dataclasses import dataclass

from migrator.domain.locations import Location
from migrator.source import SourceTree


@dataclass(frozen=True, slots=True)
class ThirdParty:
    """An import that leaves the monolith.

    Attributes:
        module: its dotted name.
        location: a place that asks for it.
        attribute: what is taken from the module, an empty string for `import module`: of a namespace package it
            is a module, and tells which distribution is meant.
        aside: whether it stands inside a function of a module that travels as a whole, and may never run.
    """

    module: str
    location: Location
    attribute: str = ""
    aside: bool = False


COMPILED = "the monolith has no source of it: a compiled extension, a generated or an installed module"


def compiled(tree: SourceTree, module: str) -> bool:
    """Whether a module that the tree does not have lies in one of its packages."""
    top = module.split(".", 1)[0]
    return top != module and top in tree.modules
