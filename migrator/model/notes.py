"""What the steps of a body have noted, and all of it together.

In: notes, as tuples that tell their kind first. Out: `Told`, by kind. A step that is read again notes anew, so that
nothing remains of what was thought while values were still missing; the others keep what they have.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from migrator.domain.assessments import Unresolved
from migrator.domain.effects import Effect
from migrator.domain.locations import Location

if TYPE_CHECKING:
    from migrator.model.solver import Body

Notes: TypeAlias = dict[tuple[Any, ...], None]
"""The notes of one step, in the order of its reading."""

EDGE: Final = 0
"""Leads: body that is run, line, column."""

EFFECT: Final = 1
"""Leads: effect, line, column, reason."""

WRITE: Final = 2
"""Leads: home of the state, line, column, how it is changed."""

READ: Final = 3
"""Leads: home of the state, line, column, whether as a receiver."""

LIBRARY: Final = 4
"""Leads: top-level module of the library that is called."""

UNRESOLVED: Final = 5
"""Leads: line, column, the call as written, why it is not harmless or the rule that makes it so, reason."""


class Told:
    """The notes of all steps of a body.

    Attributes:
        edges: bodies that it runs, with the line and column of the first place that does.
        effects: what its own lines do: effect, line, column, reason.
        writes: changes of state that outlives the call: home, line, column, how.
        reads: looks at such state: home, line, column, whether as a receiver.
        unresolved: calls of its own lines that could not be followed, by line, column and call.
        libraries: top-level modules of the libraries that its own lines call.
    """

    __slots__ = ("edges", "effects", "libraries", "reads", "unresolved", "writes")

    def __init__(self, path: str, steps: Iterable[Notes]) -> None:
        """
        Args:
            path: of the file that the body stands in.
            steps: the notes of each step, in the order of the text.
        """
        self.edges: dict[Body, tuple[int, int]] = {}
        self.effects: set[tuple[Effect, int, int, str]] = set()
        self.writes: set[tuple[str, int, int, str]] = set()
        self.reads: set[tuple[str, int, int, bool]] = set()
        self.unresolved: dict[tuple[int, int, str], Unresolved] = {}
        self.libraries: set[str] = set()
        for step in steps:
            for kind, *note in step:
                if kind == EDGE:
                    self._edge(*note)
                elif kind == UNRESOLVED:
                    self._unresolved(path, *note)
                elif kind == LIBRARY:
                    self.libraries.add(*note)
                else:
                    into: set[Any] = self.effects if kind == EFFECT else self.writes if kind == WRITE else self.reads
                    into.add(tuple(note))

    def _edge(self, target: Body, line: int, column: int) -> None:
        here = (line, column)
        if target not in self.edges or here < self.edges[target]:
            self.edges[target] = here

    def _unresolved(self, path: str, line: int, column: int, call: str, harmless: str, reason: str) -> None:
        key = (line, column, call)
        known = self.unresolved.get(key)
        # Several values may come to one call: what is worse is said, and of equals always the same.
        if known is None or (harmless != "", reason) < (known.harmless_because != "", known.reason):
            self.unresolved[key] = Unresolved(Location(path, line, line, column), call, reason, harmless)
