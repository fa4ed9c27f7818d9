"""One run of a handler, and what it took."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from migrator.domain.json import JsonValue


class Ending(StrEnum):
    """How a run ended."""

    RETURNED = "returned"
    FUNCTION_ERROR = "function-error"
    TIMED_OUT = "timed-out"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run did not return.

    Attributes:
        type: the exception's type, or one of the runtime's own.
        trace: lines of the traceback, may be empty.
    """

    type: str
    message: str
    trace: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InvocationReport:
    """One run of a handler in a fresh execution environment.

    Attributes:
        function: its name.
        payload: what the handler returned; text where it returned what is no JSON; None where it did not return.
        init_ms: milliseconds that importing the handler's module took, with the start of its process.
        duration_ms: milliseconds of the run itself, or None where the runtime did not finish it.
        memory_mb: peak resident memory of the process in MiB (VmHWM), or None where it has ended.
        logs: what the handler and its runtime wrote, the import included.
    """

    function: str
    ending: Ending
    payload: JsonValue
    failure: Failure | None
    init_ms: float | None
    duration_ms: float | None
    memory_mb: float | None
    logs: str
