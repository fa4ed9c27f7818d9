"""The third stage's result: what the analyzed program does, by function.

In: facts and knowledge. Out: `ProgramModel`, with the candidates that the framework plug-ins have found, and a
summary for any function. What to make of it (verdict, confidence, rank) is left to `migrator.verdicts`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from migrator.collector import without_collector
from migrator.domain.assessments import Finding, Hazard, Reach, Unresolved
from migrator.domain.call_graphs import CallGraph
from migrator.domain.effects import Effect, EffectFinding
from migrator.domain.locations import Location
from migrator.domain.overrides import Override, Stated
from migrator.domain.progress import Progress, silent
from migrator.domain.sdk_calls import SdkUse
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.facts import ModuleFacts
from migrator.knowledge import Knowledge
from migrator.model.call_graph import make_call_graph
from migrator.model.call_notes import CallNotes
from migrator.model.evaluation import run_body
from migrator.model.frames import Tables
from migrator.model.frameworks import FRAMEWORKS
from migrator.model.guards import guarded_lines
from migrator.model.hazards import NOTED, Hazards
from migrator.model.holders import name_holders
from migrator.model.index import FunctionInfo, Index
from migrator.model.likelihood import NameRule
from migrator.model.overriding import in_order, overridden, unused
from migrator.model.registrations import Program, Registration
from migrator.model.sdk import SdkUses
from migrator.model.solver import Body, Solver
from migrator.model.startup import APPLICATIONS, startup_bodies
from migrator.model.state import state_effects
from migrator.model.summaries import EffectGraph
from migrator.model.unused import unused_bodies
from migrator.model.values import Universe, Value

_DEPTH = 20_000
"""Frames of recursion while bodies are read: expressions of generated code are that deep. Calls between Python
functions take no C stack, so the limit is about memory, a few hundred bytes a frame."""

_ROUNDS = 8
"""How often plug-ins may add what frameworks pass to functions before the model is taken as it is."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An event-shaped function.

    Attributes:
        name: `module.function`, `module.Class.method`, or `module.Class` where all handlers are inherited.
        location: of the `def` or `class`.
        triggers: sorted by kind, framework, place.
    """

    name: str
    location: Location
    triggers: tuple[Trigger, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a function can cause through everything that it reaches.

    Attributes:
        effects: in the order of `Effect`, each with its nearest places.
        hazards: risks of the move.
        unresolved: calls reached that could not be followed, by place.
        reaches: qualified names of everything that it runs, nearest first, itself included.
        overrides: what is stated about functions that it runs, by place.
        reach: how much code that is, and which libraries it calls.
    """

    effects: tuple[EffectFinding, ...]
    hazards: tuple[Hazard, ...]
    unresolved: tuple[Unresolved, ...]
    reaches: tuple[str, ...] = ()
    overrides: tuple[Override, ...] = ()
    reach: Reach = field(default_factory=Reach)


class ProgramModel:
    """The analyzed program. Made by `build_model`; reading it changes nothing."""

    def __init__(
        self,
        program: Program,
        graph: EffectGraph,
        bodies: Mapping[FunctionInfo, Sequence[Body]],
        candidates: tuple[Candidate, ...],
        roots: Mapping[str, Sequence[Body]],
        names: NameRule,
        hazards: Hazards,
        sdk: SdkUses,
        findings: tuple[Finding, ...],
    ) -> None:
        self._program = program
        self._index = program.tables.index
        self._sdk = sdk
        self._names = names
        self._hazards = hazards
        self._graph = graph
        self._bodies = bodies
        self._roots = roots
        self._summaries: dict[str, Summary] = {}
        self.candidates = candidates
        self._outside = {
            candidate.name for candidate in candidates if {item.kind for item in candidate.triggers} <= _WITHOUT_REQUEST
        }
        self.findings = findings
        self.functions: Mapping[str, Location] = {name: info.location for name, info in self._index.functions.items()}

    def summary(self, name: str) -> Summary:
        """What a function or candidate does.

        Raises:
            KeyError: there is no function of this name.
        """
        found = self._summaries.get(name)
        if found is None:
            reached = self._graph.findings(self._starts(name), in_request=name not in self._outside)
            judged = self._names.judged(reached.unresolved, (finding.effect for finding in reached.effects))
            hazards = self._hazards.of(name)
            found = Summary(reached.effects, hazards, judged, reached.names, reached.overrides, reached.reach)
            self._summaries[name] = found
        return found

    def effects(self, name: str) -> frozenset[Effect]:
        """The effects of a function, without evidence: cheaper than `summary`.

        Raises:
            KeyError: there is no function of this name.
        """
        return self._graph.effects(self._starts(name), in_request=name not in self._outside)

    def callees(self, name: str) -> tuple[str, ...]:
        """Names of the functions that a function runs itself, sorted.

        Raises:
            KeyError: there is no function of this name.
        """
        targets = (target for start in self._starts(name) for *_, target in self._graph.callees(start))
        return tuple(sorted({target.name for target in targets}))

    def sdk_use(self, name: str, travelling: Mapping[str, frozenset[int] | None]) -> SdkUse:
        """What a function or candidate asks of the cloud's SDK, itself and when its modules are imported.

        Args:
            travelling: modules of its slice to the lines of them that travel; None for all.

        Raises:
            KeyError: there is no function of this name.
        """
        return self._sdk.of(self._starts(name), travelling)

    def release(self) -> None:
        """Let go of the program, of which nothing can be asked afterwards.

        What it is made of goes in circles, and Python's collector would have to find hundreds of megabytes of them.
        """
        self._program.release()
        self._summaries.clear()

    def _starts(self, name: str) -> Sequence[Body]:
        if name in self._roots:
            return self._roots[name]
        return self._bodies[self._index.functions[name]][:1]


def build_model(
    facts: Mapping[str, ModuleFacts],
    knowledge: Knowledge,
    stated: Sequence[Stated] = (),
    progress: Progress = silent,
) -> ProgramModel:
    """Resolve a program.

    Args:
        facts: by module name.
        knowledge: what libraries do.
        stated: what overrides the analysis.
        progress: told how many functions have been read.
    """
    with without_collector():
        program, registrations = _solved(facts, knowledge, progress=progress)
        return _assemble(program, registrations, stated)


def build_call_graph(facts: Mapping[str, ModuleFacts], knowledge: Knowledge, progress: Progress = silent) -> CallGraph:
    """Resolve a program, and say who calls whom; for the arguments see `build_model`. The graph names no root."""
    notes = CallNotes()
    with without_collector():
        program, _ = _solved(facts, knowledge, notes, progress)
        graph = make_call_graph(program, notes)
        notes.release()
        program.release()
        return graph


def _solved(
    facts: Mapping[str, ModuleFacts],
    knowledge: Knowledge,
    notes: CallNotes | None = None,
    progress: Progress = silent,
) -> tuple[Program, list[Registration]]:
    index = Index(facts, knowledge.is_known_library)
    universe = Universe()
    solver = Solver(universe, lambda body: run_body(tables, body), lambda done: progress("following calls", done))
    interests = frozenset(name for framework in FRAMEWORKS for name in framework.interests)
    wrappers = {name: type_ for framework in FRAMEWORKS for name, type_ in framework.wrappers.items()}
    noted = NOTED | APPLICATIONS | {f"{name}.__init__" for name in APPLICATIONS}
    tables = Tables(
        index, knowledge, universe, solver, interests | noted, wrappers, noted=noted - interests, call_notes=notes
    )
    program = Program(tables)
    with _deep_recursion():
        # What runs on import declares what functions use: read before them, it leaves less to read again.
        for on_import in (True, False):
            for info in index.all_functions():
                if info.runs_on_import is on_import:
                    solver.body(info, program.default_receiver(info))
        registrations: list[Registration] = []
        for _ in range(_ROUNDS):
            solver.solve()
            registrations = [found for framework in FRAMEWORKS for found in framework.find(program)]
            handed_over = _hand_over(program, registrations)
            if not program.wrapped.follow() and not handed_over and solver.settled:
                break
        solver.solve()
    return program, registrations


def _hand_over(program: Program, registrations: Iterable[Registration]) -> bool:
    """Tell functions what frameworks pass to them; says whether that was news."""
    solver = program.tables.solver
    news = False
    for found in registrations:
        for start in found.runs:
            news |= (start.info, start.receiver) not in solver.bodies
            solver.body(start.info, start.receiver)
        for signal in found.answers if not _is_test(found) else ():
            handlers = (
                program.tables.universe.method(start.info, start.receiver)
                if start.receiver is not None
                else program.tables.universe.fn(start.info, None)
                for start in found.runs
            )
            news |= solver.join(solver.cell("answers", signal), handlers)
        for info, position, value in found.passes:
            news |= solver.join(solver.cell("argument", info, position), (value,))
            solver.join(solver.cell("unanswered", info, position), (value,))
    return news


def _is_test(registration: Registration) -> bool:
    """Whether a test or a fixture makes the registration: what it puts in somebody's place runs nowhere else."""
    return any("pytest" in start.info.module.imports for start in registration.runs)


def _assemble(program: Program, registrations: Sequence[Registration], stated: Sequence[Stated]) -> ProgramModel:
    solver = program.tables.solver
    solver.settle()
    orders = {body: _order(body) for body in solver.bodies.values()}
    bodies = sorted(orders, key=orders.__getitem__)
    by_function: dict[FunctionInfo, list[Body]] = {}
    for body in bodies:
        by_function.setdefault(body.info, []).append(body)
    for info, found in by_function.items():
        own = solver.bodies.get((info, program.default_receiver(info)))
        if own is not None:
            found.remove(own)
            found.insert(0, own)
    edges = {body: _edges(program, body, orders) for body in bodies}
    roots: dict[str, list[Body]] = {}
    around: list[Body] = []
    triggers: dict[str, list[Trigger]] = {}
    places: dict[str, Location] = {}
    extra: dict[Body, list[tuple[Effect, int, int, str]]] = {}
    for found_registration in registrations:
        name = found_registration.name
        places.setdefault(name, found_registration.location)
        triggers.setdefault(name, []).append(found_registration.trigger)
        for start in found_registration.runs:
            body = solver.body(start.info, start.receiver)
            if start.around:
                around.append(body)
                continue
            if body not in roots.setdefault(name, []):
                roots[name].append(body)
            # Their lines are those of the candidate's own file, which the start of a base class may not lie in.
            if start.info.module.facts.path == found_registration.location.path or len(found_registration.runs) == 1:
                extra.setdefault(body, []).extend(found_registration.effects)
            for call in found_registration.unresolved:
                body.told.unresolved[call.location.line, call.location.column, call.call] = call
    starts = [*(body for found in roots.values() for body in found), *around]
    targets = {body: [edge[3] for edge in found] for body, found in edges.items()}
    name_holders(bodies, solver)
    called = {target for found in targets.values() for target in found}
    unused_ones = unused_bodies(program, starts, called)
    state = state_effects(bodies, targets, starts, startup_bodies(program, registrations), unused_ones)
    own_effects = {
        body: tuple(
            sorted(
                {*body.told.effects, *_decorated(program, body), *state.get(body, ()), *extra.get(body, ())}, key=_place
            )
        )
        for body in bodies
    }
    overriding = overridden(stated, own_effects, by_function)
    unresolved = {body: _unresolved(program, body) for body in bodies}
    candidates = tuple(Candidate(name, places[name], _ordered(triggers[name])) for name in sorted(roots))
    for name, found_roots in roots.items():
        roots[name] = sorted(found_roots, key=_order)
    names = NameRule(
        targets,
        {body: {note[0] for note in notes} if notes else () for body, notes in overriding.own.items()},
        unresolved,
        {body.info for body in starts},
        program.tables.knowledge,
    )
    hidden = {body: overriding.hidden.get(body, frozenset()) | _FILLING for body in bodies if _fills_a_memo(body)}
    guarded = {body: lines for body in bodies if (lines := guarded_lines(program.tables.index, body.info))}
    graph = EffectGraph(edges, overriding.own, unresolved, {**overriding.hidden, **hidden}, overriding.applied, guarded)
    kinds = {name: frozenset(trigger.kind for trigger in found) for name, found in triggers.items()}
    hazards = Hazards(program, graph, roots, kinds)
    spare = unused(overriding, {body: graph.before_hiding(body) for body in overriding.hidden})
    findings = in_order([*overriding.findings, *spare])
    sdk = SdkUses(program, graph)
    return ProgramModel(program, graph, by_function, candidates, roots, names, hazards, sdk, findings)


_WITHOUT_REQUEST = frozenset(
    {TriggerKind.QUEUE, TriggerKind.SCHEDULE, TriggerKind.STREAM, TriggerKind.OBJECT, TriggerKind.COMMAND}
)
"""What starts a function where no request is handled. A signal may be sent in one."""

_FILLING = frozenset({Effect.PROCESS_STATE_WRITE})
"""What filling a memo hides: it is done once, and whoever asks again finds the memo."""


def _fills_a_memo(body: Body) -> bool:
    """Whether what the body computes is kept by the process: a memo of a function, or of an object in a global."""
    info = body.info
    return info.is_cached and (not info.is_property or bool(body.receiver is not None and body.receiver.home))


def _edges(program: Program, body: Body, orders: Mapping[Body, _Order]) -> list[tuple[int, int, str, Body]]:
    decoration = program.tables.decorations.get(body.info)
    found = dict(body.told.edges)
    if decoration is not None:
        found = {**decoration.edges, **found}
    return sorted(
        ((line, column, target.name, target) for target, (line, column) in found.items()),
        key=lambda edge: (edge[:3], orders[edge[3]]),
    )


def _decorated(program: Program, body: Body) -> set[tuple[Effect, int, int, str]]:
    decoration = program.tables.decorations.get(body.info)
    return decoration.effects if decoration is not None else set()


def _unresolved(program: Program, body: Body) -> tuple[Unresolved, ...]:
    decoration = program.tables.decorations.get(body.info)
    found = list(body.told.unresolved.values())
    if decoration is not None:
        found.extend(decoration.unresolved.values())
    return tuple(sorted(found, key=lambda call: (call.location, call.call)))


def _ordered(triggers: Iterable[Trigger]) -> tuple[Trigger, ...]:
    unique: dict[str, Trigger] = {}
    for trigger in triggers:
        unique.setdefault(repr(trigger), trigger)
    return tuple(sorted(unique.values(), key=lambda item: (item.kind.value, item.framework, item.location)))


def _place(note: tuple[Effect, int, int, str]) -> tuple[int, int, str, str]:
    effect, line, column, reason = note
    return line, column, effect.value, reason


_Order: TypeAlias = tuple[str, int, str, str]


def _order(body: Body) -> _Order:
    return body.name, body.info.scope.line, f"{body.info.site}{body.info.constants}", described(body.receiver)


def described(value: Value | None) -> str:
    """A receiver in words that do not depend on the order of the analysis."""
    info = getattr(value, "info", None)
    # Two classes may have one name; their lines tell them apart.
    name = f"{info.name}:{info.scope.line}" if info is not None else getattr(value, "dotted", "")
    return f"{type(value).__name__}:{name}:{getattr(value, 'home', '')}"


@contextmanager
def _deep_recursion() -> Iterator[None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _DEPTH))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
