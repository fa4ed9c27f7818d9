"""Who is told of transitions, as the configuration says it.

In: nothing. Out: frozen values. No secret stands here, but the names of environment variables that hold them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from migrator.domain.rollouts import Phase


@dataclass(frozen=True, slots=True)
class SlackSink:
    """An incoming webhook of Slack, or of what takes its messages.

    Attributes:
        url_env: the environment variable with its URL, which is a secret.
    """

    url_env: str


@dataclass(frozen=True, slots=True)
class SnsSink:
    """A topic of Amazon SNS.

    Attributes:
        topic: its ARN, which names its region.
        endpoint: of SNS; empty for AWS's own.
    """

    topic: str
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class WebhookSink:
    """A program of your own.

    Attributes:
        secret_env: the environment variable with the key of the signature; empty for none.
    """

    url: str
    secret_env: str = ""


@dataclass(frozen=True, slots=True)
class PullRequestSink:
    """A pull request of GitHub.

    Attributes:
        repository: `OWNER/NAME`.
        token_env: the environment variable with a token that may write comments.
        api: base URL of the REST API.
    """

    repository: str
    number: int
    token_env: str
    api: str


Sink: TypeAlias = SlackSink | SnsSink | WebhookSink | PullRequestSink


@dataclass(frozen=True, slots=True)
class Notified:
    """One who is told.

    Attributes:
        on: the phases that it is told of; empty for all.
    """

    sink: Sink
    on: tuple[Phase, ...] = ()
