"""What the tests of the handler share: the code on the path, events, a context."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

SERVICE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(SERVICE / "src"))
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
