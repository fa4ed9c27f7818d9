"""The bodies that a slice runs: what its candidate reaches, and what runs when its modules are imported.

In: a model's bodies and call graph, the candidate, the modules and lines that travel. Out: `SdkUse`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from migrator.domain.sdk_calls import SdkUse
from migrator.model.index import FunctionInfo, Index, ModuleInfo
from migrator.model.registrations import Program
from migrator.model.sdk.callers import Callers
from migrator.model.sdk.evaluation import Evaluator
from migrator.model.sdk.finding import Finding
from migrator.model.sdk.hints import Hints
from migrator.model.sdk.units import Unit
from migrator.model.sdk.values import Cls, Object, Value
from migrator.model.solver import Body
from migrator.model.summaries import EffectGraph
from migrator.model.values import Cls as ModelCls
from migrator.model.values import Inst as ModelInst

_RECURSION = 20_000
"""Frames of the interpreter: expressions within expressions of callers of callers."""

Lines = Mapping[str, "frozenset[int] | None"]


class SdkUses:
    """Finds what slices of one program ask of the SDK."""

    def __init__(self, program: Program, graph: EffectGraph) -> None:
        self._program = program
        self._graph = graph
        self._index = program.tables.index
        self._evaluator: Evaluator | None = None
        self._hints: Hints | None = None

    def of(self, starts: Sequence[Body], travelling: Lines) -> SdkUse:
        """What the bodies ask of it with everything that they reach, and the modules when they are imported.

        Args:
            starts: of the candidate.
            travelling: modules of the slice to their lines that travel; None for all.
        """
        if self._hints is None:
            self._hints = Hints(self._index)
        if not self._hints.any:
            return SdkUse()
        if self._evaluator is None:
            self._evaluator = Evaluator(self._program)
        evaluator = self._evaluator
        evaluator.spent = 0
        bodies = [(body, None) for body in self._reached(starts, travelling)]
        modules = [(body, lines) for body, lines in self._on_import(travelling)]
        units = [
            unit for body, lines in (*bodies, *modules) if (unit := self._unit(evaluator, body, lines)) is not None
        ]
        units = list({unit.frame: unit for unit in units}.values())
        around = self._around(evaluator, units)
        with _deep_recursion():
            callers = Callers(evaluator, self._program, [*units, *around])
            finding = Finding(evaluator, callers, self._program, self._hints)
            for unit in units:
                finding.read(unit)
            finding.mentions()
        return finding.use()

    def _reached(self, starts: Sequence[Body], travelling: Lines) -> list[Body]:
        first = list(starts)
        for body, lines in self._on_import(travelling):
            for line, _, _, target in self._graph.callees(body):
                if lines is None or line in lines:
                    first.append(target)
        return self._graph.reached(first)

    def _on_import(self, travelling: Lines) -> Iterator[tuple[Body, frozenset[int] | None]]:
        for name, lines in sorted(travelling.items()):
            module = self._index.modules.get(name)
            for info in module.functions.values() if module is not None else ():
                if info.runs_on_import:
                    yield self._program.tables.solver.body(info, None), lines

    def _unit(self, evaluator: Evaluator, body: Body, lines: frozenset[int] | None) -> Unit | None:
        info = _original(self._index, body.info)
        if info is None:
            return None
        if info.runs_on_import:
            return Unit(evaluator.frame(info, {}), body, lines)
        return Unit(evaluator.frame(info, None, _receiver(body)), body, lines)

    def _around(self, evaluator: Evaluator, units: Sequence[Unit]) -> list[Unit]:
        """The bodies of the modules that the units' modules import: they make objects that the slice uses."""
        known = {unit.frame for unit in units}
        waiting = list(dict.fromkeys(unit.frame.info.module for unit in units))
        seen = set(waiting)
        found: list[Unit] = []
        while waiting:
            module = waiting.pop()
            for info in module.functions.values():
                if info.runs_on_import and (frame := evaluator.frame(info, {})) not in known:
                    found.append(Unit(frame, self._program.tables.solver.body(info, None)))
            for step in module.imports.values():
                source = module.absolute(step)
                for name in (source, f"{source}.{step.attribute}"):
                    other = self._index.modules.get(name)
                    if other is not None and other not in seen:
                        seen.add(other)
                        waiting.append(other)
        return sorted(found, key=lambda unit: (unit.frame.info.name, unit.frame.info.scope.line))


def _original(index: Index, info: FunctionInfo) -> FunctionInfo | None:
    """The function that a copy was made of; None for one that stands for a library's dispatch."""
    module: ModuleInfo | None = index.modules.get(info.module.name)
    if module is None:
        return None
    return next((each for each in module.functions.values() if each.scope is info.scope), None)


def _receiver(body: Body) -> Value | None:
    match body.receiver:
        case ModelInst(info=info):
            return Object(info)
        case ModelCls(info=info):
            return Cls(info)
        case _:
            return None


@contextmanager
def _deep_recursion() -> Iterator[None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _RECURSION))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
