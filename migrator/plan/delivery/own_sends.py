"""Where a task sends itself to its queue, as far as the moved function can do the same.

In: the file and the lines of a task's function, its library. Out: `OwnSends`: the names by which it does, and what each
place becomes. The service gives the function these names back; its messages then go to the service's own queue, whoever
runs the rest of the task's messages. A place that a queue has no equal for is refused.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from migrator.domain.plans import Kept
from migrator.errors import Refused
from migrator.plan.delivery.call_sites import LONGEST_DELAY_S
from migrator.plan.delivery.celery_settings import place_in
from migrator.plan.looking.constants import Constants
from migrator.plan.looking.imported_names import absolute_name, absolute_names
from migrator.plan.looking.parsed import parsed
from migrator.source import SourceFile


@dataclass(frozen=True, slots=True)
class _Way:
    """A method of a task that sends it.

    Attributes:
        words: the keywords that a queue can do, with `args` and `kwargs` first where they may come by position; None
            where every argument is the task's.
        delay: the one of them that is a delay.
        unit_s: what the delay counts, in seconds.
    """

    words: tuple[str, ...] | None = None
    delay: str = ""
    unit_s: float = 1


_WAYS: Mapping[str, Mapping[str, _Way]] = {
    "celery": {"delay": _Way(), "apply_async": _Way(("args", "kwargs", "countdown"), "countdown")},
    "dramatiq": {"send": _Way(), "send_with_options": _Way(("args", "kwargs", "delay"), "delay", 0.001)},
}
_SENDS_HINT = (
    "send it with plain arguments and a countdown that stands in the code, of 15 minutes at most, and leave what comes "
    "back; or let a schedule start it again"
)
# What else of a task code asks by its name, none of which a plain function has.
_WORKFLOW = frozenset(
    [
        "apply",
        "apply_async_on_commit",
        "chunks",
        "delay_on_commit",
        "map",
        "message",
        "message_with_options",
        "s",
        "si",
        "signature",
        "starmap",
        "subtask",
    ]
)
_STATE = frozenset(["request", "retry", "update_state", "AsyncResult", "backend", "app"])
_STATE_HINT = "bind the task to its first argument and ask that one"
_BY_POSITION = 2


@dataclass(frozen=True, slots=True)
class OwnSends:
    """How a task sends itself.

    Attributes:
        names: of the methods that its function needs back, sorted.
    """

    names: tuple[str, ...]
    kept: tuple[Kept, ...]


def own_sends(file: SourceFile, first: int, last: int, function: str, library: str, constants: Constants) -> OwnSends:
    """Every place in a function's lines where it sends itself.

    Args:
        first: line of the function, 1 being the first of the file; `last` is its last one.
        function: dotted name of it.
        library: as the analyzer names it.

    Raises:
        Refused: a place asks for what a message of a queue cannot do.
    """
    names: set[str] = set()
    kept: list[Kept] = []
    for asked in places(file, first, last, function, library):
        place = place_in(file, asked.node)
        if asked.method in _STATE:
            raise Refused(
                f"{function} asks its task for {asked.written}, which the moved function is not",
                hint=_STATE_HINT,
                location=str(place),
            )
        if why := unequal(asked, library, file, constants):
            raise Refused(f"{function} sends itself by {asked.written}: {why}", hint=_SENDS_HINT, location=str(place))
        names.add(asked.method)
        kept.append(
            Kept(
                f"sends itself by {asked.written}",
                "a message to the service's own queue; Lambda's detection of loops, which would end it after 16 rounds, "
                "is turned off",
                str(place),
            )
        )
    return OwnSends(tuple(sorted(names)), tuple(kept))


@dataclass(frozen=True, slots=True)
class Place:
    """A use of one of the task's methods.

    Attributes:
        call: it is called here; None where it is handed on.
        used: whether something is done with what the call gives back.
    """

    node: ast.expr
    method: str
    call: ast.Call | None
    used: bool

    @property
    def written(self) -> str:
        return ast.unparse(self.node)


def places(file: SourceFile, first: int, last: int, function: str, library: str) -> Iterator[Place]:
    """Every use, in lines of a file, of a method that a task's function has by its library alone."""
    module = parsed(file)
    imported = absolute_names(module, file)
    parents = {child: node for node in ast.walk(module) for child in ast.iter_child_nodes(node)}
    methods = {*_WORKFLOW, *_STATE, *(name for ways in _WAYS.values() for name in ways)}
    for node in ast.walk(module):
        if not isinstance(node, ast.expr) or not first <= node.lineno <= last:
            continue
        match node:
            case ast.Attribute(value=value, attr=attr) if attr in methods:
                if absolute_name(value, imported, file) != function:
                    continue
                above = parents[node]
                call = above if isinstance(above, ast.Call) and above.func is node else None
                used = call is not None and not isinstance(parents[call], ast.Expr)
                yield Place(call or node, attr, call, used)
            case ast.Call(func=name) if library == "huey" and absolute_name(name, imported, file) == function:
                # Huey's tasks are sent by a plain call.
                yield Place(node, "", node, used=False)


def unequal(asked: Place, library: str, file: SourceFile, constants: Constants) -> str:
    """What a message to the service's own queue cannot do of it, or an empty text."""
    way = _WAYS.get(library, {}).get(asked.method)
    return "a moved task has no equal for it" if way is None else _lost(asked, way, file, constants)


def _lost(asked: Place, way: _Way, file: SourceFile, constants: Constants) -> str:
    call = asked.call
    if call is None:
        return "" if way.words is None else "how it is called is not seen"
    if asked.used:
        return "what comes back is used, and a message gives nothing back"
    if way.words is None:
        return ""
    if len(call.args) > _BY_POSITION or any(isinstance(each, ast.Starred) for each in call.args):
        return "more by position than its arguments"
    for word in call.keywords:
        if word.arg not in way.words:
            return f"{word.arg or '**'} has no equal"
        if word.arg != way.delay:
            continue
        value = constants.of(word.value, file)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            return "the delay is only known when the program runs"
        if isinstance(value, int | float) and not 0 <= value * way.unit_s <= LONGEST_DELAY_S:
            return f"SQS holds a message back for {LONGEST_DELAY_S} s at most"
    return ""
