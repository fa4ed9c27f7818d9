"""Legacy is well, is not, or that is not known."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from migrator.adapters.health.http import HttpHealth
from migrator.domain.looks import Health
from migrator.domain.observations import NoData
from tests.support.http_servers import Behavior, HttpServer


@pytest.fixture
def server() -> Iterator[HttpServer]:
    with HttpServer("legacy") as server:
        yield server


@pytest.fixture
def health(server: HttpServer) -> Iterator[HttpHealth]:
    health = HttpHealth({"tax": f"{server.url}/healthz?deep=1"}, limit_s=0.5)
    yield health
    health.close()


def test_legacy_that_answers_is_well(server: HttpServer, health: HttpHealth) -> None:
    assert health.legacy("tax") == Health(True)
    server.behavior = Behavior(status=204, body=b"")
    assert health.legacy("tax") == Health(True)
    assert [(asked.method, asked.path) for asked in server.asked] == [("GET", "/healthz?deep=1")] * 2


@pytest.mark.parametrize("status", [500, 503, 404, 302, 401])
def test_legacy_that_answers_otherwise_is_not(server: HttpServer, health: HttpHealth, status: int) -> None:
    server.behavior = Behavior(status=status)
    assert health.legacy("tax") == Health(False, f"{server.url} answers {status}")
    server.behavior = Behavior()
    assert health.legacy("tax") == Health(True)


def test_legacy_that_does_not_answer_in_time_is_not(server: HttpServer, health: HttpHealth) -> None:
    server.behavior = Behavior(delay_s=30)
    began = time.monotonic()
    found = health.legacy("tax")
    assert isinstance(found, Health) and not found.well and "0.5 s" in found.reason
    assert time.monotonic() - began < 1


def test_legacy_that_is_gone_is_not(server: HttpServer, health: HttpHealth) -> None:
    server.stop()
    found = health.legacy("tax")
    assert isinstance(found, Health) and not found.well and "was not reached" in found.reason


@pytest.mark.parametrize("url", ["http://[", "nowhere", ""])
def test_a_question_that_does_not_get_there_says_nothing_of_legacy(url: str) -> None:
    health = HttpHealth({"tax": url})
    assert isinstance(health.legacy("tax"), NoData)
    health.close()


def test_a_certificate_that_is_none_says_nothing_of_legacy(server: HttpServer) -> None:
    health = HttpHealth({"tax": server.url.replace("http", "https", 1)})
    assert isinstance(health.legacy("tax"), NoData)
    health.close()


def test_a_connection_that_breaks_says_nothing_yet(server: HttpServer, health: HttpHealth) -> None:
    server.behavior = Behavior(reset=True)
    assert isinstance(health.legacy("tax"), NoData)


def test_a_route_without_a_path_is_not_known(health: HttpHealth) -> None:
    found = health.legacy("mail")
    assert isinstance(found, NoData) and "legacy: {health:" in found.reason


def test_proxies_of_the_environment_are_passed_by(
    server: HttpServer, health: HttpHealth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert health.legacy("tax") == Health(True)
