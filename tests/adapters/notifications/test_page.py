"""What the reference page tells receivers holds: its examples are read, and its check of a signature agrees with ours."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from migrator.adapters.signing import signature
from migrator.router import parse_router
from tests.support.router_files import SMALLEST

PAGE = (Path(__file__).parents[3] / "docs/reference/told-over-http.md").read_text("utf-8")


def example(language: str, begins: str) -> str:
    (found,) = re.findall(rf"```{language}\n({begins}.*?)```", PAGE, re.DOTALL)
    return str(found)


def test_its_notifications_are_read() -> None:
    config = parse_router(SMALLEST + example("yaml", "notifications"))
    assert [type(each.sink).__name__ for each in config.notifications] == [
        "SlackSink",
        "SnsSink",
        "WebhookSink",
        "PullRequestSink",
    ]


@pytest.fixture(scope="module")
def is_genuine() -> Callable[[bytes, str, bytes], bool]:
    names: dict[str, Any] = {}
    exec(example("python", "import"), names)
    check: Callable[[bytes, str, bytes], bool] = names["is_genuine"]
    return check


def test_its_receiver_takes_what_we_sign_and_nothing_else(is_genuine: Callable[[bytes, str, bytes], bool]) -> None:
    now = time.time()
    header = signature("key", b'{"a": 1}', now)
    assert is_genuine(b"key", header, b'{"a": 1}')
    assert not is_genuine(b"key", header, b'{"a": 2}')
    assert not is_genuine(b"other", header, b'{"a": 1}')
    assert not is_genuine(b"key", signature("key", b'{"a": 1}', now - 301), b'{"a": 1}')
