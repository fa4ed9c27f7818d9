"""Which calls send a job, to which function, and with what.

In: the calls of queue libraries that the evaluation has kept. Out: `Send` values in the order of their places.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from migrator.domain.locations import Location
from migrator.model.frames import LibraryCall, Values
from migrator.model.index import FunctionInfo
from migrator.model.registrations import Program
from migrator.model.values import NOTHING


@dataclass(frozen=True, slots=True)
class Sender:
    """How a library function is told what to run.

    Attributes:
        function: position of the function that is sent, or None where it is the receiver (`task.delay`).
        packed: the arguments come as a tuple and a dict (`apply_async`), not one by one.
        waits: it sends after the commit of the open transaction.
    """

    function: int | None = None
    packed: bool = False
    waits: bool = False


SENDERS: Mapping[str, Sender] = {
    "celery.Task.delay": Sender(),
    "celery.Task.apply_async": Sender(packed=True),
    "celery.Task.delay_on_commit": Sender(waits=True),
    "celery.Task.apply_async_on_commit": Sender(packed=True, waits=True),
    "rq.Queue.enqueue": Sender(function=0),
    "django_rq.enqueue": Sender(function=0),
    "dramatiq.Actor.send": Sender(),
}


@dataclass(frozen=True, slots=True)
class Send:
    """One place that sends a job.

    Attributes:
        sender: the function that holds the place.
        targets: the functions that the job runs.
        arguments: what is handed over, as the argument's position (or name) and its values.
        waits: whether it happens after the commit.
    """

    location: Location
    sender: FunctionInfo
    targets: tuple[FunctionInfo, ...]
    arguments: tuple[tuple[str, Values], ...]
    waits: bool


def sends_of(program: Program) -> list[Send]:
    """Every call that sends a job whose function is known."""
    found: list[Send] = []
    for call in program.calls(*SENDERS):
        how = SENDERS[call.dotted]
        functions = call.receivers if how.function is None else call.argument(how.function)
        targets = tuple(dict.fromkeys(info for info, _ in program.functions(functions)))
        if targets:
            found.append(Send(call.location, call.body.info, targets, tuple(_arguments(program, call, how)), how.waits))
    return found


def _arguments(program: Program, call: LibraryCall, how: Sender) -> list[tuple[str, Values]]:
    if how.packed:
        packed = (("args", call.argument(0, "args")), ("kwargs", call.argument(1, "kwargs")))
        return [(name, program.contents(values)) for name, values in packed]
    first = 0 if how.function is None else how.function + 1
    positional = [(f"argument {index + 1}", values) for index, values in enumerate(call.arguments[first:])]
    named = [(name, values) for name, values in call.keywords.items()]
    return [(name, values or NOTHING) for name, values in (*positional, *named)]
