"""Requests and answers of HTTP, as recorded, replayed and compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Request:
    """One recorded request.

    Attributes:
        method: upper case.
        path: with a leading slash, percent-encoded as it went over the wire, without the query.
        query: the raw query string, without the question mark.
        headers: names in lower case.
        body: raw bytes.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def target(self) -> str:
        """Path and query, as in the request line."""
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: the status, headers with names in lower case, raw body, and how long it took.

    Several lines of one header are one value, joined with a comma and a blank; `set-cookie` with a newline.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The other side did not answer: refused, reset, timed out."""

    reason: str
    seconds: float = 0.0
