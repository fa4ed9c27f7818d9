"""What the tests of the handler share: the code on the path, events, a context, a table.

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
from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer
from aws_lambda_powertools.utilities.idempotency.exceptions import IdempotencyItemAlreadyExistsError
from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import DataRecord

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
os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "shop-greet")
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "migrator")
os.environ.setdefault("POWERTOOLS_TRACE_DISABLED", "1")
os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
# Nobody's: a test that reaches AWS fails.
for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
    os.environ[name] = "none"
for name in ("DEAD_LETTERS_URL", "IDEMPOTENCY_TABLE", "QUEUE_URL"):
    os.environ.setdefault(name, f"https://example.invalid/{name.lower()}")
# The tests are for AWS, where there are tables and queues, wherever they run.
for name in ("AWS_SAM_LOCAL", "POWERTOOLS_IDEMPOTENCY_DISABLED"):
    os.environ.pop(name, None)


@dataclass
class Context:
    """The part of Lambda's context that Powertools reads."""

    function_name: str = "shop-greet"
    memory_limit_in_mb: int = 256
    invoked_function_arn: str = ":".join(
        ["arn:aws:lambda:us-east-1:123456789012:function", "shop-greet"]
    )
    aws_request_id: str = "da658bd3-2d6f-4e7b-8ec2-937234644fdc"
    remaining_ms: int = 300000

    def get_remaining_time_in_millis(self) -> int:
        """How long the invocation may still take."""
        return self.remaining_ms


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


class Table:
    """The table of what was done, in memory."""

    def __init__(self) -> None:
        self.records: dict[str, DataRecord] = {}

    def put(self, data_record: DataRecord) -> None:
        """Write a record that is not there."""
        if data_record.idempotency_key in self.records:
            raise IdempotencyItemAlreadyExistsError
        self.records[data_record.idempotency_key] = data_record

    def get(self, idempotency_key: str) -> DataRecord:
        """Read a record."""
        return self.records[idempotency_key]

    def update(self, data_record: DataRecord) -> None:
        """Write a record over another one."""
        self.records[data_record.idempotency_key] = data_record

    def delete(self, data_record: DataRecord) -> None:
        """Forget a record."""
        self.records.pop(data_record.idempotency_key, None)


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> Table:
    """A new table for each test, in place of the one in DynamoDB."""
    made = Table()
    for name, stands_in in (
        ("put", made.put),
        ("get", made.get),
        ("update", made.update),
        ("delete", made.delete),
    ):
        monkeypatch.setattr(DynamoDBPersistenceLayer, f"_{name}_record", staticmethod(stands_in))
    return made
