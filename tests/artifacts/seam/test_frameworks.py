"""The generated module with the real Celery, Flask and boto3."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from flask import Flask, request

from tests.support.http_servers import HttpServer
from tests.support.seam import give_weights, loaded, log_of

NAME = "shop.tasks.add"


@pytest.fixture
def seam(tmp_path: Path) -> Iterator[Any]:
    with loaded(tmp_path, {NAME: {"weight": 100, "canary": {"lambda": "add"}}}) as module:
        yield module


@pytest.fixture
def celery() -> Celery:
    app = Celery("shop", broker="memory://", backend="cache+memory://")
    app.conf.task_always_eager = True
    return app


def test_a_registered_task_is_routed_and_is_still_a_task(seam: Any, celery: Celery) -> None:
    ran: list[tuple[int, int]] = []

    @seam.routed(NAME)
    @celery.task(name="add", bind=True)
    def add(self: Any, a: int, b: int) -> int:
        ran.append((a, b))
        return a + b

    sent: list[dict[str, Any]] = []
    seam.set_sender(lambda canary, body, **options: sent.append(json.loads(body)))
    assert add.delay(1, b=2).id == sent[0]["id"]
    assert add.apply_async((3, 4)).id == sent[1]["id"]
    assert {each["task"] for each in sent} == {"add"}, "the name that the library sends it by"
    assert [(each["args"], each["kwargs"]) for each in sent] == [([1], {"b": 2}), ([3, 4], {})]
    assert not ran
    # Everything else is legacy's: a call in place, a signature, the name.
    assert add(5, 6) == 11
    assert add.s(7, 8).apply().get() == 15
    assert add.name == "add"
    seam.set_sender(lambda *args, **options: 1 / 0)
    assert add.delay(9, 10).get() == 19
    assert ran == [(5, 6), (7, 8), (9, 10)]


def test_a_key_of_a_bound_task_is_found(seam: Any, celery: Celery, tmp_path: Path) -> None:
    @celery.task(bind=True)
    def add(self: Any, a: int, tenant: str = "") -> int:
        return a

    forced = {"legacy": ["initech"]}
    give_weights(
        tmp_path,
        {NAME: {"weight": 100, "canary": {"lambda": "add"}, "sticky": {"argument": "tenant"}, "forced": forced}},
    )
    sent: list[str] = []
    seam.set_sender(lambda canary, body, **options: sent.append(body))
    assert seam.task(NAME, add).delay(1, "initech").get() == 1
    assert not sent
    seam.task(NAME, add).delay(1, "acme")
    assert len(sent) == 1
    assert not log_of(tmp_path)


def test_a_flask_view_gets_the_canarys_response_and_legacys_when_it_fails(seam: Any) -> None:
    app = Flask("shop")

    @app.post("/tax/<country>")
    @seam.flask_view(NAME)
    def tax(country: str) -> dict[str, object]:
        return {"legacy": country, "posted": request.get_json(), "form": dict(request.form)}

    events: list[dict[str, Any]] = []

    def answer(canary: Any, body: str, **options: Any) -> str:
        events.append(json.loads(body))
        return json.dumps(
            {
                "statusCode": 418,
                "headers": {"x-from": "canary", "content-type": "text/plain", "content-length": "999"},
                "cookies": ["a=1; Path=/", "b=2"],
                "body": "aMOk",
                "isBase64Encoded": True,
            }
        )

    seam.set_sender(answer)
    client = app.test_client()
    client.set_cookie("seat", "7")
    got = client.post("/tax/d%C3%A9?q=1&q=2", json={"x": 1}, headers=[("X-A", "1"), ("X-A", "2")])
    assert (got.status_code, got.data, got.headers["x-from"]) == (418, b"h\xc3\xa4", "canary")
    assert got.headers.getlist("set-cookie") == ["a=1; Path=/", "b=2"]
    (event,) = events
    assert event["requestContext"]["http"]["method"] == "POST"
    assert event["rawPath"] == "/tax/d\u00e9"
    assert event["requestContext"]["http"]["path"] == "/tax/d%C3%A9"
    assert event["rawQueryString"] == "q=1&q=2"
    assert event["headers"]["x-a"] == "1, 2"
    assert event["cookies"] == ["seat=7"]
    assert "cookie" not in event["headers"]

    for failing in (lambda *args, **options: 1 / 0, lambda *args, **options: '{"statusCode": 503}'):
        seam.set_sender(failing)
        legacy = client.post("/tax/de", json={"x": 1})
        assert legacy.get_json() == {"legacy": "de", "posted": {"x": 1}, "form": {}}
    assert seam.counts() == {(NAME, "answered"): 1, (NAME, "failed"): 2}


def test_a_header_is_a_key(seam: Any, tmp_path: Path) -> None:
    app = Flask("shop")

    @app.get("/")
    @seam.flask_view(NAME)
    def view() -> str:
        return "legacy"

    forced = {"legacy": ["initech"]}
    give_weights(
        tmp_path,
        {NAME: {"weight": 100, "canary": {"lambda": "add"}, "sticky": {"header": "x-tenant"}, "forced": forced}},
    )
    seam.set_sender(lambda *args, **options: '{"statusCode": 200, "body": "canary"}')
    client = app.test_client()
    assert client.get("/", headers={"X-Tenant": "initech"}).text == "legacy"
    assert client.get("/", headers={"X-Tenant": "acme"}).text == "canary"
    assert client.get("/").text == "canary"


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "none")
    monkeypatch.delenv("AWS_PROFILE", raising=False)


@pytest.mark.usefixtures("keys")
def test_a_message_arrives_in_a_queue(tmp_path: Path) -> None:
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    try:
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        sqs = boto3.client("sqs", region_name="us-east-1", endpoint_url=endpoint)
        queue = sqs.create_queue(QueueName="mail")["QueueUrl"]
        canary = {"queue": queue, "region": "us-east-1", "endpoint": endpoint}
        with loaded(tmp_path, {NAME: {"weight": 100, "canary": canary}}) as module:
            sent = module.task(NAME, object()).delay("ö", n=1)
            (message,) = sqs.receive_message(QueueUrl=queue)["Messages"]
            assert json.loads(message["Body"]) == {"task": NAME, "id": sent.id, "args": ["ö"], "kwargs": {"n": 1}}
            assert not log_of(tmp_path)
    finally:
        server.stop()


@pytest.mark.usefixtures("keys")
def test_a_function_is_invoked_by_alias_once(tmp_path: Path) -> None:
    """Lambda's own wire: the path says the function and the alias, a header how it is invoked."""
    with HttpServer("lambda") as server:
        canary = {"lambda": "add", "alias": "live", "region": "us-east-1", "endpoint": server.url}
        with loaded(tmp_path, {NAME: {"weight": 100, "canary": canary}}) as module:

            def add(a: int, b: int) -> int:
                return a + b

            module.function(NAME, add)(1, 2)
            (asked,) = server.asked
            assert asked.path.endswith("/functions/add/invocations?Qualifier=live")
            assert asked.headers["x-amz-invocation-type"] == "RequestResponse"
        gone = {**canary, "endpoint": "http://127.0.0.1:9"}
        with loaded(tmp_path, {NAME: {"weight": 100, "canary": gone, "timeout": 0.2}}) as module:
            assert module.function(NAME, add)(1, 2) == 3
            assert [entry["outcome"] for entry in log_of(tmp_path)][-1] == "failed"
