"""What is written is read back as the same configuration."""

from __future__ import annotations

import string
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from migrator.domain.gates import ErrorRateGate, Gate, LatencyGate, ParityGate
from migrator.domain.rollouts import RolloutPlan, Step
from migrator.domain.routes import Fallback, HttpMatch, Route, Segment, Sticky
from migrator.router import Canary, PlaneConfig, RouteConfig, RouterConfig, default_rollout, parse_router, to_yaml
from tests.support.router_files import EXAMPLE

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

words = st.text(alphabet=string.ascii_lowercase + string.digits, min_size=1, max_size=8)
methods = st.lists(st.sampled_from(METHODS), unique=True).map(tuple)
percents = st.one_of(st.integers(0, 100).map(float), st.floats(0, 100, allow_subnormal=False))
seconds = st.one_of(
    st.integers(1, 86400).map(float), st.integers(1, 999).map(lambda ms: ms / 1000), st.sampled_from([90.0, 5400.0])
)
gates: st.SearchStrategy[Gate] = st.one_of(
    st.builds(ErrorRateGate, st.integers(0, 100).map(float)),
    st.builds(ParityGate, st.integers(0, 50)),
    st.builds(LatencyGate, st.just(0.95), st.sampled_from([1.0, 1.2, 2.5])),
)


@st.composite
def entries(draw: st.DrawFn, number: int) -> RouteConfig:
    name = f"r{number}-{draw(words)}"
    # Segments of text that YAML would read as something else must come back as they were.
    value = draw(st.one_of(words, st.sampled_from(["on", "null", "1", "1.5", "true", "a: b", "'", "#x", "ö{}", " a"])))
    segment = draw(st.one_of(st.none(), st.just(Segment("header", "x-risk", (value,)))))
    timeout = draw(seconds)
    tried_twice = draw(methods)
    fallback = Fallback(("error", "throttle"), tried_twice, min(timeout, draw(seconds))) if tried_twice else None
    inner = sorted(draw(st.sets(st.integers(1, 99), max_size=4)))
    steps = tuple(Step(float(weight), draw(seconds), draw(st.integers(0, 50))) for weight in [*inner, 100])
    plan = RolloutPlan(name, steps, tuple(draw(st.lists(gates, max_size=3))))
    url = f"http://127.0.0.1:9000/{draw(words)}"
    return RouteConfig(
        route=Route(
            name=name,
            match=HttpMatch(draw(methods), f"/{number}/{{id}}/{draw(words)}", segment),
            legacy_url=draw(st.sampled_from(["http://127.0.0.1:8000", "https://legacy.example"])),
            canary_url=url,
            weight=draw(percents),
            sticky=draw(st.sampled_from([None, Sticky("header", "x-tenant")])),
            fallback=fallback,
            timeout_s=timeout,
        ),
        canary=Canary(draw(words), draw(st.sampled_from(["", "live"])), url),
        rollout=draw(st.sampled_from([plan, default_rollout(name)])),
    )


@st.composite
def configs(draw: st.DrawFn) -> RouterConfig:
    count = draw(st.integers(0, 3))
    return RouterConfig(
        plane=PlaneConfig("envoy", "127.0.0.1:9901", "localhost:8080", draw(st.sampled_from(["", "x-side"]))),
        routes=tuple(draw(entries(number)) for number in range(count)),
        legacy_url="http://127.0.0.1:8000",
    )


@given(configs())
def test_what_is_written_reads_back_as_the_same(config: RouterConfig) -> None:
    assert parse_router(to_yaml(config)) == config


def test_the_keys_come_in_the_documented_order() -> None:
    text = to_yaml(parse_router(EXAMPLE))
    written = YAML(typ="safe", pure=True).load(text)
    assert list(written) == ["version", "plane", "routes"]
    example = YAML(typ="safe", pure=True).load(EXAMPLE)
    del example["routes"][0]["mirror"]
    assert list(written["routes"][0]) == list(example["routes"][0])
    assert written == example


def test_a_legacy_of_its_own_for_unrouted_calls_is_written() -> None:
    config = replace(parse_router(EXAMPLE), legacy_url="http://127.0.0.1:7000")
    assert parse_router(to_yaml(config)) == config
