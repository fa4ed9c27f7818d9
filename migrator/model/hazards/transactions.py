"""`in-transaction`: a candidate that is called, or whose job is sent, inside an open database transaction.

In: the solved program. Out: hazards on what runs inside. What opens a transaction: `with transaction.atomic()`, the
decorator of that name, `ATOMIC_REQUESTS` for every view, a `with` block of `begin`, `begin_nested` or `atomic` on
anything else, and, up to the next commit in the same function, a session that has been added to. What is handed to
`on_commit` runs after the commit and is left out, as is `delay_on_commit`.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence

from migrator.domain.assessments import Hazard, HazardKind
from migrator.domain.locations import Location
from migrator.domain.triggers import TriggerKind
from migrator.facts.expressions import Attribute, Call, Constant, Expression
from migrator.facts.records import RegionKind
from migrator.model.hazards.sends import Send
from migrator.model.index import FunctionInfo
from migrator.model.registrations import Program
from migrator.model.solver import Body
from migrator.model.summaries import EffectGraph

_ATOMIC = "django.db.transaction.atomic"
_NOT_ATOMIC = "django.db.transaction.non_atomic_requests"
_ON_COMMIT = "django.db.transaction.on_commit"
_BLOCKS = frozenset({"begin", "begin_nested", "atomic"})
_SESSION = "sqlalchemy.orm.Session"
_OPENS = frozenset({f"{_SESSION}.{name}" for name in ("add", "add_all", "delete", "merge", "flush")})
_ENDS = frozenset({f"{_SESSION}.{name}" for name in ("commit", "rollback", "close")})
SESSION_CALLS = frozenset({*_OPENS, *_ENDS, _ON_COMMIT})

_Span = tuple[int, int, str]  # first and last line, and what holds the transaction open there


class TransactionHazards:
    """What runs, and what is sent, inside of open transactions."""

    def __init__(
        self,
        program: Program,
        graph: EffectGraph,
        sends: Sequence[Send],
        roots: Mapping[str, Sequence[Body]],
        kinds: Mapping[str, frozenset[TriggerKind]],
    ) -> None:
        self._program = program
        self._spans: dict[FunctionInfo, list[_Span]] = {}
        self._open_sessions = _open_sessions(program)
        for info in self._atomic_views(program, roots, kinds):
            # The view itself is the transaction's first statement.
            self._spans[info] = [(info.scope.line, info.scope.end_line, "ATOMIC_REQUESTS")]
        after = {(call.location.path, call.location.line, call.location.column) for call in program.calls(_ON_COMMIT)}
        self._inside = self._reached(graph, after)
        self._sent: dict[FunctionInfo, list[Hazard]] = defaultdict(list)
        for send in sends:
            opened = None if send.waits else self._open_at(send.sender, send.location.line)
            if opened is not None:
                reason = f"its job is sent while a transaction is open ({opened}): it may run before the commit, or after a rollback"
                for target in send.targets:
                    self._sent[target].append(Hazard(HazardKind.IN_TRANSACTION, send.location, reason))

    def of(self, roots: Sequence[Body]) -> Iterator[Hazard]:
        """The hazards of a candidate."""
        for body in roots:
            yield from self._sent.get(body.info, ())
            found = self._inside.get(body.info)
            if found is not None:
                place, opened = found
                reason = f"it is called while a transaction is open ({opened}): elsewhere it sees no uncommitted rows, and its writes do not roll back with the caller's"
                yield Hazard(HazardKind.IN_TRANSACTION, place, reason)

    def _open_at(self, info: FunctionInfo, line: int) -> str | None:
        """What holds a transaction open at a line of a function, if anything does."""
        for first, last, opened in self._of_function(info):
            if first <= line <= last:
                return opened
        inside = self._inside.get(info)
        return inside[1] if inside is not None else None

    def _of_function(self, info: FunctionInfo) -> list[_Span]:
        found = self._spans.get(info)
        if found is None:
            found = self._spans[info] = [*_blocks(self._program, info), *self._open_sessions.get(info, ())]
        return found

    def _reached(
        self, graph: EffectGraph, after: set[tuple[str, int, int]]
    ) -> dict[FunctionInfo, tuple[Location, str]]:
        """Functions that are called inside a transaction: the place of the first such call, and what holds it open."""
        found: dict[FunctionInfo, tuple[Location, str]] = {}
        waiting: deque[tuple[Body, str]] = deque()
        for body in graph.bodies:
            spans = self._of_function(body.info)
            if not spans:
                continue
            path = body.info.module.facts.path
            for line, column, _, target in graph.callees(body):
                opened = next((text for first, last, text in spans if first <= line <= last), "")
                if opened and (path, line, column) not in after and target.info not in found:
                    found[target.info] = Location(path, line, line, column), opened
                    waiting.append((target, opened))
        while waiting:
            body, opened = waiting.popleft()
            path = body.info.module.facts.path
            for line, column, _, target in graph.callees(body):
                if (path, line, column) not in after and target.info not in found:
                    found[target.info] = Location(path, line, line, column), opened
                    waiting.append((target, opened))
        return found

    @staticmethod
    def _atomic_views(
        program: Program, roots: Mapping[str, Sequence[Body]], kinds: Mapping[str, frozenset[TriggerKind]]
    ) -> list[FunctionInfo]:
        if not _atomic_requests(program):
            return []
        views = [body.info for name, found in roots.items() if TriggerKind.HTTP in kinds[name] for body in found]
        return [info for info in views if _NOT_ATOMIC not in _decorators(program, info)]


def _blocks(program: Program, info: FunctionInfo) -> Iterator[_Span]:
    scope, path = info.scope, info.module.facts.path
    if scope.decorators and _ATOMIC in _decorators(program, info):
        yield scope.line, scope.end_line, f"@atomic at {path}:{scope.line}"
    for region in scope.regions:
        if region.kind is RegionKind.WITH and region.head is not None and _opens(program, info, region.head):
            yield region.body_line, region.end_line, f"with block at {path}:{region.line}"


def _opens(program: Program, info: FunctionInfo, head: Expression) -> bool:
    if not isinstance(head, Call):
        return False
    if isinstance(head.func, Attribute) and head.func.attr in _BLOCKS:
        return True
    return program.tables.index.dotted(info.module, head.func) == _ATOMIC


def _decorators(program: Program, info: FunctionInfo) -> set[str]:
    return {program.tables.index.dotted(info.module, decorator) for decorator in info.scope.decorators}


def _atomic_requests(program: Program) -> bool:
    return any(
        isinstance(key, Constant)
        and key.value == "ATOMIC_REQUESTS"
        and isinstance(value, Constant)
        and value.value is True
        for _, display in program.dictionaries()
        for key, value in display.pairs
    )


def _open_sessions(program: Program) -> dict[FunctionInfo, list[_Span]]:
    """Lines between a session's first change and the next end of its transaction, or the end of the function."""
    lines: dict[FunctionInfo, list[tuple[int, bool]]] = defaultdict(list)
    for call in program.calls(*_OPENS, *_ENDS):
        lines[call.body.info].append((call.location.line, call.dotted in _OPENS))
    found: dict[FunctionInfo, list[_Span]] = {}
    for info, places in lines.items():
        spans: list[_Span] = []
        start = 0
        for line, opens in sorted(places):
            if opens and not start:
                start = line
            elif not opens and start:
                spans.append((start + 1, line - 1, f"session changed at {info.module.facts.path}:{start}"))
                start = 0
        if start:
            spans.append((start + 1, info.scope.end_line, f"session changed at {info.module.facts.path}:{start}"))
        found[info] = spans
    return found
