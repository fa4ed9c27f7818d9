"""Comments on a pull request of GitHub.

In: a notification. Out: a comment of its own for each transition. One comment that is changed in place would be shorter to
read and tell nobody: GitHub notifies of new comments only. A hidden mark in each keeps a second delivery from making a
second comment. Names and reasons stand in a block of code, where they mention nobody and close nothing. The token needs
`pull_requests: write` (or `issues: write`). Source: GitHub REST API, "Issue comments" and "Rate limits".
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from migrator.adapters.notifications.sinks import NotTaken, check_taken, retry_after
from migrator.adapters.notifications.wording import details
from migrator.adapters.outbound import Answered, Outbound
from migrator.adapters.secrets import secret_in
from migrator.domain.messages import Notification
from migrator.errors import RemoteError
from migrator.rollout.ports import Clock

_VERSION: Final = "2022-11-28"
_LONGEST: Final = 60_000
"""Of a text in a comment, whose body may have 65,536 characters."""
_PAGE: Final = 100
_EARLIER_S: Final = 3600.0
"""How much earlier than a transition GitHub's clock may say that it was told."""


@dataclass(frozen=True, slots=True)
class PullRequestNotifier:
    """One pull request.

    Args:
        repository: `OWNER/NAME`.
        token_env: the environment variable with a token.
        api: base URL of the REST API.
    """

    repository: str
    number: int
    token_env: str
    api: str
    environment: Mapping[str, str]
    outbound: Outbound
    clock: Clock

    @property
    def name(self) -> str:
        """The pull request."""
        return f"pull request {self.repository}#{self.number}"

    def send(self, told: Notification) -> None:
        """Comment, unless that was done already."""
        mark = f"<!-- migrator {hashlib.sha256(told.id.encode()).hexdigest()} -->"
        since = datetime.fromtimestamp(max(0.0, told.at - _EARLIER_S), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if not self._has(mark, since):
            self._asked("POST", "", json.dumps({"body": comment(told, mark)}).encode())

    def close(self) -> None:
        """Give up the connections."""
        self.outbound.close()

    def _has(self, mark: str, since: str) -> bool:
        """Whether a comment with a mark is there, among those that were made or changed since then."""
        page = 1
        while True:
            comments: Any = self._asked("GET", f"?since={quote(since)}&per_page={_PAGE}&page={page}")
            if any(mark in str(each.get("body", "")) for each in comments):
                return True
            if len(comments) < _PAGE:
                return False
            page += 1

    def _asked(self, method: str, query: str, body: bytes = b"") -> Any:
        owner, _, name = self.repository.partition("/")
        url = (
            f"{self.api.rstrip('/')}/repos/{quote(owner, safe='')}/{quote(name, safe='')}/issues/{self.number}/comments"
        )
        answer = self.outbound.send(
            method,
            url + query,
            body=body,
            headers={
                "accept": "application/vnd.github+json",
                "authorization": f"Bearer {secret_in(self.environment, self.token_env)}",
                "content-type": "application/json",
                "x-github-api-version": _VERSION,
            },
        )
        self._check(answer)
        try:
            return json.loads(answer.body)
        except ValueError:
            raise RemoteError(f"{self.name} was answered with no JSON") from None

    def _check(self, answer: Answered) -> None:
        """That GitHub took it. One whose allowance is used up is answered 403, or 429, and told when to come again."""
        used_up = answer.headers.get("x-ratelimit-remaining") == "0"
        if answer.status == 403 and (used_up or "retry-after" in answer.headers):
            error = NotTaken(f"the allowance for {self.name} is used up", retryable=True)
            reset = answer.headers.get("x-ratelimit-reset", "")
            error.after_s = retry_after(answer, self.clock.now())
            if error.after_s is None and reset.isdigit():
                error.after_s = max(0.0, float(reset) - self.clock.now())
            raise error
        check_taken(answer, self.name)


def comment(told: Notification, mark: str) -> str:
    """The body of a comment."""
    text = f"{told.route}\n{details(told)}"[:_LONGEST]
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{mark}\n**The rollout is {told.phase} at {told.weight:g} %**\n\n{fence}text\n{text}\n{fence}\n"
