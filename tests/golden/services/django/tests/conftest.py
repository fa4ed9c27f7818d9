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
from importlib import import_module
from pathlib import Path
from typing import Any

import boto3
import pytest
from aws_lambda_powertools.utilities.parameters import SSMProvider
from aws_lambda_powertools.utilities.parameters.constants import DEFAULT_PROVIDERS
from botocore.stub import Stubber

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
os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "shop-views-tax")
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "migrator")
os.environ.setdefault("POWERTOOLS_TRACE_DISABLED", "1")
# A store that gives these secrets, under these names, and nothing else.
os.environ.pop("AWS_SAM_LOCAL", None)
os.environ["SECRETS_PREFIX"] = "/test/"
client = boto3.client("ssm", "us-east-1", aws_access_key_id="none", aws_secret_access_key="none")
store = Stubber(client)
SECRETS = {
    "SECRET_KEY": "1",
}
for name, value in SECRETS.items():
    asked: dict[str, Any] = {"Name": f"/test/{name}", "WithDecryption": True}
    store.add_response("get_parameter", {"Parameter": {"Value": value}}, asked)
store.activate()
DEFAULT_PROVIDERS["ssm"] = SSMProvider(boto3_client=client)
os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
# Nobody's: a test that reaches AWS fails.
for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
    os.environ[name] = "none"
for name in ("DEAD_LETTERS_URL", "IDEMPOTENCY_TABLE", "QUEUE_URL"):
    os.environ.setdefault(name, f"https://example.invalid/{name.lower()}")
# The tests are for AWS, where there are tables and queues, wherever they run.
for name in ("AWS_SAM_LOCAL", "POWERTOOLS_IDEMPOTENCY_DISABLED"):
    os.environ.pop(name, None)
# As the handler does it, whatever a test imports first.
for module in ["lambda_secrets", "application_start"]:
    import_module(module)


@dataclass
class Context:
    """The part of Lambda's context that Powertools reads."""

    function_name: str = "shop-views-tax"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = ":".join(
        ["arn:aws:lambda:us-east-1:123456789012:function", "shop-views-tax"]
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
