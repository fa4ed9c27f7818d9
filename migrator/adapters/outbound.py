"""Sends HTTP requests to other people's servers, with limits, and without telling their addresses to anybody.

In: a method, a URL, a body. Out: what was answered, whatever its status, or a `RemoteError`. A URL may hold a secret in its
path, so that no message has more of it than its scheme and its host. No redirect is followed: a body that is signed for
one receiver is not for another. What the answers mean is the callers'.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from migrator.errors import RemoteError, UsageError

if TYPE_CHECKING:
    import httpx

LIMIT_S: Final = 5.0
"""How long a whole exchange may take."""
MOST_BYTES: Final = 256 * 1024
"""Of an answer; what is longer is not what was asked for."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a server has answered.

    Attributes:
        headers: by their names in small letters.
    """

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the status is one of 2xx."""
        return 200 <= self.status < 300


class Unreached(RemoteError):
    """There was no answer.

    Attributes:
        refused: whether nobody listens there.
        late: whether the time was up.
    """

    refused: bool = False
    late: bool = False


class Outbound:
    """Sends from any number of threads.

    Args:
        limit_s: seconds that a whole exchange may take.
        direct: whether the proxies of the environment are passed by.
    """

    def __init__(self, limit_s: float = LIMIT_S, *, direct: bool = False) -> None:
        self._limit_s = limit_s
        self._direct = direct
        self._lock = Lock()
        self._client: httpx.Client | None = None

    def send(self, method: str, url: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answered:
        """What the server answers.

        Raises:
            UsageError: it is no URL of HTTP, or a header cannot be sent.
            Unreached: there is no answer in time, or it is too long.
        """
        import httpx

        shown = origin(url)
        until = time.monotonic() + self._limit_s
        try:
            request = self._opened().build_request(method, url, content=body or None, headers=dict(headers or {}))
        except (httpx.InvalidURL, UnicodeError, ValueError) as error:
            # The errors repeat what they refuse.
            raise UsageError(f"a request to {shown} cannot be made: {type(error).__name__}") from None
        try:
            response = self._opened().send(request, stream=True)
            try:
                taken = self._taken(response, until, shown)
            finally:
                response.close()
        except httpx.TimeoutException:
            raise self._late(shown) from None
        except httpx.HTTPError as error:
            told = Unreached(f"{shown} was not reached ({type(error).__name__})", retryable=True)
            told.refused = isinstance(error, httpx.ConnectError) and "refused" in str(error).lower()
            raise told from None
        return Answered(response.status_code, taken, {name.lower(): text for name, text in response.headers.items()})

    def close(self) -> None:
        """Give up the connections; the next request opens them again."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _taken(self, response: httpx.Response, until: float, shown: str) -> bytes:
        taken = bytearray()
        for part in response.iter_bytes():
            taken += part
            if len(taken) > MOST_BYTES:
                raise Unreached(f"{shown} answers with more than {MOST_BYTES:,} bytes")
            if time.monotonic() > until:
                raise self._late(shown)
        return bytes(taken)

    def _late(self, shown: str) -> Unreached:
        told = Unreached(f"{shown} did not answer within {self._limit_s:g} s", retryable=True)
        told.late = True
        return told

    def _opened(self) -> httpx.Client:
        import httpx

        with self._lock:
            if self._client is None:
                self._client = httpx.Client(
                    timeout=self._limit_s,
                    follow_redirects=False,
                    trust_env=not self._direct,
                    headers={"user-agent": "migrator", "accept": "application/json"},
                )
            return self._client


def origin(url: str) -> str:
    """The scheme and the host of a URL, which is all of it that may be shown."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address that is none"
    return f"{parts.scheme}://{parts.hostname}{port}" if parts.hostname else "an address that is none"
