"""Handlers of a class that a framework instantiates for an event: one candidate for each method that it defines itself.

In: a class and the names of the methods that the framework may call on it. Out: by the naming rule of candidates,
the methods with what runs; the class where all of them are inherited.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from migrator.domain.locations import Location
from migrator.model.index import ClassInfo, FunctionInfo
from migrator.model.registrations import Program, Start

CONSTRUCTORS = ("__init__",)
VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
"""HTTP methods under whose names most frameworks look for handlers."""


@dataclass(frozen=True, slots=True)
class Handled:
    """One candidate of a class.

    Attributes:
        name: `module.Class.method`, or the class where it defines no handler itself.
        location: of the method or the class.
        words: what the framework calls the handlers in it: HTTP methods, for example.
        runs: what the event runs.
    """

    name: str
    location: Location
    words: tuple[str, ...]
    runs: tuple[Start, ...]


def class_handlers(
    program: Program,
    owner: ClassInfo,
    methods: Iterable[tuple[str, str]],
    *,
    around: Sequence[str] = (),
    more: Sequence[Start] = (),
) -> list[Handled]:
    """The candidates of a class.

    Args:
        program: the program.
        owner: the class.
        methods: word and method name of each handler that the framework would call.
        around: names of methods that it runs before or after each of them, and of constructors.
        more: what else runs around each of them.
    """
    receiver = program.tables.universe.inst(owner)
    found = [(word, info) for word, name in methods if (info := program.method(owner, name)) is not None]
    extra = [Start(info, receiver, around=True) for name in around if (info := program.method(owner, name)) is not None]
    starts = (*extra, *more)
    if any(info.owner is owner for _, info in found):
        grouped: dict[FunctionInfo, list[str]] = {}
        for word, info in found:
            grouped.setdefault(info, []).append(word)
        return [
            Handled(info.name, info.location, tuple(words), (Start(info, receiver), *starts))
            for info, words in grouped.items()
        ]
    if not found:
        return []
    runs = tuple(dict.fromkeys(Start(info, receiver) for _, info in found))
    return [Handled(owner.name, owner.location, tuple(word for word, _ in found), (*runs, *starts))]


def class_level_wrappers(program: Program, owner: ClassInfo, attribute: str) -> tuple[Start, ...]:
    """The wrappers that a class-level list of decorators (`decorators = [...]`) puts around every handler."""
    frame = program.frame(owner.body)
    found = frame.find_member(frame.resolution_order(owner), attribute)
    if found is None or found.owner is None:
        return ()
    starts: list[Start] = []
    for info, receiver in program.functions(program.contents(frame.class_values(found.owner, attribute))):
        made = program.tables.solver.body(info, receiver).result.values
        starts.extend(Start(inner, outer) for inner, outer in program.functions(made) if inner.enclosing is info)
    return tuple(starts)
