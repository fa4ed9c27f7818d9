"""One Flask view behind each front: what the caller sent reaches the view, and its answer goes back as it was."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_plus

import pytest

from migrator import bootstrap
from migrator.artifacts import Artifacts, make_artifacts, write
from migrator.artifacts.fronts import front_of
from migrator.domain.checks import CheckOutcome
from migrator.domain.effects import Effect
from migrator.domain.plans import EventSource
from migrator.plan import make_plan
from migrator.plan.delivery.delivering import FRONTS
from tests.artifacts.test_generated_code import FLASK, PLAIN, run
from tests.support.sampled import one_in
from tests.support.slices import assessed, monolith

PATHS = {"flask": ["/orders/<name>"], "plain": ["/tax/<country>/<int:cents>", "/tax/<uuid:order>/"]}
METHODS = {"flask": ["POST", "OPTIONS"], "plain": ["GET", "HEAD", "OPTIONS"]}
SOURCES = {"flask": FLASK, "plain": PLAIN}


def service(folder: Path, kind: str, source: EventSource) -> Artifacts:
    tree = monolith(folder, {"shop.py": SOURCES[kind], "requirements.txt": "flask==3.1.3\n"})
    assessment = assessed(tree, "shop.view", paths=PATHS[kind], methods=METHODS[kind], registered="@bp")
    return make_artifacts(make_plan(tree, assessment, accepted={Effect.REQUEST_CONTEXT: "set"}, front=source))


def sent(source: EventSource, method: str, path: str, query: str = "", **more: Any) -> dict[str, Any]:
    """A request as a front sends it."""
    made = front_of(source).make_event(method, path, template="/{proxy+}", variables={}, url=quote(path))
    event: dict[str, Any] = {**made}
    headers: Mapping[str, list[str]] = more.get("headers", {})
    pairs = [part.partition("=")[::2] for part in query.split("&") if part]
    if source is EventSource.HTTP_API:
        event["headers"] = {
            **event["headers"],
            **{name: ",".join(v) for name, v in headers.items() if name != "cookie"},
        }
        event["cookies"] = [text for value in headers.get("cookie", []) for text in value.split("; ")]
        event["rawQueryString"] = query
    else:
        event["multiValueHeaders"] = {**event["multiValueHeaders"], **headers}
        decode = unquote_plus if source is EventSource.REST_API else str
        found: dict[str, list[str]] = {}
        for name, value in pairs:
            found.setdefault(decode(name), []).append(decode(value))
        event["multiValueQueryStringParameters"] = found or None
    if "body" in more:
        event |= {"body": base64.b64encode(more["body"]).decode(), "isBase64Encoded": True}
    return event


def headers_of(answer: dict[str, Any]) -> dict[str, list[str]]:
    if "multiValueHeaders" in answer:
        return {name.lower(): values for name, values in answer["multiValueHeaders"].items()}
    return {name.lower(): value.split(", ") for name, value in answer["headers"].items()} | {
        "set-cookie": answer["cookies"]
    }


@pytest.mark.parametrize("source", FRONTS)
def test_a_whole_request_reaches_the_view_and_its_answer_comes_back(source: EventSource, tmp_path: Path) -> None:
    whole = sent(
        source,
        "POST",
        "/orders/Zoë 50%41",
        "page=1&page=2%20x%26y",
        headers={"content-type": ["application/json"], "cookie": ["seat=12; other=3"]},
        body=b'{"a": 1}',
    )
    made = service(tmp_path / "monolith", "flask", source)
    first, lost = run(made, tmp_path / "service", whole, sent(source, "POST", "/elsewhere"))
    assert isinstance(first, dict)
    assert first["statusCode"] == 201
    assert json.loads(first["body"]) == {
        "name": "Zoë 50%41",
        "page": ["1", "2 x&y"],
        "agent": "migrator-example",
        "cookie": "12",
        "sent": {"a": 1},
        "raw": b'{"a": 1}'.hex(),
        "here": "/orders/me",
    }
    headers = headers_of(first)
    assert headers["set-cookie"] == ["a=1; Path=/", "b=2; Path=/"]
    assert headers["x-two"] == ["1", "2"]
    assert isinstance(lost, dict)
    assert lost["statusCode"] == 404


@pytest.mark.parametrize("source", FRONTS)
def test_a_view_without_flask_answers_behind_each_front(source: EventSource, tmp_path: Path) -> None:
    events = [sent(source, "GET", path) for path in ("/tax/%41 ö/12", "/tax/DE/x")]
    good, lost = run(service(tmp_path / "monolith", "plain", source), tmp_path / "service", *events)
    assert isinstance(good, dict)
    assert json.loads(good["body"]) == {"cents": 12, "country": "%41 ö", "order": None}
    assert headers_of(good)["content-type"] == ["application/json"]
    assert isinstance(lost, dict)
    assert lost["statusCode"] == 404


@pytest.mark.parametrize("kind", one_in(2, SOURCES))
@pytest.mark.parametrize("source", one_in(2, [EventSource.REST_API, EventSource.LOAD_BALANCER]))
def test_the_service_passes_every_check(source: EventSource, kind: str, tmp_path: Path) -> None:
    write(service(tmp_path / "monolith", kind, source), tmp_path / "service")
    checks = list(bootstrap.service_checks(tmp_path / "service"))
    assert [(each.name, each.findings) for each in checks if each.outcome is not CheckOutcome.PASSED] == []
    assert all("warnings" not in each.summary or "0 warnings" in each.summary for each in checks)
