"""Control planes of AWS on loopback, on which stacks are created: moto's, which keeps books, and ministack's, which runs the code.

In: nothing. Out: a `ControlPlane`, ended with the block.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from migrator.adapters import processes
from tests.support.moto import aws_server

REGION = "us-east-1"
MINISTACK = Path(__file__).resolve().parents[2] / ".venv-stack/bin/ministack"
_READY_S = 30.0


@dataclass(frozen=True, slots=True)
class ControlPlane:
    """Where clients send their calls."""

    name: str
    url: str

    def client(self, service: str) -> Any:
        """A client of it."""
        import boto3

        return boto3.session.Session(aws_access_key_id="none", aws_secret_access_key="none", region_name=REGION).client(
            service, endpoint_url=self.url
        )


@contextmanager
def moto_plane() -> Iterator[ControlPlane]:
    """moto's server: checks what it is asked, and runs nothing."""
    with aws_server() as url, warnings.catch_warnings():
        # What it does not know is missing afterwards, which tests look at.
        warnings.filterwarnings("ignore", message="Tried to parse")
        yield ControlPlane("moto", url)


@contextmanager
def ministack_plane(folder: Path) -> Iterator[ControlPlane]:
    """ministack: runs functions as processes of its own, with an interpreter of this machine.

    Args:
        folder: for what it writes.
    """
    require_ministack()
    folder.mkdir(parents=True, exist_ok=True)
    port = processes.free_port()
    settings = {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "LAMBDA_EXECUTOR": "local"}
    process = processes.start(
        [str(MINISTACK)],
        name="ministack",
        env={**os.environ, **settings, "HOME": str(folder), "TMPDIR": str(folder)},
        cwd=folder,
        log=folder / "ministack.log",
    )
    plane = ControlPlane("ministack", f"http://127.0.0.1:{port}")

    def ready() -> bool:
        try:
            return httpx.get(f"{plane.url}/_ministack/health", trust_env=False).is_success
        except httpx.TransportError:
            return False

    try:
        process.wait_until(ready, _READY_S)
        yield plane
    finally:
        process.stop(grace_s=2)


def require_ministack() -> None:
    """Skip where it is not installed; under CI that fails."""
    if not MINISTACK.is_file():
        message = f"{MINISTACK.parent.parent.name} has no ministack: make setup installs it"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
