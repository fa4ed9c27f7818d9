"""What an answer of a forge that is no success means.

In: its status, its headers, its words. Out: an error of ours, with what to do about it, and with when to come again where
that is said. What the client libraries call it is theirs; their errors are taken apart where they are asked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from migrator.adapters.forges.tokens import NEEDS, Token
from migrator.adapters.readings.texts import readable
from migrator.domain.forges import ForgeKind
from migrator.errors import InputError, MigratorError, RemoteError

_LONGEST: Final = 300
"""Characters of a forge's own words."""

_UNSAID_S: Final = 60.0
"""The wait after a secondary limit that says none. Source: GitHub docs, "Rate limits for the REST API"."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a forge has answered.

    Attributes:
        status: of HTTP.
        headers: by their names in small letters.
        message: its own words, as they came.
    """

    status: int
    message: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class Unavailable(RemoteError):
    """The forge does not answer, or not now.

    Attributes:
        after_s: seconds that it asks to wait; None where it does not say.
    """

    after_s: float | None = None


class Exists(InputError):
    """There is an open pull request for the branch."""


class Invalid(InputError):
    """The forge does not take what it was sent; its words are in the message."""


class NotAllowed(InputError):
    """The token is not taken, or may not do this."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What answers mean at one forge.

    Args:
        shown: the repository as people know it, with its host.
        host: what is asked.
        now: seconds since 1970.
    """

    kind: ForgeKind
    shown: str
    host: str
    token: Token
    now: Callable[[], float] = time.time

    def error(self, answer: Answer) -> MigratorError:
        """What an answer means."""
        words = self.inert(answer.message)
        if _is_limit(answer):
            return self._limited(answer)
        if answer.status >= 500:
            error = self._unavailable(f"{self.host} answers {answer.status}")
            error.after_s = _told(answer)
            return error
        if 300 <= answer.status < 400:
            return RemoteError(
                f"{self.host} sends elsewhere ({answer.status}), and a token goes to no other address",
                hint="is url in [forge] of migrator.toml, or the remote's address, an old one?",
            )
        if answer.status in (400, 409, 422):
            kind = Exists if "already exists" in answer.message else Invalid
            return kind(f"{self.host} does not take it: {words or answer.status}")
        known = _BY_STATUS.get(answer.status)
        if known is not None:
            return known(self, answer, f": {words}" if words else "")
        return RemoteError(f"{self.host} answers {answer.status}{f': {words}' if words else ''}")

    def unreached(self, what: str) -> Unavailable:
        """There was no answer.

        Args:
            what: such as `ConnectionError`.
        """
        return self._unavailable(f"{self.host} was not reached ({what})")

    def odd(self, what: str) -> RemoteError:
        """There was an answer that is none of this forge."""
        return RemoteError(
            f"{self.host} answers with {self.inert(what)}",
            hint="is url in [forge] of migrator.toml the base URL of its REST API?",
        )

    def inert(self, text: str) -> str:
        """A forge's words on one line, without the token."""
        return readable(self.token.scrubbed(text), _LONGEST)

    def _unavailable(self, message: str) -> Unavailable:
        return Unavailable(message, hint="run it again; nothing is opened twice", retryable=True)

    def _limited(self, answer: Answer) -> Unavailable:
        seconds = self._seconds(answer)
        until = datetime.fromtimestamp(self.now() + seconds, UTC)
        error = Unavailable(
            f"{self.host} takes no more from this token until {until:%Y-%m-%d %H:%M:%S} UTC",
            hint="run it again then; nothing is opened twice",
            retryable=True,
        )
        error.after_s = seconds
        return error

    def _seconds(self, answer: Answer) -> float:
        headers = answer.headers
        told = _told(answer)
        if told is not None:
            return told
        for name in ("x-ratelimit-reset", "ratelimit-reset"):
            if headers.get(name, "").isdigit() and headers.get(name.replace("reset", "remaining"), "0") == "0":
                # By the forge's own clock: this machine's may be wrong.
                return max(1.0, float(headers[name]) - self._forge_now(headers))
        return _UNSAID_S

    def _forge_now(self, headers: Mapping[str, str]) -> float:
        try:
            return parsedate_to_datetime(headers["date"]).timestamp()
        except (KeyError, ValueError, TypeError):
            return self.now()


def _told(answer: Answer) -> float | None:
    """Seconds that an answer asks to wait; both forges give them as a number."""
    told = answer.headers.get("retry-after", "")
    return float(told) if told.isdigit() else None


def _is_limit(answer: Answer) -> bool:
    """Sources: GitHub docs, "Rate limits for the REST API" (403 or 429); GitLab docs, "User and IP rate limits" (429)."""
    if answer.status == 429:
        return True
    used_up = answer.headers.get("x-ratelimit-remaining") == "0" or "retry-after" in answer.headers
    return answer.status == 403 and (used_up or "rate limit" in answer.message.lower())


def _unauthorized(meaning: Meaning, answer: Answer, words: str) -> MigratorError:
    return NotAllowed(
        f"{meaning.host} does not take the token from {meaning.token.source}{words}",
        hint=f"is it expired, revoked, or another host's? {NEEDS[meaning.kind]}",
    )


def _forbidden(meaning: Meaning, answer: Answer, words: str) -> MigratorError:
    hint = NEEDS[meaning.kind]
    if accepted := answer.headers.get("x-accepted-github-permissions"):
        hint = f"it needs {meaning.inert(accepted)}; {hint}"
    if "required" in answer.headers.get("x-github-sso", ""):
        hint = "authorize the token for single sign-on of the organization, on GitHub's page of your tokens"
    return NotAllowed(f"the token from {meaning.token.source} may not do this at {meaning.shown}{words}", hint=hint)


def _not_found(meaning: Meaning, answer: Answer, words: str) -> MigratorError:
    return NotAllowed(
        f"{meaning.shown} is not there for the token from {meaning.token.source}",
        hint=f"is the remote's address right, and may the token see it? {NEEDS[meaning.kind]}",
    )


_BY_STATUS: Final[Mapping[int, Callable[[Meaning, Answer, str], MigratorError]]] = {
    401: _unauthorized,
    403: _forbidden,
    404: _not_found,
    410: _not_found,
}
