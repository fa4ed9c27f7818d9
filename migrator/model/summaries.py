"""What a function does with all that it reaches: effects as bit sets over the condensed call graph.

In: bodies with their own effects, and edges. Out: per body the effects of everything it reaches, and on demand the
evidence, found breadth first, so that each chain is as short as the graph allows.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from migrator.domain.assessments import Reach, Unresolved
from migrator.domain.effects import Effect, EffectFinding, Evidence
from migrator.domain.locations import Location
from migrator.domain.overrides import Override
from migrator.model.index import FunctionInfo
from migrator.model.solver import Body

EVIDENCE_EACH = 5
"""Places that are kept for each effect: the nearest ones, and beyond them those that change something outside."""

_BITS = {effect: 1 << position for position, effect in enumerate(Effect)}
_Edge = tuple[int, int, str, Body]
_Note = tuple[Effect, int, int, str]
_Visit = tuple[Body, int]  # a body, and the bits of what the way to it hides


class Reached(NamedTuple):
    """What some bodies reach: effects with their nearest evidence, calls that could not be followed, names, what is
    stated about the functions on the way, and how much code all of it is."""

    effects: tuple[EffectFinding, ...]
    unresolved: tuple[Unresolved, ...]
    names: tuple[str, ...]
    overrides: tuple[Override, ...]
    reach: Reach


class EffectGraph:
    """The call graph of bodies with the effects of their own lines."""

    def __init__(
        self,
        edges: Mapping[Body, Sequence[_Edge]],
        own: Mapping[Body, Sequence[tuple[Effect, int, int, str]]],
        unresolved: Mapping[Body, Sequence[Unresolved]],
        hidden: Mapping[Body, frozenset[Effect]] | None = None,
        applied: Mapping[Body, Sequence[Override]] | None = None,
        guarded: Mapping[Body, Sequence[range]] | None = None,
    ) -> None:
        """
        Args:
            edges: what each body runs: line, column, name, body.
            own: effects of each body's own lines.
            unresolved: calls of each body's own lines that could not be followed.
            hidden: effects that are not seen through a body.
            applied: what is stated about bodies.
            guarded: lines that only run while a request is handled.
        """
        self._edges = edges
        self._own = own
        self._unresolved = unresolved
        self._applied = applied or {}
        self._hidden = {body: sum(_BITS[effect] for effect in effects) for body, effects in (hidden or {}).items()}
        self._own_bits = {body: _mask(effects) for body, effects in own.items()}
        self._bits = _condensed(edges, self._own_bits, self._hidden)
        self._guarded = guarded or {}
        self._outside = self._bits
        if any(self._of_requests(body, note) for body in self._guarded for note in own.get(body, ())):
            bits = {
                body: _mask(note for note in own.get(body, ()) if not self._of_requests(body, note))
                for body in self._guarded
            }
            self._outside = _condensed(edges, {**self._own_bits, **bits}, self._hidden)

    def _of_requests(self, body: Body, note: _Note) -> bool:
        """Whether an effect is only there while a request is handled."""
        effect, line, *_ = note
        return effect is Effect.REQUEST_CONTEXT and any(line in lines for lines in self._guarded.get(body, ()))

    @property
    def bodies(self) -> Iterable[Body]:
        """All bodies, in the order of their names."""
        return self._edges.keys()

    def reached(self, starts: Sequence[Body]) -> list[Body]:
        """Everything that the bodies run, themselves first, then nearest first."""
        found = dict.fromkeys(starts)
        waiting = deque(starts)
        while waiting:
            for *_, target in self._edges.get(waiting.popleft(), ()):
                if target not in found:
                    found[target] = None
                    waiting.append(target)
        return list(found)

    def spread(self, own: Mapping[Body, int]) -> dict[Body, int]:
        """Bits of the bodies' own, joined over everything that each reaches."""
        return _condensed(self._edges, own, {})

    def callees(self, body: Body) -> Sequence[_Edge]:
        """What a body runs: line, column, name and body, in the order of the text."""
        return self._edges.get(body, ())

    def effects(self, starts: Iterable[Body], *, in_request: bool = True) -> frozenset[Effect]:
        """The effects that the bodies can cause, while a request is handled or where there is none."""
        known = self._bits if in_request else self._outside
        bits = 0
        for body in starts:
            bits |= known.get(body, 0)
        return frozenset(effect for effect, bit in _BITS.items() if bits & bit)

    def before_hiding(self, body: Body) -> frozenset[Effect]:
        """The effects of a body as its callers would see them if it hid none."""
        bits = self._own_bits.get(body, 0)
        for _, _, _, target in self._edges.get(body, ()):
            bits |= self._bits.get(target, 0)
        return frozenset(effect for effect, bit in _BITS.items() if bits & bit)

    def findings(self, starts: Sequence[Body], *, in_request: bool = True) -> Reached:
        """Everything that the bodies reach. A body is walked again where it is reached on a way that hides less."""
        evidence: dict[Effect, dict[tuple[Location, str], Evidence]] = {}
        unresolved: dict[Unresolved, None] = {}
        overrides: dict[Override, None] = {}
        first = [(body, self._hidden.get(body, 0)) for body in starts]
        parents: dict[_Visit, _Visit | None] = dict.fromkeys(first)
        least: dict[Body, int] = dict(first)
        steps: dict[_Visit, int] = dict.fromkeys(first, 1)
        libraries: dict[str, int] = {}
        waiting = deque(first)
        while waiting:
            visit = waiting.popleft()
            body, hidden = visit
            for library in body.told.libraries:
                libraries.setdefault(library, steps[visit])
            overrides.update(dict.fromkeys(self._applied.get(body, ())))
            path = body.info.module.facts.path
            for note in self._own.get(body, ()):
                effect, line, column, reason = note
                if hidden & _BITS[effect] or (not in_request and self._of_requests(body, note)):
                    continue
                places = evidence.setdefault(effect, {})
                key = (Location(path, line, line, column), reason)
                changes = (effect, line, column) in body.changes
                if key not in places and (changes or len(places) < EVIDENCE_EACH):
                    places[key] = Evidence(*key, _chain(visit, parents), changes)
            unresolved.update(dict.fromkeys(self._unresolved.get(body, ())))
            for _, _, _, target in self._edges.get(body, ()):
                below = hidden | self._hidden.get(target, 0)
                known = least.get(target)
                if known is not None and known & below == known:
                    continue
                least[target] = below if known is None else known & below
                if (target, below) not in parents:
                    parents[target, below] = visit
                    steps[target, below] = steps[visit] + 1
                    waiting.append((target, below))
        found = tuple(
            EffectFinding(effect, tuple(evidence[effect].values())) for effect in Effect if effect in evidence
        )
        names = tuple(dict.fromkeys(body.name for body, _ in parents))
        calls = tuple(sorted(unresolved, key=lambda call: (call.location, call.call)))
        stated = tuple(sorted(overrides, key=lambda item: (item.location, item.function, item.kind, item.effect)))
        return Reached(found, calls, names, stated, _reach({body.info for body, _ in parents}, libraries))


def _reach(ran: Collection[FunctionInfo], libraries: Mapping[str, int]) -> Reach:
    functions = {info for info in ran if not info.runs_on_import}
    # A nested function stands in the lines of the one around it.
    outermost = [info.location for info in functions if info.enclosing not in functions]
    nearest = sorted((steps, name) for name, steps in libraries.items() if name.isidentifier() and name != "builtins")
    lines = sum(place.end_line - place.line + 1 for place in outermost)
    return Reach(len(functions), lines, {name: steps for steps, name in nearest})


def _chain(visit: _Visit, parents: Mapping[_Visit, _Visit | None]) -> tuple[str, ...]:
    names: list[str] = []
    step: _Visit | None = visit
    while step is not None:
        if not names or names[-1] != step[0].name:
            names.append(step[0].name)
        step = parents[step]
    return tuple(reversed(names))


def _mask(effects: Iterable[tuple[Effect, int, int, str]]) -> int:
    bits = 0
    for effect, *_ in effects:
        bits |= _BITS[effect]
    return bits


def _condensed(
    edges: Mapping[Body, Sequence[_Edge]], own: Mapping[Body, int], hidden: Mapping[Body, int]
) -> dict[Body, int]:
    """Bits of everything reachable, by Tarjan's components in reverse topological order, without recursion."""
    index: dict[Body, int] = {}
    low: dict[Body, int] = {}
    on_stack: set[Body] = set()
    stack: list[Body] = []
    bits: dict[Body, int] = {}
    for root in edges:
        if root in index:
            continue
        work: list[tuple[Body, int]] = [(root, 0)]
        while work:
            body, position = work.pop()
            if not position:
                index[body] = low[body] = len(index)
                stack.append(body)
                on_stack.add(body)
            targets = edges.get(body, ())
            for next_position in range(position, len(targets)):
                target = targets[next_position][3]
                if target not in index:
                    work.append((body, next_position + 1))
                    work.append((target, 0))
                    break
                if target in on_stack:
                    low[body] = min(low[body], index[target])
            else:
                if low[body] == index[body]:
                    _close(body, stack, on_stack, edges, own, hidden, bits)
                if work:
                    caller = work[-1][0]
                    low[caller] = min(low[caller], low[body])
    return bits


def _close(
    root: Body,
    stack: list[Body],
    on_stack: set[Body],
    edges: Mapping[Body, Sequence[_Edge]],
    own: Mapping[Body, int],
    hidden: Mapping[Body, int],
    bits: dict[Body, int],
) -> None:
    members: list[Body] = []
    while True:
        member = stack.pop()
        on_stack.discard(member)
        members.append(member)
        if member is root:
            break
    if any(member in hidden for member in members):
        _settle(members, edges, own, hidden, bits)
        return
    total = 0
    for member in members:
        total |= own.get(member, 0)
        for _, _, _, target in edges.get(member, ()):
            total |= bits.get(target, 0)
    for member in members:
        bits[member] = total


def _settle(
    members: Sequence[Body],
    edges: Mapping[Body, Sequence[_Edge]],
    own: Mapping[Body, int],
    hidden: Mapping[Body, int],
    bits: dict[Body, int],
) -> None:
    """Bits of a component in which some members hide effects, so that not all have the same."""
    for member in members:
        bits[member] = own.get(member, 0) & ~hidden.get(member, 0)
    grown = True
    while grown:
        grown = False
        for member in members:
            total = bits[member]
            for _, _, _, target in edges.get(member, ()):
                total |= bits.get(target, 0) & ~hidden.get(member, 0)
            grown |= total != bits[member]
            bits[member] = total
