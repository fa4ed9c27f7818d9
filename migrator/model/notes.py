"""What the steps of a body have noted, and all of it together.

In: notes, as tuples that tell their kind first. Out: `Told`, by kind. A step that is read again notes anew, so that
nothing remains of what was thought while values were still missing; the others keep what they have.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from migrator.domain.assessments import Unresolved
from migrator.domain.effects import Effect
from migrator.domain.locations import Location

if TYPE_CHECKING:
    from migrator.model.solver import Body

Note: TypeAlias = tuple[Any, ...]

Notes: TypeAlias = dict[Note, None]
"""The notes of one step, in the order of its reading."""

Same: TypeAlias = dict[Any, Any]
"""The one object for all notes, and sets of them, that are equal: a method that a thousand classes inherit notes much the
same for each of them."""

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


_SETS: Final = {EFFECT: "effects", WRITE: "writes", READ: "reads", LIBRARY: "libraries"}
_NONE: frozenset[Any] = frozenset()


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

    def __init__(self, path: str, steps: Iterable[Iterable[Note]], same: Same) -> None:
        """
        Args:
            path: of the file that the body stands in.
            steps: the notes of each step, in the order of the text.
            same: of the program.
        """
        # Most bodies have notes of a kind or two, and there are tens of thousands: an empty set is made for none.
        self.edges: dict[Body, tuple[int, int]] = {}
        self.effects: Set[tuple[Effect, int, int, str]] = _NONE
        self.writes: Set[tuple[str, int, int, str]] = _NONE
        self.reads: Set[tuple[str, int, int, bool]] = _NONE
        self.unresolved: dict[tuple[int, int, str], Unresolved] = {}
        self.libraries: Set[str] = _NONE
        sets: dict[int, set[Any]] = {}
        for step in steps:
            for kind, *note in step:
                if kind == EDGE:
                    self._edge(*note)
                elif kind == UNRESOLVED:
                    self._unresolved(path, *note)
                else:
                    told = note[0] if kind == LIBRARY else tuple(note)
                    sets.setdefault(kind, set()).add(same.setdefault(told, told))
        for kind, found in sets.items():
            whole = frozenset(found)
            setattr(self, _SETS[kind], same.setdefault(whole, whole))

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
