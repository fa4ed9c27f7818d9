"""Programs of others that are only run: where they are, and what they said.

In: a name, arguments. Out: a path, a version, or `Ran`: exit status, output, errors. A program that hangs is ended with
all it has started. What its words mean is the caller's matter.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

from migrator.adapters.processes import start

VARIABLE: Final = "MIGRATOR_TOOLS"
"""Environment variable that names a folder of programs; it is looked into first."""

TOOLS: Final = ".venv-tools"
"""The environment beside a checkout's own that holds programs which are only run."""

_LOOK_EVERY_S = 0.2
# Nothing of the user's account with AWS or with a tool's vendor reaches a program, and nothing is sent to vendors.
_KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ")
_KEPT_ONLINE = ("HOME", "XDG_", "PIP_", "SSL_CERT_", "REQUESTS_CA_BUNDLE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
_SET = {
    "SAM_CLI_TELEMETRY": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUTF8": "1",
    "NO_COLOR": "1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "LOG_LEVEL": "ERROR",
}


@dataclass(frozen=True, slots=True)
class Ran:
    """How a program ended.

    Attributes:
        status: exit status (negative: the signal that ended it), or None where its time was over.
        output: what it wrote to standard output.
        errors: what it wrote to standard error.
    """

    status: int | None
    output: str
    errors: str


def find_program(name: str) -> Path | None:
    """The program of that name: in the folder that MIGRATOR_TOOLS names, beside this interpreter, in a `.venv-tools`
    beside its environment or beside the package, on the PATH; None where it is nowhere."""
    for folder in _folders():
        found = folder / name
        if found.is_file() and os.access(found, os.X_OK):
            return found.absolute()
    on_path = shutil.which(name)
    return Path(on_path).absolute() if on_path is not None else None


def version_of(program: Path, distribution: str) -> str:
    """The version of the distribution that a program came with, or an empty string; nothing is run."""
    sites = sorted(str(site) for site in program.parent.parent.glob("lib/python3*/site-packages"))
    if not sites:
        return ""
    found = next(iter(metadata.distributions(name=distribution, path=sites)), None)
    return found.version if found is not None else ""


def run_program(
    argv: Sequence[str],
    *,
    deadline_s: float,
    cwd: Path,
    online: bool = False,
    extra: Mapping[str, str] | None = None,
    stopped: threading.Event | None = None,
) -> Ran:
    """Run a program to its end, with a home folder of its own that goes with it.

    Args:
        online: it may ask the network, so it keeps what says how: proxies, certificates, pip's settings.
        extra: environment variables of its own.
        stopped: set by another thread when nobody waits for the answer any more.

    Raises:
        RemoteError: it could not be started.
    """
    with tempfile.TemporaryDirectory(prefix="migrator-run-") as scratch:
        output, errors = Path(scratch) / "output", Path(scratch) / "errors"
        home = Path(scratch) / "home"
        home.mkdir()
        environment = {**_environment(home, online=online), **_SET, **(extra or {})}
        name = Path(argv[0]).name
        with start(argv, name=name, env=environment, cwd=cwd, log=output, errors=errors) as running:
            status = None
            until = time.monotonic() + deadline_s
            while status is None and time.monotonic() < until and not (stopped is not None and stopped.is_set()):
                try:
                    status = running.wait(min(_LOOK_EVERY_S, max(0.0, until - time.monotonic())))
                except TimeoutError:
                    continue
        return Ran(status, *(path.read_text("utf-8", errors="replace") for path in (output, errors)))


def _folders() -> Iterator[Path]:
    named = os.environ.get(VARIABLE)
    if named:
        yield Path(named)
    yield Path(sys.executable).parent
    package = Path(__file__).resolve().parents[2]
    for base in dict.fromkeys((Path(sys.prefix).parent, package)):
        yield base / TOOLS / "bin"


def _environment(home: Path, *, online: bool) -> dict[str, str]:
    kept = (*_KEPT, *_KEPT_ONLINE) if online else _KEPT
    found = {name: value for name, value in os.environ.items() if name.upper().startswith(kept)}
    return found if online else {**found, "HOME": str(home)}
