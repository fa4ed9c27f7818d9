"""A service folder whose handler does what a test tells it, and the check that the local stack is there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from migrator.adapters.runtime.rie import find_rie, require_runtime_client
from migrator.errors import RemoteError

HANDLER = """
import base64, json, os, sys, time
print("module loaded")

def handler(event, context):
    if not isinstance(event, dict) or "requestContext" not in event:
        wanted = event if isinstance(event, dict) else {}
    else:
        body = event.get("body") or "{}"
        if event["isBase64Encoded"]:
            body = base64.b64decode(body).decode("latin-1")
        try:
            wanted = json.loads(body)
        except ValueError:
            wanted = {}
    print("wanted", sorted(wanted))
    if "raise" in wanted:
        raise ValueError(wanted["raise"])
    if "sleep" in wanted:
        time.sleep(wanted["sleep"])
    if "exit" in wanted:
        os._exit(wanted["exit"])
    if "return" in wanted:
        return wanted["return"]
    if "large" in wanted:
        return "x" * wanted["large"]
    if "mimic" in wanted:
        return {"errorMessage": "m", "errorType": "T", "requestId": "another", "stackTrace": []}
    if "environment" in wanted:
        return dict(os.environ)
    return {"event": event, "environment": context.log_stream_name, "pid": os.getpid(), "path": sys.path}
"""

TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage:
    Type: String
    Default: test
Globals:
  Function:
    Timeout: 2
    MemorySize: 256
    Environment:
      Variables:
        STAGE: !Ref Stage
Resources:
  TaxFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Handler: app.handler
      Environment:
        Variables:
          GREETING: !Sub "hello ${Stage}"
          TABLE: !Ref Table
          IMPORTED: !ImportValue elsewhere
      Events:
        Quote:
          Type: HttpApi
          Properties: {Path: "/api/tax/{country}", Method: post}
        Any:
          Type: HttpApi
          Properties: {Path: "/any/{rest+}", Method: ANY}
        Fixed:
          Type: HttpApi
          Properties: {Path: /api/tax/fixed, Method: POST}
  Table:
    Type: AWS::DynamoDB::Table
"""


def service_folder(folder: Path, handler: str = HANDLER, template: str = TEMPLATE) -> Path:
    """Write a service folder and return it."""
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "app.py").write_text(handler)
    (folder / "template.yaml").write_text(template)
    return folder


def require_local_lambda() -> None:
    """Skip where the emulator is missing; fail under CI."""
    try:
        find_rie()
        require_runtime_client()
    except RemoteError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
