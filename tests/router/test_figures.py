"""Where figures are read: what the file may say, each mistake at its place, and the way back to text."""

from __future__ import annotations

import string
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.router import parse_router, to_yaml
from migrator.router.figures import (
    CloudWatchFigures,
    Figures,
    PrometheusFigures,
    SideSelectors,
    TokenSource,
    why_no_counters,
)
from migrator.router.mistakes import RouterError
from tests.support.router_files import SMALLEST

PROMETHEUS = """\
    metrics:
      prometheus:
        url: http://prometheus:9090
        requests: {legacy: 'r{side="legacy"}', canary: 'r{side="canary"}'}
        failures:
          legacy: ['f{side="legacy"}', 'g{side="legacy"}']
          canary: 'f{side="canary"}'
        times: {legacy: 's_bucket{side="legacy"}', canary: 's_bucket{side="canary"}'}
"""
ALB = """\
version: 1
plane:
  kind: alb
  listener: arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/shop/50dc/f2f7
metrics: {cloudwatch: {lag: 5m}}
routes:
  - name: a
    match: {http: {path: /a}}
    legacy: {target_group: "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/legacy/73e2d6bc24d8a067"}
    canary: {lambda: f, target_group: "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/canary/73e2d6bc24d8a068"}
    weight: 0
  - name: b
    match: {function: f, alias: live}
    legacy: {version: "1"}
    canary: {version: "2"}
    weight: 0
"""


def mistakes(text: str) -> list[tuple[int, str]]:
    with pytest.raises(RouterError) as raised:
        parse_router(text)
    return [(mistake.line, mistake.message) for mistake in raised.value.mistakes]


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_nothing_said_is_the_planes_own() -> None:
    assert parse_router(SMALLEST).figures == {}


def test_prometheus_of_a_route() -> None:
    legacy = SideSelectors(
        ('r{side="legacy"}',), ('f{side="legacy"}', 'g{side="legacy"}'), (), ('s_bucket{side="legacy"}',)
    )
    canary = SideSelectors(('r{side="canary"}',), ('f{side="canary"}',), (), ('s_bucket{side="canary"}',))
    told = PrometheusFigures("http://prometheus:9090", legacy, canary)
    assert parse_router(SMALLEST + PROMETHEUS).figures == {"a": told}
    more = PROMETHEUS + "        lag: 1m\n        unit: ms\n        token: {env: TOKEN}\n"
    changed = replace(told, lag_s=60.0, unit_ms=1.0, token=TokenSource(env="TOKEN"))
    assert parse_router(SMALLEST + more).figures == {"a": changed}


def test_what_is_said_for_all_has_the_routes_name_in_it() -> None:
    top = PROMETHEUS.replace("    metrics", "metrics", 1).replace('side="', 'route="$route",side="')
    assert parse_router(SMALLEST + top).figures["a"].legacy.requests == ('r{route="a",side="legacy"}',)  # type: ignore[union-attr]


def test_cloudwatch_is_for_what_it_sees() -> None:
    config = parse_router(ALB)
    assert config.figures == {"a": CloudWatchFigures(300.0), "b": CloudWatchFigures(300.0)}
    assert parse_router(to_yaml(config)) == config
    text = SMALLEST + "    metrics: {cloudwatch: {}}\n"
    ((line, message),) = mistakes(text)
    assert line == line_of(text, "metrics:") and "load balancer or an alias" in message


@pytest.mark.parametrize(
    ("part", "instead", "message"),
    [
        ('r{side="canary"}', 'rate(r{side="canary"}[1m])', "a rate is no count"),
        ('r{side="canary"}', 'sum by (x) (r{side="canary"})', "a sum hides"),
        ('f{side="canary"}', "histogram_quantile(0.95, s_bucket)", "a quantile is no count"),
        ('g{side="legacy"}', "avg(g)", "avg() gives no counters"),
        ('s_bucket{side="canary"}', "durations", "no buckets"),
        ('r{side="canary"}', 'r{side="legacy"}', "tell the sides apart"),
        ('s_bucket{side="legacy"}', "s_sum", "s_count"),
        ("url: http://prometheus:9090", "url: http://prometheus:9090\n        lag: 2h", "between 1s and 1h"),
        ("url: http://prometheus:9090", "url: http://prometheus:9090\n        token: {}", "one of env and file"),
        ("url: http://prometheus:9090", "url: nowhere", ""),
    ],
)
def test_each_mistake_has_its_place(part: str, instead: str, message: str) -> None:
    text = SMALLEST + PROMETHEUS.replace(part, instead)
    ((line, said),) = mistakes(text)
    assert message in said
    assert line == line_of(text, instead) + instead.count("\n")


def test_one_source_is_named() -> None:
    text = SMALLEST + PROMETHEUS + "      cloudwatch: {}\n"
    assert any("one of prometheus and cloudwatch" in said for _, said in mistakes(text))
    text = SMALLEST + "    metrics: {}\n"
    assert mistakes(text) == [(line_of(text, "metrics:"), "name one of prometheus and cloudwatch")]


def test_a_key_that_does_not_exist_is_told_with_the_nearest() -> None:
    text = SMALLEST + PROMETHEUS.replace("failures:", "failure:")
    assert any("did you mean failures?" in said for _, said in mistakes(text))


@pytest.mark.parametrize(
    "selector",
    ["up", "job:requests:total", "r{}", ' r { a = "b" , c=~"d|e", } ', "r{a='x'}", 'r{a="}(rate("}', 'r{a="\\"\\\\"}'],
)
def test_selectors_of_counters(selector: str) -> None:
    assert why_no_counters(selector) == ""


@pytest.mark.parametrize(
    "text",
    ["", "r{", "r}", "r[5m]", "r offset 5m", "a + b", "a or b", "1", '{a="b"}', "r{a=b}", "rate (r[1m])", 'r{a="b"}}'],
)
def test_what_selects_no_counters(text: str) -> None:
    assert why_no_counters(text)


words = st.text(alphabet=string.ascii_lowercase, min_size=1, max_size=6)
values = st.sampled_from(["a", "on", "\u00f6", "x y", "{}", "'", "a: b"])
selectors = st.lists(
    st.builds(lambda name, value: f'{name}{{l="{value}"}}', words, values), min_size=1, max_size=3
).map(tuple)


@st.composite
def prometheus(draw: st.DrawFn) -> Figures:
    some = draw(st.tuples(st.booleans(), st.booleans()))

    def side(name: str) -> SideSelectors:
        return SideSelectors(
            (f"r_{name}{{}}",),
            draw(selectors),
            draw(selectors) if some[0] else (),
            tuple(f"{one.split('{')[0]}_bucket" for one in draw(selectors)) if some[1] else (),
        )

    token = draw(st.sampled_from([None, TokenSource(env="T_1"), TokenSource(file="a b/token")]))
    lag = float(draw(st.integers(1, 3600)))
    return PrometheusFigures(
        "https://p.example/x", side("legacy"), side("canary"), lag, token, draw(st.sampled_from([1.0, 1000.0]))
    )


@given(prometheus())
def test_what_is_written_is_read_back(figures: Figures) -> None:
    config = replace(parse_router(SMALLEST), figures={"a": figures})
    assert parse_router(to_yaml(config)) == config
