"""The fixed point: cells that grow, and bodies that are read again when a cell that they have read grows.

In: bodies to read and a function that reads one. Out: the least solution, whatever the order. A body is one
function with one receiver, so that `self.method()` in an inherited method means the method of the receiver's class.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Set
from itertools import chain
from typing import Any, Final

from migrator.domain.effects import Effect
from migrator.model.index import FunctionInfo
from migrator.model.notes import EDGE, Note, Notes, Same, Told
from migrator.model.values import NOTHING, UNKNOWN, Box, Const, Gen, Inst, Lib, Universe, Value

_MOST_RANKS = 64
"""Ranks of bodies by how often they have been read; more often than that makes no difference."""

_DATA: tuple[type[Value], ...] = (Lib, Box, Gen, Const)
_OBJECTS: tuple[type[Value], ...] = (Inst,)
_DEEPEST = 60
"""Bodies that are begun within one another: each takes some twenty frames of the interpreter's stack."""


_MOST_DATA = 120
"""Containers and values of libraries in one cell beyond which they are no longer followed. So many meet where all kinds
of data pass (arguments of a template, fields of a form): what is done there is then done to every one of them, which
says nothing about any, and costs most of the time that a large program takes. Functions and classes are always
followed: a table of a thousand routes is a table."""

_MOST_OBJECTS = 200
"""The same for instances of first-party classes."""


CALLS: Final = "calls"
CHANGES: Final = "changes"
SETS: Final = "sets"
ASKS: Final = "asks"

EVERY_STEP: Final = -1
"""The bits of all steps."""


_MOST_SETS = 20_000
"""Sets of values that are held before it is asked which of them are still needed."""

_NONE: frozenset[Any] = frozenset()

_TOLD_EACH = 200
"""Bodies between two words about progress: a tenth of a second."""


class Cell:
    """A set of values that only grows, and who has read it.

    There are hundreds of thousands, most of them a local name that one body reads or nobody does: a dictionary is made
    for the second reader.

    Attributes:
        left_out: types of values that are no longer followed here, since too many have met.
    """

    __slots__ = ("_first", "_others", "_steps", "left_out", "values")

    def __init__(self) -> None:
        self.values: frozenset[Value] = NOTHING
        self.left_out: tuple[type[Value], ...] = ()
        self._first: Body | None = None
        self._steps = 0
        self._others: dict[Body, int] | None = None

    def readers(self) -> list[tuple[Body, int]]:
        """The bodies that have read it, in the order in which they have, each with the bits of the steps that have."""
        if self._first is None:
            return []
        first = (self._first, self._steps)
        return [first] if self._others is None else [first, *self._others.items()]

    def read_by(self, reader: Body, step: int) -> frozenset[Value]:
        """The values so far; when they grow, the step of the body with this bit is read again."""
        if self._first is reader:
            self._steps |= step
        elif self._first is None:
            self._first = reader
            self._steps = step
        elif self._others is None:
            self._others = {reader: step}
        else:
            known = self._others.get(reader, 0)
            if not known & step:
                self._others[reader] = known | step
        return self.values

    def forget_readers(self) -> None:
        """Nobody has read it."""
        self._first = self._others = None


ALL: Final = "all items"
ANYWHERE: Final = "*"
"""Items of which it is not known where they are."""
KEYS: Final = "keys"
"""Constants that are keys."""
OBJECT_KEYS: Final = "object keys"
LENGTH: Final = "length"


def under(key: object) -> tuple[str, object]:
    """The item at a position or under a constant key."""
    return ("key", key)


class Contents(dict[object, Cell]):
    """The cells of what the containers of one site hold, by the words above."""

    __slots__ = ()

    def __missing__(self, key: object) -> Cell:
        made = self[key] = Cell()
        return made


class Body:
    """A function with the receiver it runs for, and everything that reading it has found so far.

    It is read step by step, and again only the steps of which something that they have read has grown: most cells
    that grow concern a line or two of a long function. A step has a number and the bit of that number (`Evaluation`).

    Attributes:
        names: local names, each made when it is first asked for (`local`).
        pending: bits of the steps that are to be read.
        changes: effects of its own lines that change something outside: effect, line, column.
        handling: what it does with its parameters, directly or by handing them on, for which each caller answers with
            what it passes: constants `CALLS:position`, `CHANGES:position` in place, `ASKS:position:what`, and `SETS:position:attribute`; where
            a class is passed,
            the attribute is the class's.
        runs: how often it has been read.
    """

    __slots__ = (
        "_notes",
        "_same",
        "_told",
        "changes",
        "handling",
        "info",
        "names",
        "pending",
        "queued",
        "receiver",
        "result",
        "runs",
        "yielded",
    )

    def __init__(self, info: FunctionInfo, receiver: Value | None, same: Same) -> None:
        self._same = same
        self.info = info
        self.receiver = receiver
        self.names: dict[str, Cell] = {}
        self.result = Cell()
        self.yielded = Cell()
        self.handling = Cell()
        self.changes: Set[tuple[Effect, int, int]] = _NONE
        self.pending = EVERY_STEP
        self.queued = False
        self.runs = 0
        self._notes: dict[int, tuple[Note, ...]] = {}
        self._told: Told | None = None

    @property
    def name(self) -> str:
        """The qualified name of the function."""
        return self.info.name

    @property
    def told(self) -> Told:
        """The notes of all steps together, as long as none is read again."""
        if self._told is None:
            steps = (self._notes[number] for number in sorted(self._notes))
            self._told = Told(self.info.module.facts.path, steps, self._same)
        return self._told

    def local(self, name: str) -> Cell:
        """The cell of a local name."""
        found = self.names.get(name)
        if found is None:
            found = self.names[name] = Cell()
        return found

    def note_change(self, effect: Effect, line: int, column: int) -> None:
        """An effect of its own lines changes something outside."""
        if not isinstance(self.changes, set):
            self.changes = set()
        self.changes.add((effect, line, column))

    def cells(self) -> Iterator[Cell]:
        """Its own cells."""
        yield from self.names.values()
        yield from (self.result, self.yielded, self.handling)

    def release(self) -> None:
        """See `Solver.release`."""
        for cell in self.cells():
            cell.forget_readers()
        self._notes.clear()
        self._told = None
        self.names.clear()

    def settle(self) -> None:
        """No step is read any more: what each has noted by itself can go."""
        self._told = self.told
        self._notes.clear()

    def note(self, number: int, notes: Notes) -> None:
        """What a reading of a step has noted takes the place of what the one before has."""
        if notes:
            same = self._same
            self._notes[number] = tuple([note if note[0] == EDGE else same.setdefault(note, note) for note in notes])
        elif self._notes.pop(number, None) is None:
            return
        self._told = None


def _followed(cell: Cell, values: frozenset[Value]) -> frozenset[Value]:
    """The values without those of which there are too many; in their place stands that something is not followed."""
    for types, most in ((_DATA, _MOST_DATA), (_OBJECTS, _MOST_OBJECTS)):
        if types[0] not in cell.left_out and sum(isinstance(value, types) for value in values) > most:
            cell.left_out += types
            values = frozenset((UNKNOWN, *(value for value in values if not isinstance(value, types))))
    return values


def _nothing_runs(body: Body) -> None:
    """What a released solver runs."""


class Solver:
    """Holds all cells and bodies of a model and runs bodies until nothing grows."""

    def __init__(
        self, universe: Universe, run: Callable[[Body], None], tell: Callable[[int], None] = lambda done: None
    ) -> None:
        """
        Args:
            run: reads the pending steps of a body.
            tell: told now and then how many bodies have been read.
        """
        self.universe = universe
        self._run = run
        self._tell = tell
        self._done = 0
        # By how often they have been read: what has been read least goes first, so that a body that reads what many
        # others fill is not read again for each of them.
        self._waiting: list[deque[Body]] = [deque() for _ in range(_MOST_RANKS)]
        self._depth = 0
        self.bodies: dict[tuple[FunctionInfo, Value | None], Body] = {}
        self._cells: dict[tuple[object, ...], Cell] = {}
        self._contents: dict[str, Contents] = {}
        self._same: Same = {}
        self._most_sets = _MOST_SETS

    def body(self, info: FunctionInfo, receiver: Value | None) -> Body:
        """The body of a function for a receiver; a new one is queued."""
        key = (info, receiver)
        found = self.bodies.get(key)
        if found is None:
            found = self.bodies[key] = Body(info, receiver, self._same)
            self.queue(found)
        return found

    def cell(self, *key: object) -> Cell:
        """The cell of a field or an argument."""
        found = self._cells.get(key)
        if found is None:
            found = self._cells[key] = Cell()
        return found

    def contents(self, box: Box) -> tuple[Contents, ...]:
        """What a box holds: for that of one class with what came in by the generic one, and the other way round."""
        if box.contents is None:
            sites = (box.site, box.generic or box.mirror) if box.mirror else (box.site,)
            box.contents = tuple(map(self._at_site, sites))
        return box.contents

    def filled(self, box: Box) -> tuple[Contents, ...]:
        """Where what is put into a box goes: that of one class holds it also for the generic one."""
        return (self._at_site(box.site), self._at_site(box.mirror)) if box.generic else self.contents(box)[:1]

    def _at_site(self, site: str) -> Contents:
        found = self._contents.get(site)
        if found is None:
            found = self._contents[site] = Contents()
        return found

    def all_contents(self) -> Iterable[Contents]:
        """What all boxes hold, in the order in which they were made."""
        return self._contents.values()

    def _shared_cells(self) -> Iterator[Cell]:
        """All cells but those of bodies."""
        return chain(self._cells.values(), *map(Contents.values, self._contents.values()))

    def join(self, cell: Cell, values: Iterable[Value]) -> bool:
        """Add values; says whether that was news."""
        if values is cell.values or (isinstance(values, frozenset) and values <= cell.values):
            return False  # mostly nothing is new, and a comparison makes no set
        if cell.left_out:
            values = [value for value in values if not isinstance(value, cell.left_out)]
        grown = cell.values.union(values)
        if len(grown) == len(cell.values):
            return False
        if len(grown) > _MOST_DATA:
            grown = _followed(cell, grown)
        cell.values = self.universe.one(grown)
        for reader, steps in cell.readers():
            self.queue(reader, steps)
        return True

    def queue(self, body: Body, steps: int = EVERY_STEP) -> None:
        """Have steps of a body read (again)."""
        body.pending |= steps
        if not body.queued:
            body.queued = True
            self._waiting[min(body.runs, _MOST_RANKS - 1)].append(body)

    def release(self) -> None:
        """Let go of everything, so that it goes at once: what bodies and cells hold of each other goes in circles.

        Nothing of the solver, nor of what was made of it, can be asked afterwards.
        """
        for cell in self._shared_cells():
            cell.forget_readers()
        for body in self.bodies.values():
            body.release()
        self.bodies.clear()
        self._cells.clear()
        self._contents.clear()
        self._same.clear()
        self._run = _nothing_runs
        self.universe.release()

    @property
    def settled(self) -> bool:
        """Whether no body waits to be read."""
        return not any(self._waiting)

    def solve(self) -> None:
        """Run until nothing grows."""
        while (waiting := next((rank for rank in self._waiting if rank), None)) is not None:
            body = waiting.popleft()
            if body.queued:
                self._run_one(body)
            if self.universe.sets > self._most_sets:
                self._tidy()

    def settle(self) -> None:
        """Nothing is read any more: what was only needed to read again can go, before the program is put together."""
        for cell in self._shared_cells():
            cell.forget_readers()
        for body in self.bodies.values():
            body.settle()
        self._tidy()

    def _tidy(self) -> None:
        """Let go of sets that no cell holds any more."""
        cells = chain(self._shared_cells(), *map(Body.cells, self.bodies.values()))
        self.universe.keep_sets({cell.values for cell in cells})
        self._most_sets = max(_MOST_SETS, self.universe.sets * 6 // 5)

    def begin(self, body: Body) -> None:
        """Read a body that has never been read, before its result is asked for.

        A caller that is read after what it calls need not be read again. The answer is the same without it.
        """
        if not body.runs and body.queued and self._depth < _DEEPEST:
            self._run_one(body)

    def _run_one(self, body: Body) -> None:
        body.queued = False
        if not body.runs:
            self._done += 1
            if self._done % _TOLD_EACH == 0:
                self._tell(self._done)
        body.runs += 1
        self._depth += 1
        self._run(body)
        self._depth -= 1
