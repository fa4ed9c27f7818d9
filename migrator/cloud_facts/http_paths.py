"""The HTTP paths that lead to a Lambda function, and the status by which each tells what went wrong.

In: nothing. Out: the table of `http_paths.toml`. Which of the statuses is worth a second try is decided by who asks for one; AWS's own pages
leave gaps, and where they do the statuses that were seen stand beside those that are documented.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from migrator.cloud_facts.facts import read_table

LOCAL: Final = "local"
"""The front of the local Lambda functions; what it answers is ours to say."""


@dataclass(frozen=True, slots=True)
class Told:
    """How one path tells one thing that went wrong.

    Attributes:
        statuses: any of them may be given.
        source: where that is said.
    """

    statuses: tuple[int, ...]
    source: str


@dataclass(frozen=True, slots=True)
class HttpPath:
    """A way over HTTP to a function.

    Attributes:
        title: for people.
        function_error: the handler raised, or what it returned cannot be made an answer.
        throttle: no environment was free, or the path's own rate was passed.
        timeout: the function's time-out, or the path's own, passed before there was an answer.
        large_answer: the answer is larger than the path takes.
        large_request: the request is larger than the path takes.
        request_bytes: the largest body of a request, or of what is made of it.
        answer_bytes: the largest answer.
        timeout_s: the longest that the path waits; 0 for as long as the function may take (900 s).
    """

    title: str
    function_error: Told
    throttle: Told
    timeout: Told
    large_answer: Told
    large_request: Told
    request_bytes: int
    answer_bytes: int
    timeout_s: int

    @property
    def ambiguous(self) -> tuple[int, ...]:
        """Statuses of a throttle or a time-out that a failing function gives as well."""
        failing = {*self.function_error.statuses, *self.large_answer.statuses}
        return tuple(sorted(failing & {*self.throttle.statuses, *self.timeout.statuses}))


_STATUSES = ("function_error", "throttle", "timeout", "large_answer", "large_request")


def _path(table: Mapping[str, Any]) -> HttpPath:
    return HttpPath(
        title=table["title"],
        request_bytes=table["request_bytes"],
        answer_bytes=table["answer_bytes"],
        timeout_s=table["timeout_s"],
        **{name: Told(tuple(table[name]["statuses"]), table[name]["source"]) for name in _STATUSES},
    )


_TABLES = read_table("http_paths")
PATHS: Final[Mapping[str, HttpPath]] = {word: _path(table) for word, table in _TABLES.items()}
"""By the word for it in `router.yaml`."""

CHECKED: Final = min(table["checked"] for table in _TABLES.values()).isoformat()
"""When the sources were read."""


def guessed_path(host: str) -> str:
    """The path that a host's name shows: an API of API Gateway is taken for an HTTP API."""
    if ".lambda-url." in host:
        return "function-url"
    return "http-api" if ".execute-api." in host else LOCAL
