"""Posts to a program of your own.

In: a notification. Out: a POST of the document `migrator.notification/1`, signed where there is a key. What was not
answered with 2xx is sent again, so that one may come twice: `id` is the same then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from migrator.adapters.notifications.sinks import check_taken
from migrator.adapters.outbound import Outbound, origin
from migrator.adapters.secrets import secret_in
from migrator.adapters.signing import HEADER, signature
from migrator.documents.notification import CODEC
from migrator.domain.messages import Notification
from migrator.rollout.ports import Clock


@dataclass(frozen=True, slots=True)
class WebhookNotifier:
    """One URL.

    Args:
        secret_env: the environment variable with the key; empty for none.
    """

    url: str
    secret_env: str
    environment: Mapping[str, str]
    outbound: Outbound
    clock: Clock

    @property
    def name(self) -> str:
        """Its host, and a hash of its URL, in which there may be a secret."""
        return f"webhook {origin(self.url)} {hashlib.sha256(self.url.encode()).hexdigest()[:12]}"

    def send(self, told: Notification) -> None:
        """Post it."""
        body = CODEC.dump_line(told).encode("utf-8", "replace")
        headers = {"content-type": "application/json"}
        if self.secret_env:
            key = secret_in(self.environment, self.secret_env)
            headers[HEADER] = signature(key, body, self.clock.now())
        check_taken(self.outbound.send("POST", self.url, body=body, headers=headers), origin(self.url))

    def close(self) -> None:
        """Give up the connections."""
        self.outbound.close()
