"""`shared-table`: tables that a candidate writes and others write too, so that who owns the schema must be settled.

In: the writing calls of the ORMs. Out: one hazard for each table that a candidate writes, with the number of other
writers and the nearest of them. A table is the ORM class that stands for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile

from migrator.domain.assessments import Hazard, HazardKind
from migrator.domain.locations import Location
from migrator.model.frames import LibraryCall
from migrator.model.index import FunctionInfo
from migrator.model.orm import ORM_CLASSES
from migrator.model.registrations import Program
from migrator.model.solver import Body
from migrator.model.summaries import EffectGraph
from migrator.model.values import Cls, Inst, Lib, Value

_ROWS = ("create", "acreate", "update", "aupdate", "bulk_create", "bulk_update", "get_or_create", "update_or_create")
_BY_RECEIVER = frozenset(
    {
        *(f"django.db.models.Model.{name}" for name in ("save", "asave", "delete", "adelete")),
        *(f"django.db.models.{holder}.{name}" for holder in ("Manager", "QuerySet") for name in _ROWS),
        "django.db.models.QuerySet.delete",
        "django.db.models.QuerySet.adelete",
        "sqlalchemy.orm.Query.update",
        "sqlalchemy.orm.Query.delete",
    }
)
_BY_ARGUMENT = frozenset(f"sqlalchemy.orm.Session.{name}" for name in ("add", "add_all", "delete", "merge"))
WRITERS = _BY_RECEIVER | _BY_ARGUMENT
_NEAREST = 3  # other writers that are named


class TableHazards:
    """Which function writes which table."""

    def __init__(self, program: Program, graph: EffectGraph, roots: Mapping[str, Sequence[Body]]) -> None:
        self._places: dict[FunctionInfo, dict[str, Location]] = defaultdict(dict)
        numbers: dict[str, int] = {}
        for call in program.calls(*WRITERS):
            for table in sorted(_tables(program, call)):
                numbers.setdefault(table, len(numbers))
                self._places[call.body.info].setdefault(table, call.location)
        own = {
            body: sum(1 << numbers[table] for table in self._places[body.info])
            for body in graph.bodies
            if body.info in self._places
        }
        bits = graph.spread(own)
        self._writers: dict[str, list[str]] = defaultdict(list)
        for name, bodies in sorted(roots.items()):
            mask = 0
            for body in bodies:
                mask |= bits.get(body, 0)
            for table, number in numbers.items():
                if mask >> number & 1:
                    self._writers[table].append(name)
        self._outside = self._written_outside(graph, roots)

    def of(self, name: str, reached: Iterable[Body]) -> Iterator[Hazard]:
        """The hazards of a candidate; a table that nobody else writes is none."""
        said: set[str] = set()
        for body in reached:
            for table, place in self._places.get(body.info, {}).items():
                if table in said:
                    continue
                said.add(table)
                others = [other for other in self._writers[table] if other != name]
                outside = self._outside.get(table)
                if others or outside:
                    yield Hazard(HazardKind.SHARED_TABLE, place, _reason(table, name, others, outside))

    def _written_outside(self, graph: EffectGraph, roots: Mapping[str, Sequence[Body]]) -> dict[str, Location]:
        """Tables that are written by code which no candidate reaches, with the first such place."""
        running = {body.info for body in graph.reached([body for found in roots.values() for body in found])}
        found: dict[str, Location] = {}
        for info, tables in self._places.items():
            if info not in running:
                for table, place in tables.items():
                    found[table] = min(place, found.get(table, place))
        return found


def _reason(table: str, name: str, others: Sequence[str], outside: Location | None) -> str:
    said: list[str] = []
    if others:
        nearest = sorted(others, key=lambda other: (-_shared(name, other), other))[:_NEAREST]
        rest = len(others) - len(nearest)
        more = f" and {rest} more" if rest else ""
        number = "1 other candidate" if len(others) == 1 else f"{len(others)} other candidates"
        said.append(f"{number} ({', '.join(nearest)}{more})")
    if outside is not None:
        said.append(f"code that no candidate runs ({outside})")
    return f"writes {table}, which is written by {' and by '.join(said)} too"


def _shared(name: str, other: str) -> int:
    """How many parts two qualified names begin with together."""
    return sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(name.split("."), other.split("."), strict=False))
    )


def _tables(program: Program, call: LibraryCall) -> set[str]:
    values: set[Value] = set()
    if call.dotted in _BY_RECEIVER:
        for receiver in call.receivers:
            values.update(receiver.items if isinstance(receiver, Lib) else (receiver,))
    else:
        given = call.argument(0)
        values.update(given, program.contents(given))
    infos = {value.info for value in values if isinstance(value, Inst | Cls)}
    return {info.name for info in infos if program.ancestors(info) & ORM_CLASSES}
