"""Where names of one scope get their values, by the order of its text.

In: the steps and regions of a scope. Out: the bindings that may reach a use. What their values are is left to others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from migrator.facts.records import Bind, Define, How, Import, Region, RegionKind, Scope
from migrator.model.options import line_of

_MAY_NOT_RUN = frozenset({RegionKind.BRANCH, RegionKind.LOOP, RegionKind.TRY, RegionKind.ENDLESS})
_LOOPS = frozenset({RegionKind.LOOP, RegionKind.ENDLESS})


@dataclass(slots=True)
class ScopeTable:
    """One scope: the steps that bind each name."""

    scope: Scope
    binding: dict[str, list[int]] = field(default_factory=dict)

    def reaching(self, name: str, at: int | None) -> tuple[list[int], bool]:
        """The steps whose value a name may have before a step, and whether a parameter's own may reach it too.

        Args:
            at: the step that uses the name; None for the end of the scope, as a closure sees it.
        """
        steps = self.scope.steps
        use = line_of(steps[at]) if at is not None else self.scope.end_line + 1
        found: list[int] = []
        for index in reversed(self.binding.get(name, ())):
            line = line_of(steps[index])
            if at is not None and index >= at:
                if index > at and self._same_loop(line, use):
                    found.append(index)
                continue
            found.append(index)
            if not self._conditional(line, use):
                return [each for each in found if at is None or each <= at or self._carried(each, line, use)], False
        return found, True

    def _carried(self, index: int, anew: int, use: int) -> bool:
        """Whether a value that is bound behind its use reaches it in the next round, though a line binds the name anew."""
        line = line_of(self.scope.steps[index])
        return any(
            _within(region, line) and _within(region, use) and not region.line <= anew <= region.end_line
            for region in self._regions(_LOOPS)
        )

    def _conditional(self, line: int, use: int) -> bool:
        return any(_within(region, line) and not _within(region, use) for region in self._regions(_MAY_NOT_RUN))

    def _same_loop(self, line: int, use: int) -> bool:
        return any(_within(region, line) and _within(region, use) for region in self._regions(_LOOPS))

    def _regions(self, kinds: Collection[RegionKind]) -> Iterator[Region]:
        return (region for region in self.scope.regions if region.kind in kinds)


def _within(region: Region, line: int) -> bool:
    return region.body_line <= line <= region.end_line


def table_of(scope: Scope) -> ScopeTable:
    """The bindings of a scope."""
    table = ScopeTable(scope)
    for index, step in enumerate(scope.steps):
        if isinstance(step, Import | Define) or (
            isinstance(step, Bind) and step.how is not How.NARROW and step.value is not None
        ):
            table.binding.setdefault(step.name, []).append(index)
    return table
