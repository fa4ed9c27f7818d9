"""Hazards that follow from the structure of the program: what makes a move risky without being an effect of its own.

In: the solved program, its candidates and what each runs. Out: `Hazards`, which gives a candidate's hazards on demand.
One module for each kind: `transactions`, `arguments`, `tables`, `imports`, `ordering`. `double-run` follows from
effects alone and is left to `migrator.verdicts`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from migrator.domain.assessments import Hazard
from migrator.domain.triggers import TriggerKind
from migrator.model.hazards.arguments import ArgumentHazards
from migrator.model.hazards.imports import ImportHazards
from migrator.model.hazards.ordering import ordering
from migrator.model.hazards.sends import SENDERS, sends_of
from migrator.model.hazards.tables import WRITERS, TableHazards
from migrator.model.hazards.transactions import SESSION_CALLS, TransactionHazards
from migrator.model.registrations import Program
from migrator.model.solver import Body
from migrator.model.summaries import EffectGraph

NOTED = frozenset({*SENDERS, *WRITERS, *SESSION_CALLS})
"""Canonical names of library functions whose calls are kept for this stage."""

_IN_ORDER = frozenset({TriggerKind.QUEUE, TriggerKind.STREAM, TriggerKind.SIGNAL})
"""Triggers whose order of delivery changes when they move."""


class Hazards:
    """The hazards of the candidates of one program."""

    def __init__(
        self,
        program: Program,
        graph: EffectGraph,
        roots: Mapping[str, Sequence[Body]],
        kinds: Mapping[str, frozenset[TriggerKind]],
    ) -> None:
        """
        Args:
            roots: what each candidate's event starts.
            kinds: the kinds of event that start it.
        """
        sends = sends_of(program)
        self._graph = graph
        self._roots = roots
        self._kinds = kinds
        self._transactions = TransactionHazards(program, graph, sends, roots, kinds)
        self._arguments = ArgumentHazards(program, sends)
        self._tables = TableHazards(program, graph, roots)
        self._imports = ImportHazards(program, graph)

    def of(self, name: str) -> tuple[Hazard, ...]:
        """The hazards of a candidate, by kind, then nearest first; none for a function that no event starts."""
        roots = self._roots.get(name)
        if roots is None:
            return ()
        reached = self._graph.reached(roots)
        # A wrapper that a decorator puts around it is called on behalf of others too.
        own = [body for body in roots if body.info.name == name] or roots
        found = [*self._transactions.of(own), *self._arguments.of(own)]
        if self._kinds[name] & _IN_ORDER:
            found += ordering(reached)
        found += self._tables.of(name, reached)
        found += self._imports.of(reached)
        return tuple(dict.fromkeys(found))
