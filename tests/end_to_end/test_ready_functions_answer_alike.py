"""Each ready HTTP function of the sample shop, cut out, against the shop itself: 200 generated requests each.

Requests are made from the converters that the analyzer reports: values that fit, values that don't, and words
of the function's own code, so that its branches are reached. The handler runs in a process that has only the
service's `src` on its path.
"""

from __future__ import annotations

import base64
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from urllib.parse import unquote

import pytest

from migrator import bootstrap
from migrator.artifacts import make_artifacts, write
from migrator.artifacts.http_events import http_event
from migrator.domain.assessments import Assessment, Verdict
from migrator.domain.triggers import TriggerKind
from migrator.plan import make_plan
from migrator.resources import sample_root
from migrator.source import read_tree
from tests.support.sample_requests import INPUTS, READY, generated_requests

SUPPORT = Path(__file__).resolve().parent.parent / "support"


@pytest.fixture(scope="module")
def candidates() -> dict[str, Assessment]:
    """What the analyzer says of the sample."""
    return {candidate.name: candidate for candidate in bootstrap.analyze(sample_root(), jobs=1).candidates}


@pytest.fixture(scope="module")
def legacy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen[str]]:
    """The shop, answering in a process of its own."""
    folder = tmp_path_factory.mktemp("shop")
    environment = {**os.environ, "SHOP_VAR_DIR": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        [sys.executable, str(SUPPORT / "legacy_answers.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
        cwd=sample_root(),
    ) as process:
        yield process
        process.kill()


def test_every_ready_function_is_seen_as_one(candidates: dict[str, Assessment]) -> None:
    ready = {
        name
        for name, candidate in candidates.items()
        if candidate.verdict is Verdict.READY and any(t.kind is TriggerKind.HTTP for t in candidate.triggers)
    }
    assert sorted(ready) == READY


@pytest.mark.parametrize("name", READY)
def test_the_handler_answers_what_legacy_answers(
    name: str, candidates: dict[str, Assessment], legacy: subprocess.Popen[str], tmp_path: Path
) -> None:
    planned = make_plan(read_tree(sample_root()), candidates[name], others=tuple(candidates.values()))
    write(make_artifacts(planned), tmp_path / "service")
    requests = list(islice(generated_requests(planned, random.Random(name)), INPUTS))

    asked = [json.dumps(request) for request in requests]
    assert legacy.stdin is not None
    assert legacy.stdout is not None
    expected = []
    for line in asked:
        legacy.stdin.write(line + "\n")
        legacy.stdin.flush()
        expected.append(json.loads(legacy.stdout.readline()))
    answers, modules = ask_handler(tmp_path / "service" / "src", requests)

    for request, theirs, ours in zip(requests, expected, answers, strict=True):
        assert comparable(ours) == comparable(theirs), request
    # The requests have to reach the function, and to miss it; else the test says nothing.
    statuses = {status for status, _, _ in expected}
    assert 200 in statuses
    assert len({body for _, _, body in expected}) >= 10
    own = {module for module in modules if module.split(".")[0] in {path.split("/")[0] for path in planned.modules}}
    assert own <= set(planned.plan.modules)


def ask_handler(source: Path, requests: Sequence[tuple[str, str]]) -> tuple[list[tuple[int, str, str]], list[str]]:
    """Answers to the requests, and the modules that were imported for them."""
    events = [
        json.dumps(http_event(method, unquote(path), template="/{proxy+}", variables={}, url=path))
        for method, path in requests
    ]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
        "PYTHONPATH": str(source),
        "PYTHONDONTWRITEBYTECODE": "1",
        "POWERTOOLS_SERVICE_NAME": "service",
        "POWERTOOLS_METRICS_NAMESPACE": "tests",
        "POWERTOOLS_TRACE_DISABLED": "1",
    }
    done = subprocess.run(
        [sys.executable, str(SUPPORT / "handler_answers.py")],
        input="\n".join(events) + "\n",
        capture_output=True,
        text=True,
        env=environment,
        cwd=source,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    *answers, modules = (json.loads(line) for line in done.stdout.splitlines())
    return answers, modules


def comparable(answer: tuple[int, str, str]) -> tuple[int, str, object]:
    """Status, content type, and the body: JSON by its value, anything else by its bytes."""
    status, content_type, body = answer
    data = base64.b64decode(body)
    return status, content_type, json.loads(data) if content_type == "application/json" else data
