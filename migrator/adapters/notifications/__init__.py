"""Tells people and programs of each transition of a rollout.

In: ticks. Out: the `Observer` port, which returns at once: what has happened is read from the recorded history by threads
of their own, one for each receiver, so that nothing is lost when a process ends, and no rollout waits for a receiver. One
small file a kind of receiver.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from migrator.adapters.aws import AwsService
from migrator.adapters.clock import SystemClock
from migrator.adapters.notifications.delivery import PATIENT, Delivery, Patience
from migrator.adapters.notifications.pull_request import PullRequestNotifier
from migrator.adapters.notifications.sinks import Sink
from migrator.adapters.notifications.slack import SlackNotifier
from migrator.adapters.notifications.sns import SnsNotifier
from migrator.adapters.notifications.webhook import WebhookNotifier
from migrator.adapters.outbound import LIMIT_S, Outbound
from migrator.rollout.ports import Clock, StateStore
from migrator.rollout.ticks import Tick
from migrator.router import notifications as configured

__all__ = ["Notifications", "Patience"]


class Notifications:
    """The `Observer` port, for any number of receivers.

    Args:
        notified: who is told, and of what.
        store: of the rollouts; it is read from other threads.
        environment: where secrets stand; None for the process's own.
        limit_s: seconds that one try may take.
    """

    def __init__(
        self,
        notified: Iterable[configured.Notified],
        store: StateStore,
        *,
        environment: Mapping[str, str] | None = None,
        clock: Clock | None = None,
        patience: Patience = PATIENT,
        limit_s: float = LIMIT_S,
    ) -> None:
        environment, clock = os.environ if environment is None else environment, clock or SystemClock()
        self._deliveries = [
            Delivery(_opened(each.sink, environment, clock, limit_s), frozenset(each.on), store, patience)
            for each in notified
        ]
        self._seen: set[str] = set()

    def notify(self, tick: Tick) -> None:
        """Have told what a tick has recorded, and at the first tick of a route what an earlier process did not get to."""
        route = tick.state.route
        if tick.entries or route not in self._seen:
            self._seen.add(route)
            for delivery in self._deliveries:
                delivery.put(route)

    def close(self, timeout_s: float = 10.0) -> None:
        """Tell what is to be told yet, for so long; what is not told then is, when a process goes on."""
        until = time.monotonic() + timeout_s
        for delivery in self._deliveries:
            delivery.begin_close(until)
        for delivery in self._deliveries:
            delivery.end_close()


def _slack(sink: configured.SlackSink, environment: Mapping[str, str], clock: Clock, limit_s: float) -> Sink:
    return SlackNotifier(sink.url_env, environment, Outbound(limit_s))


def _sns(sink: configured.SnsSink, environment: Mapping[str, str], clock: Clock, limit_s: float) -> Sink:
    region = sink.topic.split(":")[3]
    # It is tried again here, where a pause can be cut short.
    return SnsNotifier(sink.topic, AwsService("sns", region=region, endpoint=sink.endpoint, tries=1, read_s=limit_s))


def _webhook(sink: configured.WebhookSink, environment: Mapping[str, str], clock: Clock, limit_s: float) -> Sink:
    return WebhookNotifier(sink.url, sink.secret_env, environment, Outbound(limit_s), clock)


def _pull_request(
    sink: configured.PullRequestSink, environment: Mapping[str, str], clock: Clock, limit_s: float
) -> Sink:
    return PullRequestNotifier(
        sink.repository, sink.number, sink.token_env, sink.api, environment, Outbound(limit_s), clock
    )


_KINDS: Final[Mapping[type[Any], Callable[[Any, Mapping[str, str], Clock, float], Sink]]] = {
    configured.SlackSink: _slack,
    configured.SnsSink: _sns,
    configured.WebhookSink: _webhook,
    configured.PullRequestSink: _pull_request,
}


def _opened(sink: configured.Sink, environment: Mapping[str, str], clock: Clock, limit_s: float) -> Sink:
    return _KINDS[type(sink)](sink, environment, clock, limit_s)
