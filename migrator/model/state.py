"""State of the process that outlives a call: who changes it at run time, who looks at it, and what is only a memo.

In: the writes and reads that the bodies have noted. Out: effects by body. A global that is filled while modules are
imported and never again is no state; neither is a registry that only import-time code adds to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from migrator.domain.effects import Effect
from migrator.facts.expressions import (
    Attribute,
    Call,
    Choice,
    Comprehension,
    Constant,
    Expression,
    Name,
    asked_whether_none,
    behind_not,
    parts_of,
)
from migrator.facts.records import Bind, RegionKind, Return, Store
from migrator.model.index import FunctionInfo
from migrator.model.solver import Body

Note = tuple[Effect, int, int, str]
_Place = tuple[Body, int, int, str]


def state_effects(
    bodies: Collection[Body],
    edges: Mapping[Body, Iterable[Body]],
    starts: Collection[Body],
    startup: Collection[Body] = (),
    unused: Collection[Body] = (),
) -> dict[Body, list[Note]]:
    """Effects `process-state-write`, `process-state-read` and `memoize` of each body.

    Args:
        edges: what each body runs, decorators included.
        starts: the bodies that events start.
        startup: the bodies that the start of the process runs.
        unused: bodies of functions that nobody looks up: what they change is read as a constant.
    """
    at_run_time = _at_run_time(bodies, edges, starts, startup)
    at_start = reached((body for body in startup if body in set(starts)), edges)
    writers: dict[str, list[_Place]] = defaultdict(list)
    for body in bodies:
        if body in at_run_time or body in at_start:
            for home, line, column, how in body.told.writes:
                writers[home].append((body, line, column, how))
    callers: dict[Body, list[Body]] = defaultdict(list)
    for body, targets in edges.items():
        for target in targets:
            callers[target].append(body)
    memos = {home for home, places in writers.items() if _is_memo(home, places, callers)}
    result: dict[Body, list[Note]] = defaultdict(list)
    for home, places in writers.items():
        for body, line, column, how in places:
            if home in memos:
                result[body].append((Effect.MEMOIZE, line, column, f"keeps what it computes in {home}"))
            else:
                verb = "binds" if how == "bind" else "changes"
                result[body].append((Effect.PROCESS_STATE_WRITE, line, column, f"{verb} {home}"))
    # What only the start of the process changes is read like a constant afterwards.
    at_run_time -= set(unused)
    later = {home: [place for place in places if place[0] in at_run_time] for home, places in writers.items()}
    changed = {home for home, places in later.items() if places and home not in memos}
    bound = {home for home in changed if any(how == "bind" for *_, how in later[home])}
    for body in bodies:
        for home, line, column, receiver in body.told.reads:
            if home in bound or (home in changed and not receiver):
                result[body].append((Effect.PROCESS_STATE_READ, line, column, f"looks at {home}"))
    return result


def reached(starts: Iterable[Body], edges: Mapping[Body, Iterable[Body]]) -> set[Body]:
    """Everything that the bodies run, themselves included."""
    seen = set(starts)
    waiting = list(seen)
    while waiting:
        for target in edges.get(waiting.pop(), ()):
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return seen


def _at_run_time(
    bodies: Collection[Body],
    edges: Mapping[Body, Iterable[Body]],
    starts: Iterable[Body],
    startup: Collection[Body],
) -> set[Body]:
    """Bodies that run after the start: reached from an event, or reached from nothing at import or at the start."""
    imported = reached((*(body for body in bodies if body.info.runs_on_import), *startup), edges)
    running = reached((body for body in starts if body not in startup), edges)
    # A function is called where one of its copies is.
    copies = {body.info for body in imported}
    imported |= {body for body in bodies if not copies.isdisjoint(body.info.copies.values())}
    return {body for body in bodies if body in running or body not in imported}


def _is_memo(home: str, places: list[_Place], callers: Mapping[Body, list[Body]]) -> bool:
    """Whether every change only keeps a value for the next call, after a look for one that is kept already."""
    kept = [place for place in places if place[3] != "drop"]
    return bool(kept) and all(
        _keeps(home, body, line)
        or _fills_for(home, body, callers.get(body, ()))
        or _is_memoized(body, callers, frozenset())
        for body, line, _, _ in kept
    )


def _is_memoized(body: Body, callers: Mapping[Body, Collection[Body]], seen: frozenset[Body]) -> bool:
    """Whether a function runs once for each object, or is only called by such functions."""
    if body.info.is_cached:
        return True
    above = callers.get(body, ())
    return bool(above) and body not in seen and all(_is_memoized(one, callers, seen | {body}) for one in above)


def _fills_for(home: str, body: Body, callers: Collection[Body]) -> bool:
    """Whether a function without arguments is only called where its callers have found the global still empty."""
    name = home.rpartition(".")[2]
    return (
        bool(callers)
        and not body.info.scope.parameters
        and all(
            _guarded(caller.info, {name}, caller.told.edges.get(body, (0, 0))[0], inside=True) for caller in callers
        )
    )


def _keeps(home: str, body: Body, line: int) -> bool:
    scope = body.info.scope
    step = next((step for step in scope.steps if isinstance(step, Bind | Store) and step.line == line), None)
    names = {home.rpartition(".")[2]}
    if step is None:
        return _fills_when_empty(body.info, names, line)
    if isinstance(step, Store) and isinstance(step.target, Attribute):
        names.add(step.target.attr)  # what is kept in a field of an object that a global holds
    if not _looked_before(home, body, names, line):
        return False
    if isinstance(step.value, Constant):
        # A flag that is set once, after a look whether it is set: `if not _done: set_up(); _done = True`.
        return step.value.value is True and _guarded(body.info, names, line)
    if not _computed(body.info, step.value):
        return False
    return _fills_when_empty(body.info, names, line) or any(
        isinstance(other, Return) and (_mentions(other.value, names) or _same_name(other.value, step.value))
        for other in scope.steps
    )


def _fills_when_empty(info: FunctionInfo, names: Collection[str], line: int) -> bool:
    """Whether the line stands in a branch that is only taken while the place is still empty: `if not TABLE: ...`."""
    return any(
        region.kind is RegionKind.BRANCH
        and region.body_line <= line <= region.end_line
        and region.head is not None
        and _asks_whether_empty(region.head, names)
        for region in info.scope.regions
    )


def _asks_whether_empty(head: Expression, names: Collection[str]) -> bool:
    """Whether a test is `not NAME`, `NAME is None`, or begins with one of these."""
    if isinstance(head, Choice):
        return any(_asks_whether_empty(part, names) for part in (*head.tests, *head.options))
    asked = behind_not(head) or asked_whether_none(head)
    return asked is not None and _is_place(asked, names)


def _is_place(expression: Expression, names: Collection[str]) -> bool:
    if isinstance(expression, Call) and isinstance(expression.func, Name) and expression.func.id in ("hasattr", "len"):
        return _mentions(expression, names)
    return (isinstance(expression, Name) and expression.id in names) or (
        isinstance(expression, Attribute) and expression.attr in names
    )


def _looked_before(home: str, body: Body, names: Collection[str], line: int) -> bool:
    if any(other == home and at <= line for other, at, _, _ in body.told.reads):
        return True
    return _guarded(body.info, names, line)


def _guarded(info: FunctionInfo, names: Collection[str], line: int, *, inside: bool = False) -> bool:
    """Whether the line stands in, or (unless `inside`) after, a branch that asks about one of the names."""
    return any(
        region.kind is RegionKind.BRANCH
        and region.line <= line
        and (not inside or line <= region.end_line)
        and region.head
        and _mentions(region.head, names)
        for region in info.scope.regions
    )


def _computed(info: FunctionInfo, value: Expression | None) -> bool:
    """Whether a stored value comes from a call that has something to compute, not from an empty container."""
    if isinstance(value, Name):
        sources = [step.value for step in info.scope.steps if isinstance(step, Bind) and step.name == value.id]
        return any(_computed(info, source) for source in sources if not isinstance(source, Name))
    return value is not None and any(isinstance(part, Call | Comprehension) for part in parts_of(value))


def _same_name(left: Expression, right: Expression | None) -> bool:
    return isinstance(left, Name) and isinstance(right, Name) and left.id == right.id


def _mentions(expression: Expression, names: Collection[str]) -> bool:
    return any(
        (isinstance(part, Name) and part.id in names)
        or (isinstance(part, Attribute) and part.attr in names)
        or (isinstance(part, Constant) and part.value in names)
        for part in parts_of(expression)
    )
