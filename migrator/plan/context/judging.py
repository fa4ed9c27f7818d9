"""Whether a value may be read when a function is called, in place of where the function reads it now.

In: how surely the place runs, the value, what becomes of the function. Out: a reason why not, or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from migrator.plan.context.decisions import Mode
from migrator.plan.context.proxies import FORM_PARTS, RAW_PARTS
from migrator.plan.context.surely import Runs
from migrator.plan.context.values import RootKind, Source


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for the whole chain.

    Attributes:
        in_request: whether the candidate only runs while a request is handled.
        changed: roots that functions of the chain change.
    """

    in_request: bool
    changed: frozenset[str]

    def against(
        self, source: Source, how: Runs, mode: Mode, *, total: bool, registered: bool, before: Iterable[Source]
    ) -> str:
        """Why a value cannot be read at the beginning of a function; empty where it can.

        Args:
            total: whether reading it never fails while a request is handled.
            registered: whether the function is the candidate.
            before: the values that are read before it.
        """
        if how is Runs.ELSEWHEN:
            return "in a nested function, a lambda or a default, which runs at another time"
        if self._is_changed(source):
            return "what it is read from is changed on the way"
        if mode is Mode.EDGE or how is Runs.FIRST:
            return ""
        if how is Runs.GUARDED:
            return "only where the code has asked for a request first"
        if _part(source) in RAW_PARTS and any(
            each.root == source.root and _part(each) in FORM_PARTS for each in before
        ):
            return "the form is read before it, which may take the body away"
        if not total:
            return "it may fail, and other things happen before it is read"
        if how is Runs.ALWAYS:
            return ""
        if not self.in_request:
            return "not on each call, and there may be no request"
        if mode is Mode.SPLIT and not registered:
            return "not on each call, and the function is also called from elsewhere"
        return ""

    def _is_changed(self, source: Source) -> bool:
        return source.root in self.changed or (source.kind is not RootKind.GLOBAL and _part(source) in self.changed)


def _part(source: Source) -> str:
    """`args` for `.args.get("x")`."""
    return source.suffix.removeprefix(".").partition(".")[0].partition("[")[0].partition("(")[0]
