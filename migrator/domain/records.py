"""What a log says of one call: a request that was answered, or a job that was run.

Formats of logs make them, a matcher takes them; there may be many millions, so these are tuples with names, which are
made about four times as fast as frozen dataclasses.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias


class Request(NamedTuple):
    """A request that an application answered.

    Attributes:
        at: seconds since the epoch; None where the log tells no time.
        method: upper case, or an empty string where what came was no request.
        target: as it was asked for: a path with its query, an absolute URI, percent-encoded or not.
        status: of the answer; 0 where none is told.
        seconds: it took; None where that is not told.
        size: bytes of the larger of request and answer, as far as both are told; None where neither is.
        route: the pattern that the framework says it matched, in its own syntax.
        code: dotted name of the function that the log says answered.
        failed: whether it failed beyond what the status says.
    """

    at: float | None
    method: str
    target: str
    status: int = 0
    seconds: float | None = None
    size: int | None = None
    route: str = ""
    code: str = ""
    failed: bool = False


class Run(NamedTuple):
    """A job that a worker ran, or a function that ran inside of something else.

    Attributes:
        at: seconds since the epoch; None where the log tells no time.
        names: what it may be known by, the surest first: the wire name, the dotted name of its function.
        seconds: it took; None where that is not told.
        failed: None where its end is not told.
        size: bytes of its message; None where that is not told.
        inside: it ran within another call, which is told of as well.
    """

    at: float | None
    names: tuple[str, ...]
    seconds: float | None = None
    failed: bool | None = None
    size: int | None = None
    inside: bool = False


Record: TypeAlias = Request | Run
