"""Finds AWS's Runtime Interface Emulator and the runtime client that it starts.

In: nothing, or a path. Out: the path of the emulator's binary for this machine, or an error that says
what to install. The binary travels in the aws-sam-cli distribution; it is used from where that is installed.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from migrator.errors import RemoteError

VARIABLE = "MIGRATOR_RIE"
"""Environment variable that names the binary."""

_ARCHITECTURES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
_IN_DISTRIBUTION = Path("samcli") / "local" / "rapid"
_TOOLS = ".venv-tools"


def find_rie(explicit: Path | None = None) -> Path:
    """The emulator's binary.

    Looked for in this order: the path given, the variable MIGRATOR_RIE, an aws-sam-cli in this interpreter's
    environment, one in a `.venv-tools` beside that environment, in the current folder or above it, or beside
    the package, and `aws-lambda-rie` on the PATH.

    Raises:
        RemoteError: it is nowhere, or the machine cannot run it.
    """
    architecture = _ARCHITECTURES.get(platform.machine().lower())
    if sys.platform != "linux" or architecture is None:
        raise RemoteError(
            f"the Lambda emulator runs on Linux on x86_64 or arm64, not on {sys.platform} on {platform.machine()}",
            hint="run migrator in a Linux container or virtual machine",
        )
    for named, by in ((explicit, "the path given"), (_from_environment(), VARIABLE)):
        if named is not None:
            if not _runs(named):
                raise RemoteError(
                    f"{by} names no Lambda emulator that can be run: {named}",
                    hint=f"name an aws-lambda-rie program, or unset {VARIABLE}: make setup installs one",
                )
            return named
    for candidate in _candidates(f"aws-lambda-rie-{architecture}"):
        if _runs(candidate):
            return candidate
    raise RemoteError(
        "the Lambda runtime interface emulator was not found",
        hint=f"make setup installs it; or: python3 -m venv {_TOOLS} && {_TOOLS}/bin/pip install aws-sam-cli; "
        f"or name the binary in {VARIABLE}",
    )


def require_runtime_client() -> None:
    """Make sure that this interpreter can run handlers.

    Raises:
        RemoteError: awslambdaric is not installed.
    """
    if importlib.util.find_spec("awslambdaric") is None:
        raise RemoteError(
            "awslambdaric, AWS's runtime client for Python, is not installed",
            hint=f"install the local stack: {sys.executable} -m pip install 'migrator[local]'",
        )


def _from_environment() -> Path | None:
    named = os.environ.get(VARIABLE)
    return Path(named).absolute() if named else None


def _candidates(name: str) -> Iterator[Path]:
    spec = importlib.util.find_spec("samcli")
    for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
        yield Path(folder).parent / _IN_DISTRIBUTION / name
    here = Path.cwd()
    package = Path(__file__).resolve().parents[3]
    for base in dict.fromkeys((Path(sys.prefix).parent, here, *here.parents, package)):
        yield from sorted((base / _TOOLS).glob(f"lib/python3*/site-packages/{_IN_DISTRIBUTION}/{name}"))
    for on_path in ("aws-lambda-rie", name):
        if (found := shutil.which(on_path)) is not None:
            yield Path(found)


def _runs(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)
