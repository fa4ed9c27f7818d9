"""Where the monolith sends a task, and what it asks for there.

In: a `SourceTree`, the function and the name that it is sent by. Out: what a queue does the same way, and what it
does not, each with its place. A task that its own function sends is another matter: see `own_sends`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from migrator.cloud_facts.facts import most
from migrator.domain.plans import Dropped, Kept
from migrator.plan.delivery.celery_settings import place_in
from migrator.plan.looking.constants import Constants, Unknown
from migrator.plan.looking.imported_names import absolute_name, absolute_names
from migrator.plan.looking.parsed import parsed
from migrator.source import SourceFile, SourceTree

# SQS holds a message back for 15 minutes at most.
LONGEST_DELAY_S = most("sqs.delay_s")
_SENDS = frozenset({"delay", "apply_async", "delay_on_commit", "apply_async_on_commit", "send", "send_with_options"})
_SIGNATURES = frozenset({"s", "si", "signature", "subtask", "chunks", "map", "starmap", "message"})
_WAITS = frozenset({"get", "wait", "join", "collect"})
_SCHEDULER = "a one-time schedule of EventBridge Scheduler, which sends the message when it is due"

# Keyword of a call to what it asks for, where the queue has no equal.
_LOST: Mapping[str, str] = {
    "priority": "SQS has no priorities",
    "expires": "the message is not refused for its age",
    "link": "no other task is sent when this one has ended",
    "link_error": "no other task is sent when this one has failed; the dead-letter queue holds it",
    "time_limit": "the function has one time-out for all messages",
    "soft_time_limit": "the function has one time-out for all messages",
    "chain": "no other task is sent when this one has ended",
    "pipe_target": "no other task is sent when this one has ended",
}


@dataclass(frozen=True, slots=True)
class Sent:
    """What the places that send a task ask for."""

    kept: tuple[Kept, ...]
    dropped: tuple[Dropped, ...]


def sent_from(tree: SourceTree, function: str, task: str, constants: Constants) -> Sent:
    """Everything that is said where a task is sent.

    Args:
        function: dotted name of the function.
        task: the name under which it is sent.
    """
    kept: dict[Kept, None] = {}
    dropped: dict[Dropped, None] = {}
    short = function.rpartition(".")[2]
    for file in tree.modules.values():
        if short not in file.text and task not in file.text:
            continue
        for found in _found(file, function, task, constants):
            if isinstance(found, Kept):
                kept[found] = None
            else:
                dropped[found] = None
    return Sent(tuple(kept), tuple(dropped))


def _found(file: SourceFile, function: str, task: str, constants: Constants) -> Iterator[Kept | Dropped]:
    module = parsed(file)
    imported = absolute_names(module, file)
    waited = {
        id(node.func.value)
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _WAITS
    }
    for call in ast.walk(module):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        place = place_in(file, call)
        how = call.func.attr
        named = how == "send_task" and bool(call.args) and constants.of(call.args[0], file) == task
        if not named and absolute_name(call.func.value, imported, file) != function:
            continue
        if how in _SIGNATURES:
            yield Dropped(
                f"{place}: .{how}(...)",
                "part of a workflow (chain, group, chord): legacy keeps sending it; steps that wait for each other "
                "are a state machine",
            )
        elif named or how in _SENDS:
            yield from _asked(call, file, str(place), constants)
            if id(call) in waited:
                yield Dropped(
                    f"{place}: .{how}(...)", "waits for the result, which a function behind a queue gives nobody"
                )


def _asked(call: ast.Call, file: SourceFile, place: str, constants: Constants) -> Iterator[Kept | Dropped]:
    for word in call.keywords:
        value = constants.of(word.value, file)
        written = f"{word.arg}={ast.unparse(word.value)}"
        match word.arg:
            case "countdown" | "delay":
                # Dramatiq counts its delay in milliseconds.
                seconds = value / 1000 if word.arg == "delay" and isinstance(value, int | float) else value
                yield Kept(written, _held_back(seconds), place)
            case "eta":
                yield Kept(written, f"DelaySeconds up to {LONGEST_DELAY_S} s ahead; beyond, {_SCHEDULER}", place)
            case str(name) if name in _LOST and value is not None:
                yield Dropped(f"{place}: {written}", _LOST[name])


def _held_back(seconds: object) -> str:
    if isinstance(seconds, Unknown) or not isinstance(seconds, int | float):
        return f"DelaySeconds up to {LONGEST_DELAY_S} s; beyond, {_SCHEDULER}"
    if seconds > LONGEST_DELAY_S:
        return _SCHEDULER
    return f"DelaySeconds={max(0, round(seconds))} of the message"
