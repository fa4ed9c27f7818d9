"""The `notifications` of a file -> who is told of transitions, and the other way round.

In: models that all checks have passed, or values of the configuration. Out: the other of the two; of the values, mappings
that are written.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_never

from migrator.router import notifications as told
from migrator.router.models import notifications as models
from migrator.router.yaml_parts import filled, flow, listed


def notified_by(entries: Sequence[models.Notification]) -> tuple[told.Notified, ...]:
    """Who is told."""
    return tuple(told.Notified(_sink(entry.receiver), tuple(entry.on)) for entry in entries)


def notified_mapping(notified: told.Notified) -> dict[str, Any]:
    """One entry as it is written."""
    key, mapping = _mapping(notified.sink)
    return {key: mapping, **({"on": listed(phase.value for phase in notified.on)} if notified.on else {})}


def _sink(receiver: models.Slack | models.Sns | models.Webhook | models.PullRequest) -> told.Sink:
    match receiver:
        case models.Slack():
            return told.SlackSink(receiver.url_env)
        case models.Sns():
            return told.SnsSink(receiver.topic, receiver.endpoint or "")
        case models.Webhook():
            return told.WebhookSink(receiver.url, receiver.secret_env or "")
        case models.PullRequest():
            return told.PullRequestSink(receiver.repository, receiver.number, receiver.token_env, receiver.api)
    assert_never(receiver)


def _mapping(sink: told.Sink) -> tuple[str, Any]:
    match sink:
        case told.SlackSink():
            return "slack", flow(url_env=sink.url_env)
        case told.SnsSink():
            return "sns", filled(topic=sink.topic, endpoint=sink.endpoint)
        case told.WebhookSink():
            return "webhook", filled(url=sink.url, secret_env=sink.secret_env)
        case told.PullRequestSink():
            api = sink.api if sink.api != models.GITHUB else ""
            return "pull_request", filled(
                repository=sink.repository, number=sink.number, token_env=sink.token_env, api=api
            )
    assert_never(sink)
