"""Who is told of the transitions of rollouts.

In: plain values. Out: models. No secret stands in the file, but the names of environment variables that hold them.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from migrator.domain.rollouts import Phase
from migrator.router.models.words import Strict
from migrator.router.quantities import BaseUrl

GITHUB = "https://api.github.com"
_PHASES = tuple(phase.value for phase in Phase)
_NAME = r"^[A-Za-z_][A-Za-z0-9_]{0,127}$"


def _variable(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(_NAME, value) is None:
        # Not shown: somebody may have written the secret itself.
        raise ValueError("expected the name of an environment variable; what is secret does not stand in this file")
    return value


Variable = Annotated[
    str,
    BeforeValidator(_variable),
    WithJsonSchema({"type": "string", "pattern": _NAME, "examples": ["SLACK_WEBHOOK_URL"]}),
]


class Slack(Strict):
    """An incoming webhook of Slack, or of what takes its messages."""

    url_env: Variable = Field(description="The environment variable with its URL, which is a secret.")


class Sns(Strict):
    """A topic of Amazon SNS."""

    topic: Annotated[
        str,
        Field(
            pattern=r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?$",
            examples=["arn:aws:sns:eu-central-1:123456789012:rollouts"],
        ),
    ] = Field(description="Its ARN.")
    endpoint: BaseUrl | None = Field(default=None, description="Of SNS; left out: AWS's own.")


class Webhook(Strict):
    """A program of your own."""

    url: BaseUrl
    secret_env: Variable | None = Field(
        default=None, description="The environment variable with the key of the signature."
    )


class PullRequest(Strict):
    """A pull request of GitHub, which gets a comment for each transition."""

    repository: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}$", examples=["shop/legacy"])
    ]
    number: int = Field(ge=1)
    token_env: Variable = Field(description="The environment variable with a token that may write comments.")
    api: BaseUrl = Field(default=GITHUB, description="Of the REST API; left out: that of github.com.")


def _phase(value: Any) -> Any:
    if isinstance(value, str) and value not in _PHASES:
        raise ValueError(f"no phase; those there are: {', '.join(_PHASES)}")
    return Phase(value) if isinstance(value, str) else value


RECEIVERS = ("slack", "sns", "webhook", "pull_request")


class Notification(Strict):
    """One who is told of transitions, and of which."""

    slack: Slack | None = None
    sns: Sns | None = None
    webhook: Webhook | None = None
    pull_request: PullRequest | None = None
    on: list[Annotated[Phase, BeforeValidator(_phase)]] = Field(
        default=[], max_length=len(_PHASES), description="The phases that it is told of; left out: all of them."
    )

    @model_validator(mode="after")
    def _has_one(self) -> Notification:
        if len(self.named) != 1:
            found = f", found {' and '.join(self.named)}" if self.named else ""
            raise ValueError(f"who is told? an entry names one of {', '.join(RECEIVERS)}{found}")
        return self

    @property
    def named(self) -> tuple[str, ...]:
        """The keys of the receivers that it names; a good one names one."""
        return tuple(key for key in RECEIVERS if getattr(self, key) is not None)

    @property
    def receiver(self) -> Slack | Sns | Webhook | PullRequest:
        """Who is told."""
        found: Slack | Sns | Webhook | PullRequest = getattr(self, self.named[0])
        return found


def _distinct(entries: list[Notification]) -> list[Notification]:
    for at, entry in enumerate(entries):
        for before, other in enumerate(entries[:at]):
            if entry.receiver == other.receiver:
                raise ValueError(
                    f"entries {before + 1} and {at + 1} tell the same receiver; name it once, with all its phases"
                )
    return entries


Notifications: TypeAlias = Annotated[list[Notification], Field(max_length=20), AfterValidator(_distinct)]
