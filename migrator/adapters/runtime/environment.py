"""One execution environment: an emulator process with a runtime, which runs one invocation at a time.

In: a function, a folder for its log and its temporary files. Out: outcomes. Starting enough of them, and never
giving one two invocations at once (the emulator does not survive it), is the pool's matter.

Initialization: the emulator initializes lazily, inside the first invocation and at the cost of its time-out;
Lambda initializes apart. So a new environment is first sent a payload that is no JSON: the runtime imports the
handler's module, then refuses the payload before the handler is reached.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import site
import sys
import time
import uuid
from collections.abc import Mapping
from pathlib import Path

from migrator.adapters.processes import ManagedProcess, free_port, start
from migrator.adapters.runtime.function import Function
from migrator.adapters.runtime.journal import Journal
from migrator.adapters.runtime.outcomes import Crashed, FunctionError, Outcome, Result, TimedOut
from migrator.adapters.runtime.template import REGION
from migrator.errors import RemoteError

_PATH = "/2015-03-31/functions/function/invocations"  # the emulator answers to this one name only
_NO_JSON = b"{"
_LISTEN_DEADLINE_S = 20.0
_TRIES = 3
# How long after the function's own time-out the emulator may still need to say so.
_PATIENCE_S = 15.0
_TIMED_OUT = re.compile(rb"Task timed out after [\d.]+ seconds\s*$")
_REFUSAL = re.compile(
    r"^\[ERROR\] Runtime\.UnmarshalError: .*\n(?:Traceback \(most recent call last\):\n)?", re.MULTILINE
)
_ERROR_KEYS = frozenset({"errorMessage", "errorType", "requestId", "stackTrace"})
_CRASHES = ("Runtime.ExitError", "Sandbox.", "Extension.")


class Environment:
    """A started environment.

    Attributes:
        id: what the handler sees as `context.log_stream_name`.
        init_ms: milliseconds that initialization took, once it is done.
        init_logs: what the import of the handler's module wrote.
    """

    def __init__(self, function: Function, process: ManagedProcess, port: int, identity: str, log: Path) -> None:
        self.id = identity
        self.init_ms: float | None = None
        self.init_logs = ""
        self._function = function
        self._process = process
        self._journal = Journal(log)
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=function.timeout_s + _PATIENCE_S)

    @property
    def running(self) -> bool:
        """Whether the emulator's process is there."""
        return self._process.running

    @property
    def journal(self) -> Journal:
        """Its log; the page is turned before each invocation."""
        return self._journal

    def initialize(self) -> Outcome | None:
        """Import the handler's module; None when it went well, else the outcome of any invocation of it."""
        self._journal.turn_page()
        outcome = self._ask(_NO_JSON)
        self.init_ms = self._journal.init_ms()
        self.init_logs = self._journal.own_lines()
        match outcome:
            case FunctionError(kind="Runtime.UnmarshalError"):
                self.init_logs = _REFUSAL.sub("", self.init_logs)
                return None
            case Result():  # a runtime that reads what is no JSON cannot be told from a handler that ran
                return Crashed("the runtime answered a payload that is no JSON")
            case _:
                return outcome

    def invoke(self, payload: bytes) -> Outcome:
        """Run the handler once. Anything but `Result` and a handler's own exception means: use it no more."""
        self._journal.turn_page()
        return self._ask(payload)

    def memory_mb(self) -> float | None:
        """Peak resident memory of the runtime's process in MiB (VmHWM), or None when it has gone."""
        peaks = [_peak_kib(pid) for pid in _below(self._process.pid)]
        return max(peaks) / 1024 if any(peaks) else None

    def stop(self) -> None:
        """End it and everything it has started."""
        self._connection.close()
        self._process.stop(grace_s=1.0)

    def _ask(self, payload: bytes) -> Outcome:
        began = time.monotonic()
        try:
            self._connection.request("POST", _PATH, body=payload, headers={"Content-Type": "application/json"})
            answer = self._connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            return Crashed(f"the emulator gave no answer: {type(error).__name__}: {error}")
        return self._outcome(answer.status, body, time.monotonic() - began)

    def _outcome(self, status: int, body: bytes, seconds: float) -> Outcome:
        if status != 200:
            return _failure(status, body)
        if _TIMED_OUT.match(body) and seconds >= self._function.timeout_s * 0.9:
            return TimedOut(self._function.timeout_s)
        # Only the runtime writes these four keys with the id of the request in hand; a handler that
        # returns something alike has returned. The log is read only for bodies that look so.
        if body.startswith(b'{"errorMessage"') and (error := _error(body)) is not None:
            found, request_id = error
            if request_id and request_id == self._journal.request_id():
                return found
        return Result(body)


def start_environment(function: Function, folder: Path, *, rie: Path) -> Environment:
    """Start the emulator for a function and wait until it takes invocations.

    Args:
        folder: an empty folder for its log and temporary files.
        rie: the emulator's binary, see `find_rie`.

    Raises:
        RemoteError: it did not come up.
    """
    for attempt in range(_TRIES):
        port, runtime_port = free_port(), free_port()
        identity = f"local/[$LATEST]{uuid.uuid4().hex}"
        log = folder / f"runtime-{attempt}.log"
        process = start(
            [
                str(rie),
                # Both addresses: without them it listens on every interface.
                *("--runtime-interface-emulator-address", f"127.0.0.1:{port}"),
                *("--runtime-api-address", f"127.0.0.1:{runtime_port}"),
                *("--log-level", "info", sys.executable, "-S", "-m", "awslambdaric", function.handler),
            ],
            name=f"the Lambda emulator of {function.name}",
            env=variables_of(function, folder, identity),
            cwd=function.code,
            log=log,
        )
        try:
            process.wait_until(lambda port=port: _listens(port), _LISTEN_DEADLINE_S, what="listening")  # type: ignore[misc]
        except BaseException as error:
            ended = not process.running
            process.stop(grace_s=0)
            # Somebody else may have taken one of the ports in between.
            if isinstance(error, RemoteError) and ended and attempt + 1 < _TRIES:
                continue
            raise
        return Environment(function, process, port, identity, log)
    raise AssertionError("unreachable")


def variables_of(function: Function, folder: Path, identity: str) -> dict[str, str]:
    """The handler's whole environment: nothing of ours gets in but the PATH."""
    region = function.environment.get("AWS_REGION", REGION)
    temporary = folder / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    own = {
        "POWERTOOLS_TRACE_DISABLED": "1",  # there is no X-Ray daemon
        **function.environment,
    }
    return own | {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "en_US.UTF-8",
        "PYTHONUTF8": "1",
        "TZ": ":UTC",
        "HOME": str(temporary),
        "TMPDIR": str(temporary),
        "PYTHONPATH": os.pathsep.join([str(function.code), *_libraries()]),
        "PYTHONDONTWRITEBYTECODE": "1",  # the service folder stays as it was written
        "LAMBDA_TASK_ROOT": str(function.code),
        "_HANDLER": function.handler,
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_TIMEOUT": str(function.timeout_s),
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": identity,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_SAM_LOCAL": "true",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        # Never anybody's real credentials: neither from variables nor from files nor from the instance.
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_SESSION_TOKEN": "local",
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _libraries() -> list[str]:
    """The folders of installed distributions, for an interpreter that runs without `site`.

    Without it, because its `.pth` files bring in whatever is installed as editable: the monolith, first of all,
    and then a module missing in the slice would not be missed.
    """
    own = [site.getusersitepackages()] if site.ENABLE_USER_SITE else []
    return [folder for folder in [*site.getsitepackages(), *own] if Path(folder).is_dir()]


def _listens(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.connect()
    except OSError:
        return False
    finally:
        connection.close()
    return True


def _error(body: bytes) -> tuple[FunctionError, str] | None:
    """The error that a body says, with the id of its request; None for what is no error body."""
    try:
        said = json.loads(body)
    except ValueError:
        return None
    if not isinstance(said, dict) or not {"errorMessage", "errorType"} <= said.keys() or said.keys() - _ERROR_KEYS:
        return None
    trace = said.get("stackTrace") or []
    return (
        FunctionError(str(said["errorType"]), str(said["errorMessage"]), tuple(str(line) for line in trace)),
        str(said.get("requestId", "")),
    )


def _failure(status: int, body: bytes) -> Outcome:
    """The emulator's own word: the runtime ended, could not be initialized, or returned too much."""
    error = _error(body)
    if error is None:
        return Crashed(f"the emulator answered {status}: {body[:200].decode('utf-8', errors='replace')}")
    found, _ = error
    return Crashed(found.message) if found.kind.startswith(_CRASHES) else found


def _below(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        for listing in Path(f"/proc/{parent}/task").glob("*/children"):  # each thread has its own children
            with contextlib.suppress(OSError):
                found.extend(int(child) for child in listing.read_text(encoding="ascii").split())
    return found[1:]


def _peak_kib(pid: int) -> int:
    try:
        status: Mapping[str, str] = dict(
            line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
        )
    except OSError:
        return 0
    return int(status.get("VmHWM", "0 kB").split()[0])
