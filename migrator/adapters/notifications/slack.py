"""Posts to an incoming webhook of Slack, or of what takes its messages (Mattermost, Rocket.Chat, Discord's /slack).

In: a notification. Out: a POST of `text` and `blocks`. Whoever has the URL may post, so that it comes from the environment.
Names and reasons are plain text in the blocks, and `&`, `<` and `>` are escaped everywhere: nobody is mentioned, and no
link made, by what they hold. Source: https://api.slack.com/messaging/webhooks and
https://api.slack.com/reference/surfaces/formatting, "Escaping text".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from migrator.adapters.notifications.sinks import check_taken
from migrator.adapters.notifications.wording import details, headline
from migrator.adapters.outbound import Outbound
from migrator.adapters.secrets import secret_in
from migrator.domain.messages import Notification

_HEADER: Final = 150
_SECTION: Final = 3000
"""Characters of a header's and of a section's text (Slack's block kit reference)."""


@dataclass(frozen=True, slots=True)
class SlackNotifier:
    """One incoming webhook.

    Args:
        url_env: the environment variable with its URL.
    """

    url_env: str
    environment: Mapping[str, str]
    outbound: Outbound

    @property
    def name(self) -> str:
        """The variable, not the URL."""
        return f"slack {self.url_env}"

    def send(self, told: Notification) -> None:
        """Post it."""
        url = secret_in(self.environment, self.url_env)
        body = json.dumps(message(told)).encode()
        answer = self.outbound.send("POST", url, body=body, headers={"content-type": "application/json"})
        check_taken(answer, f"the webhook of {self.url_env}")

    def close(self) -> None:
        """Give up the connections."""
        self.outbound.close()


def message(told: Notification) -> Mapping[str, Any]:
    """What is posted."""
    title, text = headline(told), details(told)
    return {
        # What a phone shows, and a receiver that knows no blocks.
        "text": _escaped(f"{title}\n{text}"),
        "blocks": [
            {"type": "header", "text": _plain(title, _HEADER)},
            {"type": "section", "text": _plain(text, _SECTION)},
        ],
    }


def _plain(text: str, longest: int) -> Mapping[str, Any]:
    shown = _escaped(text)
    while len(shown) > longest:
        # Cut before it is escaped, so that no half of an entity is left.
        text = text[: len(text) - (len(shown) - longest) // 5 - 1]
        shown = _escaped(f"{text}…")
    return {"type": "plain_text", "text": shown, "emoji": False}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
