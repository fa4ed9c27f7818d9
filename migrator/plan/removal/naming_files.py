"""Data files that nothing names any more once something is gone: templates, texts, fonts.

In: the program, the files beside it, what goes. Out: the files, each with the place that named it. They are named for a
person and never removed: a path can be put together.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from migrator.domain.locations import Location
from migrator.plan.removal.beside import Beside
from migrator.plan.removal.program import Program
from migrator.plan.removal.values import Kept
from migrator.plan.slicing.syntax import Unit

_FILE_NAME = re.compile(r"[\w@./+-]*[\w@+-]\.[A-Za-z][A-Za-z0-9]{1,7}")
_CODE = (".py", ".pyi")


def perhaps_unused(program: Program, beside: Beside, going: AbstractSet[Unit]) -> tuple[Kept, ...]:
    """The files, by path."""
    asked = {text: place for unit in going for text, place in _names(program, unit)}
    if not asked:
        return ()
    living = {text for unit in program.home if unit not in going for text, _ in _names(program, unit) if text in asked}
    found: dict[str, Kept] = {}
    for text, place in sorted(asked.items()):
        paths = [path for path in beside.texts if f"/{path}".endswith(f"/{text.lstrip('/')}")]
        if text in living or len(paths) != 1:
            continue
        inside = any(text in other for path, other in beside.texts.items() if path != paths[0])
        if not inside:
            where = Location(paths[0], 1)
            found[paths[0]] = Kept(paths[0], where, "no code names it any more; look, and delete it", place)
    return tuple(found.values())


def _names(program: Program, unit: Unit) -> Iterator[tuple[str, Location]]:
    syntax = program.syntax[program.home[unit]]
    for node in (each for top in unit.nodes for each in ast.walk(top)):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and _FILE_NAME.fullmatch(text) and not text.endswith(_CODE):
            yield text, syntax.location(node)  # type: ignore[arg-type]
