"""Each route is measured where its plane or the file says, and all sources are closed."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from migrator.bootstrap.rollouts import open_sides
from migrator.domain.observations import Measuring
from migrator.router import parse_router
from tests.router.test_figures import ALB, PROMETHEUS
from tests.support.prometheus import FakePrometheus
from tests.support.router_files import SMALLEST

SECOND = SMALLEST[SMALLEST.index("  - name: a") :].replace("name: a", "name: b").replace("path: /a", "path: /b")


def measured(text: str, *routes: str, source: str = "router.yaml") -> list[Measuring]:
    found = []
    for side in open_sides(parse_router(text, source=source)):
        with closing(side.open_metrics()) as metrics:
            found += [metrics.about(route.name) for route in side.routes if route.name in routes]
        side.plane.close()
    return found


def test_a_plane_has_its_own_figures() -> None:
    assert measured(SMALLEST, "a") == [Measuring("envoy", cold_starts=True, throttles=True)]


def test_throttles_are_told_by_the_way_to_the_function() -> None:
    text = SMALLEST.replace("url: http://127.0.0.1:9000", "url: https://x.execute-api.eu-west-1.amazonaws.com")
    assert measured(text, "a") == [Measuring("envoy", cold_starts=True, throttles=False)]


def test_a_route_may_be_measured_elsewhere_than_the_others_of_its_plane() -> None:
    text = SMALLEST + PROMETHEUS + SECOND
    assert [one.point for one in measured(text, "a", "b")] == ["prometheus", "envoy"]


def test_load_balancers_and_aliases_are_measured_by_cloudwatch_as_is_said() -> None:
    assert measured(ALB, "a", "b") == [Measuring("load balancer", 360), Measuring("function", 360)]
    text = ALB.replace("metrics: {cloudwatch: {lag: 5m}}\n", "").replace(
        'canary: {version: "2"}', 'canary: {version: "2"}\n    metrics: {cloudwatch: {lag: 15m}}'
    )
    assert measured(text, "a", "b") == [Measuring("load balancer", 240), Measuring("function", 960)]


def test_the_tokens_file_stands_beside_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("t0ken")
    monkeypatch.chdir("/")
    with FakePrometheus() as server:
        said = PROMETHEUS.replace("http://prometheus:9090", server.url) + "        token: {file: secret}\n"
        config = parse_router(SMALLEST + said, source=str(tmp_path / "router.yaml"))
        (side,) = open_sides(config)
        with closing(side.plane), closing(side.open_metrics()) as metrics:
            metrics.mark("a")
        assert server.tokens == ["Bearer t0ken"]
