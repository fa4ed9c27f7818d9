"""Whether a value may be read when a function is called, in place of where the function reads it now.

In: how surely the place runs, the value, what becomes of the function. Out: a reason why not, or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from migrator.plan.context.decisions import Mode
from migrator.plan.context.proxies import FORM_PARTS, RAW_PARTS
from migrator.plan.context.reads import part_of
from migrator.plan.context.surely import Runs
from migrator.plan.context.values import RootKind, Source


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for the whole chain.

    Attributes:
        in_request: whether the candidate only runs while a request is handled.
        changed: roots that functions of the chain change.
        raw: roots of which functions of the chain may read the body as it is.
    """

    in_request: bool
    changed: frozenset[str]
    raw: frozenset[str]

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
        if part_of(source.suffix) in FORM_PARTS and not self._body_is_read(source, before):
            return "the body is also read as it is, and the form's parser may take it away"
        if not total:
            return "it may fail, and other things happen before it is read"
        if how is Runs.ALWAYS:
            return ""
        if not self.in_request:
            return "not on each call, and there may be no request"
        if mode is Mode.SPLIT and not registered:
            return "not on each call, and the function is also called from elsewhere"
        return ""

    def _body_is_read(self, source: Source, before: Iterable[Source]) -> bool:
        """Whether a body that is read as it is has been read by then: it is kept for the parser."""
        taken = any(each.root == source.root and part_of(each.suffix) in RAW_PARTS for each in before)
        return taken or source.root not in self.raw

    def _is_changed(self, source: Source) -> bool:
        return source.root in self.changed or (
            source.kind is not RootKind.GLOBAL and part_of(source.suffix) in self.changed
        )
