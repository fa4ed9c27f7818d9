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
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from migrator import bootstrap
from migrator.artifacts import make_artifacts, write
from migrator.artifacts.http_events import http_event
from migrator.domain.assessments import Assessment, Verdict
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.plan import PlannedSlice, make_plan
from migrator.resources import sample_root
from migrator.source import read_tree

INPUTS = 200
SUPPORT = Path(__file__).resolve().parent.parent / "support"
EXPECTED = sorted(
    name
    for name, entry in json.loads((sample_root() / "expected.json").read_text("utf-8"))["candidates"].items()
    if entry["verdict"] == "ready" and "http" in entry["triggers"]
)


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
    assert sorted(ready) == EXPECTED


@pytest.mark.parametrize("name", EXPECTED)
def test_the_handler_answers_what_legacy_answers(
    name: str, candidates: dict[str, Assessment], legacy: subprocess.Popen[str], tmp_path: Path
) -> None:
    planned = make_plan(read_tree(sample_root()), candidates[name], others=tuple(candidates.values()))
    write(make_artifacts(planned), tmp_path / "service")
    requests = list(generated_requests(planned, random.Random(name)))
    assert len(requests) == INPUTS

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


def generated_requests(planned: PlannedSlice, dice: random.Random) -> Iterator[tuple[str, str]]:
    """Method and encoded path of each request."""
    words = words_of("\n".join(planned.modules.values()))
    triggers = [registration.trigger for registration in planned.registrations]
    for _ in range(INPUTS):
        trigger = dice.choice(triggers)
        yield str(dice.choice(list(trigger.detail["methods"]))), generated_path(trigger, words, dice)  # type: ignore[call-overload,arg-type]


def words_of(code: str) -> Sequence[Sequence[str]]:
    """Words that the code compares with, by the way they look: members of enumerations, codes, all others."""
    strings = " ".join(re.findall(r'"([^"\n]{1,400})"', code))
    members = sorted(set(re.findall(r'^ +[A-Z_]+ = "([^"/\n]+)"', code, re.MULTILINE)))
    codes = sorted(set(re.findall(r"\b[A-Z]{2}\b", strings)))
    keys = sorted(set(re.findall(r'"([\w-]+)":', code)))
    others = sorted(set(re.findall(r"[\w-]{1,24}", strings)))
    return [group for group in (members, codes, keys, others) if group] or [["word"]]


def generated_path(trigger: Trigger, words: Sequence[Sequence[str]], dice: random.Random) -> str:
    """A path of a route, each variable filled in; one in twelve does not fit its converter."""
    rule = str(trigger.detail["path"])
    for parameter in trigger.detail["parameters"]:  # type: ignore[union-attr]
        converter = parameter["converter"]  # type: ignore[index,call-overload]
        value = strange(dice) if dice.random() < 0.08 else fitting(str(converter), words, dice)
        rule = re.sub(r"<[^<>]*>", lambda _, value=value: quote(value, safe="/"), rule, count=1)  # type: ignore[misc]
    return rule + dice.choice(["", "", "", "", "", "", "", "/", "/x"])


def fitting(converter: str, words: Sequence[Sequence[str]], dice: random.Random) -> str:
    """Text that a converter takes."""
    kind, _, arguments = converter.partition("(")
    match kind:
        case "int":
            bounds = dict(re.findall(r"(min|max)\s*=\s*(\d+)", arguments))
            low, high = int(bounds.get("min", 0)), int(bounds.get("max", 10 ** dice.randint(1, 9)))
            return str(dice.choice([low, high, dice.randint(low, high), dice.randint(low, high)]))
        case "float":
            return f"{dice.uniform(0, 10 ** dice.randint(0, 3)):.{dice.randint(1, 4)}f}"
        case "any":
            return dice.choice([item.strip(" )'\"") for item in arguments.split(",")])
        case "uuid":
            digits = f"{dice.getrandbits(128):032x}"
            version = dice.choice(["4", "4", "4", digits[12]])
            text = f"{digits[:8]}-{digits[8:12]}-{version}{digits[13:16]}-{dice.choice('89ab')}{digits[17:20]}-{digits[20:]}"
            return dice.choice([text, text, text.upper()])
        case "path":
            return "/".join(fitting("default", words, dice) for _ in range(dice.randint(1, 4)))
        case "string" if found := re.search(r"length\s*=\s*(\d+)", arguments):
            return "".join(dice.choice("0123456789") for _ in range(int(found[1])))
        case _:
            day = f"{dice.randint(1995, 2105)}-{dice.randint(1, 12):02}-{dice.randint(1, 31):02}"
            digits = "".join(dice.choice("0123456789") for _ in range(dice.randint(1, 14)))
            word = dice.choice(dice.choice(words))
            return dice.choice([*[word] * 8, word.lower(), word.upper(), day, day, day, digits, word + digits])


def strange(dice: random.Random) -> str:
    """Text that nobody expects; never empty and never with a slash."""
    return dice.choice(
        ["Ünïcode ✓", "a b", "%41", "0", "-1", "1e5", "٣", "a;b", '"quoted"', "<b>", "x" * 300, "a\\b", "+", "😀"]
    )
