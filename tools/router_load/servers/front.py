"""The Lambda front over a service folder, in a process of its own that can be killed or stopped as a whole.

In: `python -m tools.router_load.servers.front FOLDER PORT LIMIT`. Out: a front that runs until it is ended. The
service is in the shape of a generated one and is run by AWS's emulator and runtime client; its handler writes down
what it executes and behaves as the file beside it says, since a handler that somebody generated does neither.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from migrator.adapters.runtime import LambdaFront, load_functions
from tools.router_load.servers.ledger import VARIABLE

MODE_FILE = "mode"
MODES = ("well", "failing", "crashing", "slow")
"""What the handler can be told: to raise, to end its process, to take 0.2 s."""

_TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  TaxFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Handler: app.handler
      Timeout: 5
      MemorySize: 256
      Events:
        Read:
          Type: HttpApi
          Properties: {Path: "/api/tax/{country}", Method: GET}
        Write:
          Type: HttpApi
          Properties: {Path: "/api/tax/{country}", Method: POST}
"""
_HANDLER = """\
import os, time

LEDGER = os.open(os.environ["ROUTER_LOAD_LEDGER"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def handler(event, context):
    wanted = event["headers"].get("x-load-id", "")
    os.write(LEDGER, f"{wanted}\\n".encode())
    with open(os.environ["ROUTER_LOAD_MODE"]) as file:
        mode = file.read()
    if mode == "failing":
        raise ValueError("told to fail")
    if mode == "crashing":
        os._exit(3)
    if mode == "slow":
        time.sleep(0.2)
    headers = {"content-type": "application/json", "x-load-id": wanted}
    return {"statusCode": 200, "headers": headers, "body": '{"rate": 0.25}'}
"""


def write_service(folder: Path) -> None:
    """Write the service folder."""
    (folder / "src").mkdir(parents=True, exist_ok=True)
    (folder / "template.yaml").write_text(_TEMPLATE, "utf-8")
    (folder / "src" / "app.py").write_text(_HANDLER, "utf-8")
    tell(folder, "well")


def tell(folder: Path, mode: str) -> None:
    """Say how the handler is to behave from now on."""
    new = folder / f"{MODE_FILE}.new"
    new.write_text(mode, "utf-8")
    new.replace(folder / MODE_FILE)


def main() -> None:
    """Serve."""
    folder, port, limit = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    environment = {VARIABLE: os.environ[VARIABLE], "ROUTER_LOAD_MODE": str(folder / MODE_FILE)}
    with LambdaFront(load_functions(folder, environment=environment), port=port, limit=limit):
        signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main()
