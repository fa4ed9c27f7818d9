"""Asks for the figures of reading gates, and webhooks for their answers.

In: a gate, and what it is asked about. Out: a figure, a verdict, or why there is none: nothing here raises, and nothing
takes longer than `LIMIT_S`. One small file a kind; which words a kind has is the domain's table `ASKS`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Final

from migrator.adapters.bounded import Bounded
from migrator.adapters.clock import SystemClock
from migrator.adapters.outbound import LIMIT_S, Outbound
from migrator.adapters.readings.cloudwatch import CloudWatchReader
from migrator.adapters.readings.cost import CostReader
from migrator.adapters.readings.dead_letters import DeadLetterReader
from migrator.adapters.readings.prometheus import PrometheusReader
from migrator.adapters.readings.services import Services
from migrator.adapters.readings.texts import readable
from migrator.adapters.readings.webhook import WebhookAsker
from migrator.domain.gates import ASKS, ReadingGate, ReadingKind, WebhookGate
from migrator.domain.looks import Answer, Asked, Reading
from migrator.domain.observations import NoData
from migrator.errors import MigratorError
from migrator.rollout.ports import Clock

__all__ = ["Readings"]

FRESH_S: Final = 30.0
"""How long a figure is kept that each question is paid for: CloudWatch charges for every metric asked (Amazon CloudWatch
pricing, GetMetricData), and has a new value each minute at most."""

_LONGEST: Final = 300  # characters of a reason
_PAID_FOR: Final = frozenset({ReadingKind.COST, ReadingKind.CLOUDWATCH})

Reader = Callable[[Mapping[str, str]], Reading | NoData]


class Readings:
    """The `ReadingSource` port.

    Args:
        endpoint: URL of a stand-in for AWS; empty for AWS itself.
        environment: where secrets stand; None for the process's own.
        limit_s: seconds that one answer may take.
        patience_s: seconds for which a look waits for it; what comes later is there at the next look. None for all of them,
            where there is no next look.
    """

    def __init__(
        self,
        *,
        endpoint: str = "",
        environment: Mapping[str, str] | None = None,
        clock: Clock | None = None,
        limit_s: float = LIMIT_S,
        patience_s: float | None = None,
    ) -> None:
        clock, environment = clock or SystemClock(), os.environ if environment is None else environment
        self._outbound = Outbound(limit_s)
        self._services = Services(endpoint, limit_s)
        self._bounded = Bounded(limit_s if patience_s is None else patience_s)
        self._readers: Mapping[ReadingKind, Reader] = {
            ReadingKind.COST: CostReader(self._services, clock).read,
            ReadingKind.DEAD_LETTERS: DeadLetterReader(self._services, clock).read,
            ReadingKind.CLOUDWATCH: CloudWatchReader(self._services, clock).read,
            ReadingKind.PROMETHEUS: PrometheusReader(self._outbound, environment).read,
        }
        self._webhooks = WebhookAsker(self._outbound, environment, clock)
        self._clock = clock
        self._kept: dict[tuple[ReadingKind, tuple[tuple[str, str], ...]], tuple[float, Reading]] = {}

    def read(self, gate: ReadingGate | WebhookGate, asked: Asked) -> Answer:
        """What the gate is about, as it stands now; no data where it does not answer."""
        try:
            answer = self._bounded.ask(f"{asked.route}/{gate.name}", lambda: self._asked(gate, asked))
        except MigratorError as error:
            answer = NoData(f"{error.message}; {error.hint}" if error.hint else error.message)
        except Exception as error:
            # An answer of another shape than its protocol says; its text may repeat what was sent.
            answer = NoData(f"what was answered cannot be read ({type(error).__name__})")
        return NoData(readable(answer.reason, _LONGEST)) if isinstance(answer, NoData) else answer

    def close(self) -> None:
        """Give up the connections."""
        self._outbound.close()
        self._services.close()

    def _asked(self, gate: ReadingGate | WebhookGate, asked: Asked) -> Answer:
        if isinstance(gate, WebhookGate):
            return self._webhooks.ask(gate, asked)
        missing = [word for word, needed in ASKS[gate.kind].items() if needed and not gate.asks.get(word)]
        if missing:
            return NoData(f"the gate does not say {' and '.join(missing)}")
        return self._kept_or_read(gate) if gate.kind in _PAID_FOR else self._readers[gate.kind](gate.asks)

    def _kept_or_read(self, gate: ReadingGate) -> Reading | NoData:
        question, now = (gate.kind, tuple(sorted(gate.asks.items()))), self._clock.now()
        kept = self._kept.get(question)
        if kept is not None and 0 <= now - kept[0] < FRESH_S:
            return kept[1]
        found = self._readers[gate.kind](gate.asks)
        if isinstance(found, Reading):
            self._kept[question] = (now, found)
        return found
