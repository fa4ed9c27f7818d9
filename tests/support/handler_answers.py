"""Asks a handler, in a process of its own: events on standard input, answers on standard output.

Run with the service's `src` as the only addition to the path: `python handler_answers.py`. Each line in is an
event, each line out `[status, content type, body in base64]`; the last line is the list of imported modules.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from dataclasses import dataclass


@dataclass
class Context:
    """What Powertools reads of Lambda's context."""

    function_name: str = "function"
    memory_limit_in_mb: int = 128
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:function"
    aws_request_id: str = "id"


def main() -> None:
    # The handler logs to standard output from its import on: the answers get a way of their own.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    from app import handler  # type: ignore[import-not-found]

    for line in sys.stdin:
        answer = handler(json.loads(line), Context())
        body = answer["body"] if answer["isBase64Encoded"] else base64.b64encode(answer["body"].encode()).decode()
        print(json.dumps([answer["statusCode"], answer["headers"].get("content-type"), body]), file=answers)
    print(json.dumps(sorted(sys.modules)), file=answers)
    answers.close()


if __name__ == "__main__":
    main()
