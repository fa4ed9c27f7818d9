"""The team's chat."""

from __future__ import annotations

from shop import settings


def post(channel: str, text: str) -> None:
    import requests

    requests.post(settings.CHAT_API_URL, json={"channel": channel, "text": text}, timeout=2)
