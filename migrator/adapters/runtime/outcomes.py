"""How an invocation can end, as values, and the limits of a payload.

The emulator answers an exception and a time-out with 200 and a crash with 502; here they are told apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from migrator.cloud_facts.http_paths import LOCAL, PATHS

REQUEST_LIMIT = PATHS[LOCAL].request_bytes
"""Bytes of a synchronous request: 6 MB, from the Lambda quotas."""

ANSWER_LIMIT = 6_291_556
"""Bytes of a synchronous answer: 6 MB and the 100 bytes more that Lambda allows (its own error names this number)."""


@dataclass(frozen=True, slots=True)
class Result:
    """The handler returned.

    Attributes:
        payload: what it returned, as the JSON text that the runtime wrote (raw bytes where it returned bytes).
    """

    payload: bytes


@dataclass(frozen=True, slots=True)
class FunctionError:
    """The handler, or the import of its module, raised; or what it returned is no JSON or too large.

    Attributes:
        kind: the exception's type, or one of the runtime's own such as `Runtime.ImportModuleError`.
        trace: lines of the traceback, may be empty.
    """

    kind: str
    message: str
    trace: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The function's time-out passed before the handler returned."""

    after_s: float


@dataclass(frozen=True, slots=True)
class Crashed:
    """The process that ran the handler ended, or stopped answering."""

    reason: str


@dataclass(frozen=True, slots=True)
class Throttled:
    """All environments that the limit allows were busy; nothing was run."""

    limit: int


Outcome: TypeAlias = Result | FunctionError | TimedOut | Crashed | Throttled


@dataclass(frozen=True, slots=True)
class Invocation:
    """One invocation: how it ended and where it ran.

    Attributes:
        environment: id of the execution environment, the handler's `context.log_stream_name`; empty if none ran.
        cold: whether the environment was started for this invocation.
        seconds: from the call to the answer, with the start of the environment.
    """

    outcome: Outcome
    environment: str
    cold: bool
    seconds: float
