"""Runs a function once, in an environment of its own, and reports what it took.

In: a function and a payload. Out: an `InvocationReport` and the payload's bytes as the handler's runtime wrote
them. The environment has ended when the report is there.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import assert_never

from migrator.adapters.processes import wait_until
from migrator.adapters.runtime.environment import start_environment
from migrator.adapters.runtime.function import Function
from migrator.adapters.runtime.outcomes import Crashed, FunctionError, Outcome, Result, Throttled, TimedOut
from migrator.adapters.runtime.rie import find_rie, require_runtime_client
from migrator.domain.invocations import Ending, Failure, InvocationReport
from migrator.domain.json import JsonValue

# The emulator answers a moment before it has written the figures.
_FIGURES_DEADLINE_S = 2.0


def run_once(function: Function, payload: bytes, *, rie: Path | None = None) -> tuple[InvocationReport, bytes]:
    """Start an environment, run the handler with a JSON text, end the environment.

    Args:
        rie: the emulator's binary; None to look for it.

    Returns:
        The report, and what the handler returned, byte by byte (empty where it did not).

    Raises:
        RemoteError: the emulator or the runtime client is missing, or the environment did not come up.
    """
    require_runtime_client()
    binary = find_rie(rie)
    with tempfile.TemporaryDirectory(prefix="migrator-lambda-", ignore_cleanup_errors=True) as folder:
        environment = start_environment(function, Path(folder), rie=binary)
        try:
            duration: float | None = None
            outcome = environment.initialize()
            imported = environment.init_logs
            own = ""
            if outcome is None:
                outcome = environment.invoke(payload)
                journal = environment.journal
                if isinstance(outcome, Result | FunctionError):
                    wait_until(lambda: journal.duration_ms() is not None, _FIGURES_DEADLINE_S)
                duration = journal.duration_ms()
                own = journal.own_lines()
            ending, failure = _ending(outcome)
            returned = outcome.payload if isinstance(outcome, Result) else b""
            report = InvocationReport(
                function=function.name,
                ending=ending,
                payload=_value(returned) if ending is Ending.RETURNED else None,
                failure=failure,
                init_ms=environment.init_ms,
                duration_ms=duration,
                memory_mb=environment.memory_mb(),
                logs=imported + own,
            )
        finally:
            environment.stop()
    return report, returned


def _ending(outcome: Outcome) -> tuple[Ending, Failure | None]:
    match outcome:
        case Result():
            return Ending.RETURNED, None
        case FunctionError(kind, message, trace):
            return Ending.FUNCTION_ERROR, Failure(kind, message, trace)
        case TimedOut(after_s):
            return Ending.TIMED_OUT, Failure("Sandbox.Timedout", f"Task timed out after {after_s:.2f} seconds")
        case Crashed(reason):
            return Ending.CRASHED, Failure("Runtime.ExitError", reason)
        case Throttled():
            raise AssertionError("a single environment is never throttled")
        case _:
            assert_never(outcome)


def _value(payload: bytes) -> JsonValue:
    try:
        value: JsonValue = json.loads(payload)
    except ValueError:
        return payload.decode("utf-8", errors="backslashreplace")
    return value
