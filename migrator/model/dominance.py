"""How far what a test has said holds.

In: a function and a line. Out: the last line for which what was said there is still sure: the end of the innermost
block, and before that where the name that it speaks of may get another value.
"""

from __future__ import annotations

from migrator.facts.records import Bind, How, Region, RegionKind
from migrator.model.index import FunctionInfo

_LOOPS = (RegionKind.LOOP, RegionKind.ENDLESS)


def end_of_block(info: FunctionInfo, line: int, own: Region | None = None) -> int:
    """The last line of the innermost block that the statement at a line stands in; `own` is what it opens itself."""
    ends = [
        region.end_line
        for region in info.scope.regions
        if region is not own and region.body_line <= line <= region.end_line
    ]
    return min(ends, default=info.scope.end_line)


def until_rebound(info: FunctionInfo, name: str, first: int, last: int) -> range:
    """The lines from the first to the last before a statement that binds the name, or a loop that has one."""
    for step in info.scope.steps:
        if isinstance(step, Bind) and step.name == name and step.how is not How.NARROW and first <= step.line <= last:
            loops = [
                region.line
                for region in info.scope.regions
                if region.kind in _LOOPS and first <= region.line <= step.line <= region.end_line
            ]
            last = min([step.line, *loops]) - 1
    return range(first, last + 1)
