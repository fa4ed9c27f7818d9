"""An event and a context for handlers that are called in this process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from migrator.artifacts.http_events import http_event
from migrator.domain.json import JsonValue


@dataclass
class Context:
    """What Powertools reads of Lambda's context."""

    function_name: str = "function"
    memory_limit_in_mb: int = 128
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:function"
    aws_request_id: str = "id"


CONTEXT = Context()


def request(method: str, path: str) -> Mapping[str, JsonValue]:
    """An event for a decoded path."""
    return http_event(method, path, template="/{proxy+}", variables={}, url=path)
