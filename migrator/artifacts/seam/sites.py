"""Where the seam goes into a file: sends of a task, calls of a function, a registration.

In: a parsed file, and what tells the wanted expression from others. Out: `Sites`: the insertions, their lines, and
what is left with legacy, with the reason. By which names a function is known is `aliases`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias, TypeVar

import libcst as cst
from libcst.metadata import ExpressionContext

from migrator.artifacts.seam.insertions import Insertion, decorator, decorator_line, wrapped
from migrator.artifacts.seam.reading import Parsed


class At(StrEnum):
    """Where calls are routed."""

    SENDS = "sends"
    CALLS = "calls"
    REGISTRATION = "registration"
    FIRINGS = "firings"


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A place that stays with legacy."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Sites:
    """The places of one file.

    Attributes:
        lines: of the places, from 1, in the file as it is.
    """

    insertions: tuple[Insertion, ...] = ()
    lines: tuple[int, ...] = ()
    left: tuple[LeftAlone, ...] = ()


_Node = TypeVar("_Node", bound=cst.CSTNode)
Wanted: TypeAlias = "Callable[[cst.BaseExpression], bool]"

# The ways in which Celery's users send a task (Task.delay, Task.apply_async).
SEND_METHODS = frozenset({"delay", "apply_async"})
# Inside these an expression cannot be replaced by a call everywhere that the code may run.
_CLOSED: tuple[tuple[Any, str], ...] = (
    (cst.FormattedString, "it stands in an f-string"),
    (cst.Decorator, "it stands in a decorator"),
    (cst.MatchPattern, "it stands in a pattern"),
)


def find_sends(parsed: Parsed, wanted: Wanted, name: str, *, with_results: bool = False) -> Sites:
    """Every `TASK.delay` and `TASK.apply_async`, called or handed on.

    Args:
        wanted: whether an expression is the task.
        with_results: also where the code goes on to use what the send gives back.
    """
    found = _Collector(parsed, name, "task")
    for node in nodes(parsed.module, cst.Attribute):
        if node.attr.value not in SEND_METHODS or not _dotted(node.value) or not wanted(node.value):
            continue
        if parsed.contexts.get(node) is not ExpressionContext.LOAD or _imports(parsed, node):
            continue
        used = not with_results and _result_used(parsed, node)
        found.add(node.value, "the code uses what it gives back, and the canary gives an id only" if used else "")
    return found.sites()


def find_calls(parsed: Parsed, wanted: Wanted, name: str, *, own: str = "") -> Sites:
    """Every direct call.

    Args:
        wanted: whether an expression is the function.
        own: the function's name where this is its module: its calls of itself stay with legacy.
    """
    found = _Collector(parsed, name, "function")
    for node in nodes(parsed.module, cst.Call):
        if not _dotted(node.func) or not wanted(node.func):
            continue
        recursive = bool(own) and any(
            isinstance(outer, cst.FunctionDef) and outer.name.value == own for outer in _ancestors(parsed, node)
        )
        found.add(node.func, "it calls itself" if recursive else "")
    return found.sites()


def find_registration(parsed: Parsed, line: int, name: str, function: str, *, below: frozenset[int]) -> Sites:
    """The decorators of one function.

    Args:
        line: of its `def`.
        below: lines of decorators that the seam's must stand below; without any it stands above all.
    """
    for node in nodes(parsed.module, cst.FunctionDef):
        if parsed.line(parsed.span(node.name)[0]) != line:
            continue
        if node.asynchronous is not None:
            return Sites(left=(LeftAlone(line, "it is a coroutine, which a call that blocks would hold up"),))
        text = decorator(function, name)
        over = [each for each in node.decorators if parsed.line(parsed.span(each)[0]) in below]
        if any(parsed.text[slice(*parsed.span(each))] == text for each in node.decorators):
            return Sites()
        if over:
            like, end = parsed.span(over[-1])
            offset = parsed.next_line(end)
        else:
            like = min(parsed.span(each)[0] for each in (node, *node.decorators))
            offset = parsed.line_start(like)
        if offset is None:
            break
        return Sites((decorator_line(parsed, offset, like, text),), (line,))
    return Sites(left=(LeftAlone(line, "there is no function"),))


class _Collector:
    def __init__(self, parsed: Parsed, name: str, function: str) -> None:
        self._parsed, self._name, self._function = parsed, name, function
        self._insertions: list[Insertion] = []
        self._lines: list[int] = []
        self._left: list[LeftAlone] = []

    def add(self, node: cst.BaseExpression, reason: str) -> None:
        line = self._parsed.line(self._parsed.span(node)[0])
        reason = _closed(self._parsed, node) or reason
        if reason:
            self._left.append(LeftAlone(line, reason))
            return
        self._insertions += wrapped(self._parsed, node, self._function, self._name)
        self._lines.append(line)

    def sites(self) -> Sites:
        return Sites(tuple(self._insertions), tuple(sorted(self._lines)), tuple(self._left))


def nodes(module: cst.Module, kind: type[_Node]) -> Iterator[_Node]:
    """Every node of a kind, in the order of the text."""
    stack: list[cst.CSTNode] = [module]
    while stack:
        node = stack.pop()
        if isinstance(node, kind):
            yield node
        stack.extend(reversed(node.children))


def _dotted(node: cst.BaseExpression) -> bool:
    while isinstance(node, cst.Attribute):
        node = node.value
    return isinstance(node, cst.Name)


def _ancestors(parsed: Parsed, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    parent = parsed.parents.get(node)
    while parent is not None:
        yield parent
        parent = parsed.parents.get(parent)


def _closed(parsed: Parsed, node: cst.CSTNode) -> str:
    for outer in _ancestors(parsed, node):
        for kind, reason in _CLOSED:
            if isinstance(outer, kind):
                return reason
        # A decorator of an outer function is left behind with its body.
        if isinstance(outer, cst.BaseSuite):
            return ""
    return ""


def _imports(parsed: Parsed, node: cst.CSTNode) -> bool:
    return any(isinstance(outer, cst.Import | cst.ImportFrom) for outer in _ancestors(parsed, node))


def _result_used(parsed: Parsed, send: cst.Attribute) -> bool:
    """Whether what a send gives back goes anywhere: a statement of its own and a lambda's body drop it."""
    call = parsed.parents[send]
    if not isinstance(call, cst.Call) or call.func is not send:
        return False  # handed on, as to `on_commit`
    outer = parsed.parents[call]
    return not isinstance(outer, cst.Expr) and not (isinstance(outer, cst.Lambda) and outer.body is call)
