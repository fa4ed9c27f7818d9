"""What the tests of the handler share: the code on the path, events, a context.

They stay on this machine: whatever would leave it fails.
"""

from __future__ import annotations

import errno
import ipaddress
import json
import os
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

SERVICE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(SERVICE / "src"))


def stay_here(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse what would leave this machine: to look up a name, to connect or send to an address."""
    looks_up = event in ("socket.getaddrinfo", "socket.gethostbyname")
    sends = event in ("socket.connect", "socket.sendto", "socket.sendmsg")
    if looks_up:
        host = arguments[0]
    elif sends and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if is_here(host.decode() if isinstance(host, bytes) else host):
        return
    if looks_up:
        raise socket.gaierror(socket.EAI_NONAME, f"{host}: no names are looked up in these tests")
    raise ConnectionRefusedError(errno.ECONNREFUSED, f"{host}: these tests stay on this machine")


def is_here(host: str | None) -> bool:
    """Whether a host is this machine."""
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


# Python calls it for each of its sockets, whatever library asks for one, until the process ends.
sys.addaudithook(stay_here)
os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "shop-tax")
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "migrator")
os.environ.setdefault("POWERTOOLS_TRACE_DISABLED", "1")


@dataclass
class Context:
    """The part of Lambda's context that Powertools reads."""

    function_name: str = "shop-tax"
    memory_limit_in_mb: int = 256
    invoked_function_arn: str = ":".join(
        ["arn:aws:lambda:us-east-1:123456789012:function", "shop-tax"]
    )
    aws_request_id: str = "da658bd3-2d6f-4e7b-8ec2-937234644fdc"


@pytest.fixture
def context() -> Context:
    """A context for one call."""
    return Context()


@pytest.fixture
def event() -> Callable[[str], dict[str, Any]]:
    """Reads an event of the events folder by its name."""

    def read(name: str) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(
            (SERVICE / "events" / f"{name}.json").read_text("utf-8")
        )
        return loaded

    return read
