"""Which functions of the chain get which parameters, and where the values are taken.

In: a `ContextGraph`, the modules. Out: `Decision`s, by function, in the order of the chain. Values are taken in the
candidate, whose old name and signature stay with the framework, and in each function that others call as well: the
body moves to a new function, and the old one reads the context as before and hands the values over. A function that
only the chain calls grows in place. What the text becomes is `editing`.

A read is moved to the beginning of a function only where it would have been made on each call and nothing came before
it, or where it cannot fail.
"""

from __future__ import annotations

from collections.abc import Iterator

from migrator.domain.locations import Location
from migrator.plan.context.calls import Call, Callee, Mentions, expected_mentions
from migrator.plan.context.decisions import Decided, Decision, Mode
from migrator.plan.context.edges import edge_call, moved
from migrator.plan.context.judging import Rules
from migrator.plan.context.modules import Definition, Module, Modules, Unread
from migrator.plan.context.needing import FunctionNeeds
from migrator.plan.context.proxies import PROXIES
from migrator.plan.context.reads import find_reads
from migrator.plan.context.shapes import unmendable
from migrator.plan.context.values import ContextGraph, Function, Left


def decide(graph: ContextGraph, modules: Modules, mentions: Mentions) -> Decided:
    """What to do about each function of the graph."""
    split: frozenset[str] = frozenset()
    while True:
        run = _Run(graph, modules, mentions, split)
        decided = run.decide()
        more = run.called_elsewhere(decided)
        if not more:
            return decided
        split |= more


class _Run:
    """One try, with the functions that are known to be called from elsewhere."""

    def __init__(self, graph: ContextGraph, modules: Modules, mentions: Mentions, split: frozenset[str]) -> None:
        self._graph = graph
        self._modules = modules
        self._mentions = mentions
        self._split = split
        self._decided: dict[str, Decision | None] = {}
        self._under_way: set[str] = set()
        self._left: dict[str, list[Left]] = {}
        self._definitions: dict[str, Definition | str] = {}
        # Reading a module costs a second a thousand lines: what holds nothing that could be mended is not read.
        self._reads = {
            name: find_reads(modules, function, found)
            for name, function in graph.functions.items()
            if _is_promising(function) and isinstance(found := self._definition(function), Definition)
        }
        changed = frozenset(root for reads in self._reads.values() for root in reads.changed)
        raw = frozenset(root for reads in self._reads.values() for root in reads.raw)
        self._rules = Rules(graph.in_request, changed, raw)

    def decide(self) -> Decided:
        self._settle(self._graph.candidate)
        live = dict(self._live(self._graph.candidate))
        for name, function in self._graph.functions.items():
            if name not in live:
                self._not_reached(name, function)
        left = sorted({each for found in self._left.values() for each in found}, key=lambda each: each.location)
        return Decided(live, tuple(left))

    def _not_reached(self, name: str, function: Function) -> None:
        """The places of a function that no rewritten call leads to."""
        told = {each.location for each in self._left.get(name, ())}
        decision = self._decided.get(name)
        if decision is None and told:
            return
        for noted in function.noted:
            if noted.location not in told:
                self._leave(
                    name, noted.location, f"{noted.reason}: it is not reached by plain calls that can hand values over"
                )

    def called_elsewhere(self, decided: Decided) -> frozenset[str]:
        """Functions that were to grow in place, but are named by more than the calls that are rewritten."""
        calls: dict[str, list[tuple[Module, Call]]] = {}
        for decision in decided.decisions.values():
            for handed in decision.handed:
                calls.setdefault(handed.call.callee, []).append((decision.definition.module, handed.call))
        return frozenset(
            name
            for name, decision in decided.decisions.items()
            if decision.mode is Mode.IN_PLACE
            and (
                self._mentions.count(decision.definition.node.name.value)
                != expected_mentions(decision.definition, calls.get(name, []))
                or self._mentions.outside(decision.definition.node.name.value)
            )
        )

    def _live(self, name: str) -> Iterator[tuple[str, Decision]]:
        """The decisions that calls lead to, callers first."""
        waiting, seen = [name], {name}
        while waiting:
            decision = self._decided.get(waiting.pop(0))
            if decision is None or not (decision.taken or decision.handed or decision.mode is Mode.MOVED):
                continue
            yield decision.function.name, decision
            for handed in decision.handed:
                if handed.call.callee not in seen:
                    seen.add(handed.call.callee)
                    waiting.append(handed.call.callee)

    def _definition(self, function: Function) -> Definition | str:
        if function.name not in self._definitions:
            self._definitions[function.name] = self._looked_up(function)
        return self._definitions[function.name]

    def _looked_up(self, function: Function) -> Definition | str:
        last = function.name.rpartition(".")[2]
        try:
            found = self._modules.module(function.location.path).defined_at(last, function.location.line)
        except Unread as error:
            return f"its file {error}"
        return found if found is not None else "in no function with a name of its own"

    def _settle(self, name: str) -> Decision | None:
        if name not in self._decided:
            self._under_way.add(name)
            self._decided[name] = self._decide(self._graph.functions[name])
            self._under_way.discard(name)
        return self._decided[name]

    def _decide(self, function: Function) -> Decision | None:
        name, registered = function.name, function.name == self._graph.candidate
        callees = tuple(self._callees(function))
        if not callees and not _is_promising(function):
            for noted in function.noted:
                self._leave(name, noted.location, f"{noted.reason}: not a read that a value could take the place of")
            return None
        definition = self._definition(function)
        reason = definition if isinstance(definition, str) else self._against(definition, registered=registered)
        if reason or isinstance(definition, str):
            for noted in function.noted:
                self._leave(name, noted.location, f"{noted.reason}: {reason}")
            return None
        reads = self._reads.get(name) or find_reads(self._modules, function, definition)
        if not registered and (gone := moved(self._modules, definition, reads)):
            names = {each.source: each.name for each in gone.parameters}
            return Decision(function, definition, Mode.MOVED, gone.name, gone.parameters, (), (), names)
        is_edge = registered and edge_call(self._modules, definition, reads) is not None
        mode = Mode.EDGE if is_edge else self._mode(name)
        needs = FunctionNeeds(
            self._modules, self._mentions, self._rules, function, definition, mode, reads, registered=registered
        )
        decision = needs.decide(callees)
        self._left.setdefault(name, []).extend((*reads.left, *needs.left))
        return decision

    def _against(self, definition: Definition, *, registered: bool) -> str:
        if reason := unmendable(definition, registered=registered):
            return reason
        name = definition.node.name.value
        if definition.owner and not registered and self._mentions.count(f"def {name}") != 1:
            return f"in a method of which there may be others ({name})"
        return ""

    def _mode(self, name: str) -> Mode:
        return Mode.SPLIT if name == self._graph.candidate or name in self._split else Mode.IN_PLACE

    def _callees(self, function: Function) -> Iterator[tuple[Callee, Decision]]:
        for name in function.callees:
            decision = None if name in self._under_way else self._settle(name)
            if decision is not None and decision.parameters:
                yield Callee(name, decision.definition, bool(decision.definition.owner)), decision

    def _leave(self, name: str, location: Location, reason: str) -> None:
        self._left.setdefault(name, []).append(Left(location, reason))


def _is_promising(function: Function) -> bool:
    """Whether one of its own places may be a read that a value can take the place of."""
    return any(noted.subject in PROXIES for noted in function.noted)
