"""Lines that run only while a request is handled, because the code asks for one first.

In: the regions of a function. Out: ranges of lines. What is read there of the request is no effect of a job, which has
none: `if has_request_context(): ...`, and everything after `if not has_request_context(): return`.
"""

from __future__ import annotations

from collections.abc import Iterator

from migrator.facts.expressions import Call, Choice, Expression, behind_not
from migrator.facts.records import RegionKind
from migrator.model.dominance import end_of_block
from migrator.model.index import FunctionInfo, Index

_ASKS = frozenset({"flask.has_request_context", "quart.has_request_context"})


def guarded_lines(index: Index, info: FunctionInfo) -> tuple[range, ...]:
    """The lines of a function that need a request to be reached."""
    return tuple(_guarded(index, info))


def _guarded(index: Index, info: FunctionInfo) -> Iterator[range]:
    for region in info.scope.regions:
        if region.kind is not RegionKind.BRANCH or region.head is None:
            continue
        if _says(index, info, region.head):
            yield range(region.line, region.end_line + 1)
        elif _says(index, info, region.head, denied=True) and region.leaves:
            yield range(region.line, end_of_block(info, region.line, region) + 1)


def _says(index: Index, info: FunctionInfo, head: Expression, *, denied: bool = False) -> bool:
    """Whether a test only holds where there is a request; or, `denied`, wherever there is none."""
    if isinstance(head, Choice) and not head.tests and head.all_of is not denied:
        return any(_says(index, info, option, denied=denied) for option in head.options)
    if denied:
        inner = behind_not(head)
        return inner is not None and _says(index, info, inner)
    return isinstance(head, Call) and index.dotted(info.module, head.func) in _ASKS
