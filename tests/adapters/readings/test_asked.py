"""What reading gates and webhooks are told by HTTP servers: figures and verdicts, or why there is none."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from migrator.adapters.readings import Readings
from migrator.domain.gates import ASKS, Outcome, ReadingGate, ReadingKind, WebhookGate
from migrator.domain.looks import Answer, Asked, Reading, Verdict
from migrator.domain.observations import NoData
from migrator.domain.rollouts import Phase
from tests.support.fake_clock import FakeClock
from tests.support.http_servers import Behavior, HttpServer

ASKED = Asked("tax", 2, Phase.SHIFTING, 1, 25.0)
SECRETS = {"TOKEN": "s3cret-token", "KEY": "s3cret-key"}
LIMIT_S = 0.5


@pytest.fixture
def server() -> Iterator[HttpServer]:
    with HttpServer("prometheus") as server:
        yield server


@pytest.fixture
def readings() -> Iterator[Readings]:
    readings = Readings(environment=SECRETS, clock=FakeClock(), limit_s=LIMIT_S)
    yield readings
    readings.close()


def answers(server: HttpServer, document: Any, status: int = 200) -> None:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    server.behavior = Behavior(status=status, body=body)


def figure(readings: Readings, server: HttpServer, **asks: str) -> Answer:
    asks = {"url": server.url, "query": "sum(rate(orders[5m]))", **asks}
    return readings.read(ReadingGate("orders", ReadingKind.PROMETHEUS, asks, at_least=1), ASKED)


def verdict(readings: Readings, server: HttpServer, secret: str = "") -> Answer:
    return readings.read(WebhookGate("desk", f"{server.url}/ask?key=hidden", secret), ASKED)


def vector(*values: tuple[float, str]) -> dict[str, Any]:
    result = [{"metric": {"n": str(n)}, "value": list(value)} for n, value in enumerate(values)]
    return {"status": "success", "data": {"resultType": "vector", "result": result}}


def test_a_query_that_gives_one_number_is_a_reading(readings: Readings, server: HttpServer) -> None:
    answers(server, vector((1700.5, "12.25")))
    assert figure(readings, server) == Reading(12.25, 1700.5)
    answers(server, {"status": "success", "data": {"resultType": "scalar", "result": [3, "0"]}})
    assert figure(readings, server, token_env="TOKEN") == Reading(0.0, 3.0)
    first, second = server.asked
    assert (first.method, first.path) == ("POST", "/api/v1/query")
    assert first.body == b"query=sum%28rate%28orders%5B5m%5D%29%29"
    assert "authorization" not in first.headers and second.headers["authorization"] == "Bearer s3cret-token"


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (vector(), "no values"),
        (vector((1, "1"), (1, "2")), "2 values"),
        (vector((1, "NaN")), "NaN"),
        (vector((1, "+Inf")), "Inf"),
        ({"status": "success", "data": {"resultType": "matrix", "result": []}}, "gives a matrix"),
        (vector((1, "twelve")), "cannot be read"),
        ({"status": "success"}, "cannot be read"),
        ([], "cannot be read"),
        (b"<html>", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b"[" * 100_000, "cannot be read"),
        (b" " * 300_000, "more than 262,144 bytes"),
    ],
)
def test_what_is_not_one_finite_number_is_no_data(
    readings: Readings, server: HttpServer, document: Any, reason: str
) -> None:
    answers(server, document)
    found = figure(readings, server)
    assert isinstance(found, NoData) and reason in found.reason and not found.mark_lost


def test_a_query_that_prometheus_refuses_is_said_with_its_words(readings: Readings, server: HttpServer) -> None:
    answers(server, {"status": "error", "errorType": "bad_data", "error": "parse error at 4" + "x" * 900}, status=400)
    found = figure(readings, server)
    assert isinstance(found, NoData) and "answers 400: parse error at 4" in found.reason
    assert len(found.reason) <= 300


def test_a_token_that_is_not_set_is_said_and_nothing_is_asked(readings: Readings, server: HttpServer) -> None:
    found = figure(readings, server, token_env="OTHER")
    assert isinstance(found, NoData) and "OTHER is not set" in found.reason
    assert server.count() == 0


def test_a_webhook_is_asked_what_stands_and_its_verdict_is_taken(readings: Readings, server: HttpServer) -> None:
    for outcome in (Outcome.PASS, Outcome.FAIL, Outcome.UNDECIDED):
        answers(server, {"outcome": outcome.value, "reason": "“ok”"}, status=201)
        assert verdict(readings, server) == Verdict(outcome, "“ok”")
    asked = server.asked[0]
    assert (asked.method, asked.path) == ("POST", "/ask?key=hidden")
    assert json.loads(asked.body) == {
        "schema": "migrator.gate-question/1",
        "name": "desk",
        "route": "tax",
        "revision": 2,
        "phase": "shifting",
        "step": 1,
        "weight": 25.0,
    }
    assert "x-migrator-signature" not in asked.headers


def test_a_question_is_signed_as_a_receiver_checks_it(readings: Readings, server: HttpServer) -> None:
    answers(server, {"outcome": "pass"})
    assert verdict(readings, server, "KEY") == Verdict(Outcome.PASS, "")
    asked = server.asked[0]
    fields = dict(part.split("=") for part in asked.headers["x-migrator-signature"].split(","))
    signed = fields["t"].encode() + b"." + asked.body
    assert fields["v1"] == hmac.new(b"s3cret-key", signed, hashlib.sha256).hexdigest()
    assert int(fields["t"]) == int(FakeClock().now())


def test_without_its_key_nothing_is_asked(readings: Readings, server: HttpServer) -> None:
    found = verdict(readings, server, "OTHER")
    assert isinstance(found, NoData) and "OTHER is not set" in found.reason
    assert server.count() == 0


@pytest.mark.parametrize(
    ("document", "status"),
    [
        ({"outcome": "fail"}, 500),
        ({"outcome": "fail"}, 302),
        ({"outcome": "no-data"}, 200),
        ({"outcome": ["pass"]}, 200),
        ({"outcome": True}, 200),
        ({}, 200),
        ([], 200),
        (b"", 204),
        (b"pass", 200),
    ],
)
def test_an_answer_that_is_none_is_no_data_and_never_a_fail(
    readings: Readings, server: HttpServer, document: Any, status: int
) -> None:
    answers(server, document, status=status)
    found = verdict(readings, server)
    assert isinstance(found, NoData) and "hidden" not in found.reason


def test_a_redirect_is_not_followed(readings: Readings, server: HttpServer) -> None:
    with HttpServer("other") as other:
        server.behavior = Behavior(status=307, headers={"location": other.url}, body=b"{}")
        assert isinstance(verdict(readings, server, "KEY"), NoData)
        assert other.count() == 0


def test_a_reason_can_be_recorded_and_printed_whatever_was_sent(readings: Readings, server: HttpServer) -> None:
    answers(server, b'{"outcome": "fail", "reason": "a\\ud800\\u001b[31m\\n b' + b"x" * 900 + b'"}')
    found = verdict(readings, server)
    assert isinstance(found, Verdict) and found.outcome is Outcome.FAIL
    assert found.reason.startswith("a? [31m bxxx") and len(found.reason) <= 500
    found.reason.encode("utf-8")
    answers(server, {"outcome": "fail", "reason": 7})
    assert verdict(readings, server) == Verdict(Outcome.FAIL, "")


@pytest.mark.parametrize("hang", [Behavior(delay_s=30), Behavior(body_delay_s=30)])
def test_a_server_that_hangs_is_not_waited_for_nor_asked_again_meanwhile(
    readings: Readings, server: HttpServer, hang: Behavior
) -> None:
    server.behavior = hang
    began = time.monotonic()
    for found in (figure(readings, server), verdict(readings, server)):
        assert isinstance(found, NoData) and "within 0.5 s" in found.reason
    assert time.monotonic() - began < 5 * LIMIT_S


def test_a_server_that_drips_is_not_waited_for(readings: Readings) -> None:
    with Dripping() as server:
        began = time.monotonic()
        found = figure(readings, server)
        assert isinstance(found, NoData) and "within 0.5 s" in found.reason
        again = figure(readings, server)
        assert isinstance(again, NoData)
        assert time.monotonic() - began < 5 * LIMIT_S


class Dripping(HttpServer):
    """Sends a byte each tenth of a second."""

    def _answer(self, handler: Any) -> None:
        handler.rfile.read(int(handler.headers.get("content-length") or 0))
        handler.send_response(200)
        handler.send_header("content-length", "1000")
        handler.end_headers()
        while not self._released.wait(0.1):
            try:
                handler.wfile.write(b" ")
                handler.wfile.flush()
            except OSError:
                return

    def __init__(self) -> None:
        super().__init__("dripping")


def test_a_server_that_is_gone_is_said_without_its_path_or_a_secret(readings: Readings, server: HttpServer) -> None:
    server.stop()
    for found in (verdict(readings, server, "KEY"), figure(readings, server, token_env="TOKEN")):
        assert isinstance(found, NoData) and f"http://127.0.0.1:{server.port} was not reached" in found.reason
        assert not any(word in found.reason for word in ("hidden", "ask?", *SECRETS.values()))


@pytest.mark.parametrize(
    "url", ["", "nowhere", "http://", "http://[", "ftp://h/x", "http://h:99999999/", "http://\x00"]
)
def test_an_address_that_is_none_is_no_data(readings: Readings, url: str) -> None:
    found = readings.read(WebhookGate("desk", url), ASKED)
    assert isinstance(found, NoData) and found.reason


def test_a_token_that_no_header_can_hold_is_no_data_and_not_told(server: HttpServer) -> None:
    readings = Readings(environment={"TOKEN": "a\nb-s3cret\u2028"}, clock=FakeClock(), limit_s=LIMIT_S)
    found = figure(readings, server, token_env="TOKEN")
    assert isinstance(found, NoData) and "s3cret" not in found.reason


@pytest.mark.parametrize("kind", list(ReadingKind))
def test_a_gate_that_does_not_say_whom_to_ask_is_no_data(readings: Readings, kind: ReadingKind) -> None:
    found = readings.read(ReadingGate("g", kind, {}), ASKED)
    needed = [word for word, is_needed in ASKS[kind].items() if is_needed]
    assert found == NoData(f"the gate does not say {' and '.join(needed)}")
