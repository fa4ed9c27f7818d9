"""State of the process that outlives a call: who changes it at run time, who looks at it, and what is only a memo.

In: the writes and reads that the bodies have noted. Out: effects by body. A global that is filled while modules are
imported and never again is no state; neither is a registry that only import-time code adds to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from migrator.domain.effects import Effect
from migrator.facts.expressions import Attribute, Call, Comprehension, Constant, Expression, Name
from migrator.facts.records import Bind, RegionKind, Return, Store
from migrator.model.index import FunctionInfo
from migrator.model.solver import Body

Note = tuple[Effect, int, int, str]


def state_effects(
    bodies: Collection[Body],
    edges: Mapping[Body, Iterable[Body]],
    starts: Collection[Body],
    startup: Collection[Body] = (),
) -> dict[Body, list[Note]]:
    """Effects `process-state-write`, `process-state-read` and `memoize` of each body.

    Args:
        edges: what each body runs, decorators included.
        starts: the bodies that events start.
        startup: the bodies that the start of the process runs.
    """
    at_run_time = _at_run_time(bodies, edges, starts, startup)
    at_start = reached((body for body in startup if body in set(starts)), edges)
    writers: dict[str, list[tuple[Body, int, int, str]]] = defaultdict(list)
    for body in bodies:
        if body in at_run_time or body in at_start:
            for home, line, column, how in body.writes:
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
    later = {home: [place for place in places if place[0] in at_run_time] for home, places in writers.items()}
    changed = {home for home, places in later.items() if places and home not in memos}
    bound = {home for home in changed if any(how == "bind" for *_, how in later[home])}
    for body in bodies:
        for home, line, column, receiver in body.reads:
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
    return {body for body in bodies if body in running or body not in imported}


def _is_memo(home: str, places: list[tuple[Body, int, int, str]], callers: Mapping[Body, list[Body]]) -> bool:
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
        and all(_guarded(caller.info, name, caller.edges.get(body, (0, 0))[0], inside=True) for caller in callers)
    )


def _keeps(home: str, body: Body, line: int) -> bool:
    name = home.rpartition(".")[2]
    scope = body.info.scope
    step = next((step for step in scope.steps if isinstance(step, Bind | Store) and step.line == line), None)
    if step is None or not _looked_before(home, body, name, line):
        return False
    if isinstance(step.value, Constant):
        # A flag that is set once, after a look whether it is set: `if not _done: set_up(); _done = True`.
        return step.value.value is True and _guarded(body.info, name, line)
    if not _computed(body.info, step.value):
        return False
    return any(
        isinstance(other, Return) and (_mentions(other.value, name) or _same_name(other.value, step.value))
        for other in scope.steps
    )


def _looked_before(home: str, body: Body, name: str, line: int) -> bool:
    if any(other == home and at <= line for other, at, _, _ in body.reads):
        return True
    return _guarded(body.info, name, line)


def _guarded(info: FunctionInfo, name: str, line: int, *, inside: bool = False) -> bool:
    """Whether the line stands in, or (unless `inside`) after, a branch that asks about the name."""
    return any(
        region.kind is RegionKind.BRANCH
        and region.line <= line
        and (not inside or line <= region.end_line)
        and region.head
        and _mentions(region.head, name)
        for region in info.scope.regions
    )


def _computed(info: FunctionInfo, value: Expression | None) -> bool:
    """Whether a stored value comes from a call that has something to compute, not from an empty container."""
    if isinstance(value, Name):
        sources = [step.value for step in info.scope.steps if isinstance(step, Bind) and step.name == value.id]
        return any(_computed(info, source) for source in sources if not isinstance(source, Name))
    return value is not None and any(isinstance(part, Call | Comprehension) for part in _parts(value))


def _same_name(left: Expression, right: Expression | None) -> bool:
    return isinstance(left, Name) and isinstance(right, Name) and left.id == right.id


def _mentions(expression: Expression, name: str) -> bool:
    return any(
        (isinstance(part, Name) and part.id == name)
        or (isinstance(part, Attribute) and part.attr == name)
        or (isinstance(part, Constant) and part.value == name)
        for part in _parts(expression)
    )


def _parts(expression: Expression) -> list[Expression]:
    """An expression and everything in it."""
    found: list[Expression] = []
    waiting: list[object] = [expression]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            if hasattr(node, "_fields"):
                found.append(node)  # type: ignore[arg-type]
            waiting.extend(node)
    return found
