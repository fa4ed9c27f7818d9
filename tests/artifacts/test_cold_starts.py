"""A handler of HTTP calls says of each whether its environment was started for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from migrator.router.envoy_names import COLD_HEADER

SERVICES = Path("tests/golden/services")
ASKED = """
import json, os, sys
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
sys.path[:0] = ["src", sys.argv[1]]
from handler_answers import Context
from app import handler
for line in sys.stdin:
    print(json.dumps(handler(json.loads(line), Context())["headers"].get(sys.argv[2])), file=answers)
answers.close()
"""


@pytest.mark.parametrize("service", ["plain", "flask", "fastapi"])
@pytest.mark.parametrize(("kind", "said"), [("on-demand", ["1", "0", "0"]), ("provisioned-concurrency", ["0"] * 3)])
def test_the_first_call_of_an_environment_that_was_started_for_it_is_cold(
    service: str, kind: str, said: list[str]
) -> None:
    folder = SERVICES / service
    event = json.loads(next(iter(sorted((folder / "events").glob("*.json")))).read_text())
    named = {
        "POWERTOOLS_TRACE_DISABLED": "1",
        "POWERTOOLS_METRICS_NAMESPACE": "test",
        "POWERTOOLS_SERVICE_NAME": "test",
    }
    done = subprocess.run(
        [sys.executable, "-B", "-c", ASKED, str(Path("tests/support").resolve()), COLD_HEADER],
        cwd=folder,
        env={**os.environ, **named, "AWS_LAMBDA_INITIALIZATION_TYPE": kind},
        input=f"{json.dumps(event)}\n" * 3,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert [json.loads(line) for line in done.stdout.splitlines()] == said
