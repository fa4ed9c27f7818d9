"""What is written is read back as the same configuration."""

from __future__ import annotations

import json
import string
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from migrator.domain.gates import (
    AvailabilityGate,
    ColdStartGate,
    ErrorRateGate,
    Gate,
    LatencyGate,
    ParityGate,
    ReadingGate,
    ReadingKind,
    ThrottleGate,
    WebhookGate,
)
from migrator.domain.rollouts import Freeze, RolloutPlan, Step, Undecided, Window
from migrator.domain.routes import Fallback, HttpMatch, Route, Segment, Sticky
from migrator.router import Canary, PlaneConfig, RouteConfig, RouterConfig, default_rollout, parse_router, to_yaml
from migrator.router.templates import TEMPLATES
from tests.support.router_files import EXAMPLE

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

words = st.text(alphabet=string.ascii_lowercase + string.digits, min_size=1, max_size=8)
methods = st.lists(st.sampled_from(METHODS), unique=True).map(tuple)
percents = st.one_of(st.integers(0, 100).map(float), st.floats(0, 100, allow_subnormal=False))
seconds = st.one_of(
    st.integers(1, 86400).map(float), st.integers(1, 999).map(lambda ms: ms / 1000), st.sampled_from([90.0, 5400.0])
)
# What YAML would read as something else, or write with an escape, must come back as it was.
hostile = st.sampled_from(
    ["on", "null", "1", "1.5", "true", "a: b", "'", "#x", "\u00f6{}", " a", "2026-12-20", "12:30", '"\\']
)
texts = st.one_of(words, hostile)
limits = st.sampled_from([{"at_most": 4.0}, {"at_least": 0.25, "for_s": 600.0}, {"at_least": -1.0, "at_most": 1e6}])
shares = st.sampled_from([0.1, 10.0, 99.99, 1e-5, 33.333333333333336])


def reading(kind: ReadingKind, **asks: str) -> st.SearchStrategy[Gate]:
    return st.builds(
        lambda more, said: ReadingGate(f"{kind.value}.{len(asks)}", kind, {**asks, **more}, **said),
        st.fixed_dictionaries({}, optional=_MORE[kind]),
        limits,
    )


_MORE = {
    ReadingKind.COST: {"alias": st.just("live"), "region": st.just("eu-west-1")},
    ReadingKind.DEAD_LETTERS: {"region": st.just("eu-west-1")},
    ReadingKind.PROMETHEUS: {"token_env": st.just("TOKEN"), "query": texts},
    ReadingKind.CLOUDWATCH: {
        "period": st.sampled_from(["60", "300"]),
        "dimensions": st.dictionaries(texts, texts, min_size=1, max_size=2).map(
            lambda named: json.dumps(named, sort_keys=True, ensure_ascii=False)
        ),
    },
}
# At most one of each: a name stands once in a plan.
kinds: dict[str, st.SearchStrategy[Gate]] = {
    "errors": st.builds(ErrorRateGate, st.sampled_from([1.0, 0.5, 0.1, 99.0, 1e-5])),
    "parity": st.builds(ParityGate, st.integers(0, 50), st.sampled_from([None, 172800.0])),
    "p95": st.builds(LatencyGate, st.just(0.95), st.sampled_from([1.2, 2.5, 3.0])),
    "p99": st.builds(LatencyGate, st.just(0.99), st.just(1.5)),
    "cold": st.builds(ColdStartGate, shares, st.integers(0, 50)),
    "throttles": st.builds(ThrottleGate, shares),
    "availability": st.builds(AvailabilityGate, shares, seconds),
    "cost": reading(ReadingKind.COST, function="tax"),
    "dead": reading(ReadingKind.DEAD_LETTERS, queue="tax-dlq"),
    "prometheus": reading(ReadingKind.PROMETHEUS, url="http://127.0.0.1:9090", query="up"),
    "cloudwatch": reading(ReadingKind.CLOUDWATCH, namespace="Shop", metric="orders", statistic="p99"),
    "webhook": st.builds(
        WebhookGate, st.just("checks"), st.just("https://checks.example/x"), st.sampled_from(["", "KEY"])
    ),
}
gates: st.SearchStrategy[tuple[Gate, ...]] = st.lists(st.sampled_from(sorted(kinds)), unique=True, max_size=4).flatmap(
    lambda names: st.tuples(*(kinds[name] for name in names))
)
zones = st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata"])
windows = st.builds(
    Window,
    st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    st.integers(0, 700),
    st.integers(701, 1440),
    zones,
)
freezes = st.integers(1_700_000_000, 1_900_000_000).flatmap(
    lambda begins: st.builds(
        Freeze, st.just(float(begins)), st.integers(begins + 1, begins + 10**7).map(float), texts.filter(str.strip)
    )
)


@st.composite
def plans(draw: st.DrawFn, name: str) -> RolloutPlan:
    given = draw(gates)
    # With 100 alone nothing is compared, which gates need.
    inner = sorted(draw(st.sets(st.integers(1, 99), min_size=1 if given else 0, max_size=4)))
    steps = tuple(
        Step(
            float(weight),
            draw(seconds),
            draw(st.integers(0, 50)),
            draw(st.booleans()),
            draw(st.sampled_from(Undecided)) if place < len(inner) - 1 else Undecided.HOLD,
        )
        for place, weight in enumerate([*inner, 100])
    )
    template = draw(st.sampled_from(["", "", *TEMPLATES]))
    if template:
        steps = TEMPLATES[template].steps
        given = draw(st.sampled_from([given, TEMPLATES[template].gates]))
    return RolloutPlan(
        name,
        steps,
        given,
        tuple(draw(st.lists(windows, max_size=2))),
        tuple(draw(st.lists(freezes, max_size=2))),
        silence_s=draw(st.sampled_from([900.0, 300.0, 90.0])),
        safe_weight=draw(st.sampled_from([0.0, steps[0].weight])),
        rollback_window_s=draw(st.sampled_from([0.0, 604800.0, 7200.0])),
        template=template,
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
    plan = draw(plans(name))
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


@given(plans("a"))
def test_a_plan_that_is_written_reads_back_as_the_same(plan: RolloutPlan) -> None:
    before = parse_router(EXAMPLE)
    config = replace(before, routes=(replace(before.routes[0], rollout=replace(plan, route="tax")),))
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
