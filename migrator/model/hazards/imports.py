"""`import-effect`: importing a module that a candidate needs does something at once, in every new environment.

In: the effects of module bodies. Out: one hazard for each module and effect. Looked at are the modules in which the
functions stand that the candidate runs; what those modules import besides is left to the slice that is cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from migrator.domain.assessments import Hazard, HazardKind
from migrator.domain.effects import Effect
from migrator.domain.locations import Location
from migrator.model.index import ModuleInfo
from migrator.model.registrations import Program
from migrator.model.solver import Body
from migrator.model.summaries import EffectGraph

COUNTED = frozenset(
    {
        Effect.LOCAL_DISK_WRITE,
        Effect.LOCAL_DISK_READ,
        Effect.BACKGROUND,
        Effect.SUBPROCESS,
        Effect.UNBOUNDED,
        Effect.DATABASE,
        Effect.CACHE,
        Effect.OBJECT_STORAGE,
        Effect.ENQUEUE,
        Effect.EMAIL,
        Effect.HTTP_OUT,
    }
)
"""Effects that an import should not have. Filling memory is what imports are for."""


class ImportHazards:
    """What importing each module does; found when it is first asked for."""

    def __init__(self, program: Program, graph: EffectGraph) -> None:
        self._program = program
        self._graph = graph
        self._found: dict[ModuleInfo, tuple[Hazard, ...]] = {}
        self._by_path = {module.facts.path: module for module in program.tables.index.modules.values()}
        self._lines: dict[str, frozenset[int]] = {}

    def of(self, reached: Iterable[Body]) -> Iterator[Hazard]:
        """The hazards of a candidate that runs these bodies."""
        for module in dict.fromkeys(body.info.module for body in reached):
            if module not in self._found:
                self._found[module] = tuple(self._of_module(module))
            yield from self._found[module]

    def _of_module(self, module: ModuleInfo) -> Iterator[Hazard]:
        body = self._program.tables.solver.body(module.body, None)
        if not self._graph.effects((body,)) & COUNTED:
            return
        for finding in self._graph.findings((body,))[0]:
            # A decorator does its work when the decorated function runs, not when it is applied.
            places = [item for item in finding.evidence if item.location.line not in self._decorators(item.location)]
            if finding.effect in COUNTED and places:
                first = places[0]
                reason = f"importing {module.name} has the effect {finding.effect}: {first.reason}"
                yield Hazard(HazardKind.IMPORT_EFFECT, first.location, reason)

    def _decorators(self, place: Location) -> frozenset[int]:
        """Lines of the decorators in a file."""
        found = self._lines.get(place.path)
        if found is None:
            scopes = self._by_path[place.path].facts.scopes
            lines = (getattr(item, "line", 0) for scope in scopes for item in scope.decorators)
            found = self._lines[place.path] = frozenset(lines)
        return found
