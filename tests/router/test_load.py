"""Every mistake in a router.yaml at its line and column, and what a good one means."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.domain.gates import ErrorRateGate, LatencyGate, ParityGate
from migrator.domain.rollouts import Step
from migrator.domain.routes import Fallback, HttpMatch, Segment, Sticky
from migrator.errors import InputError, UsageError
from migrator.router import RouterError, default_rollout, load_router, parse_router
from tests.support.router_files import EXAMPLE, SMALLEST


def mistakes_of(text: str) -> list[str]:
    with pytest.raises(RouterError) as caught:
        parse_router(text)
    return [line.removeprefix("router.yaml:") for line in caught.value.lines]


def edited(old: str, new: str, text: str = EXAMPLE) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


def test_the_example_becomes_routes_and_plans() -> None:
    config = parse_router(EXAMPLE)
    assert (config.plane.kind, config.plane.admin, config.plane.listen) == ("envoy", "127.0.0.1:9901", "127.0.0.1:8080")
    assert config.plane.side_header == "x-migrator-side"
    assert config.legacy_url == "http://127.0.0.1:8000"
    (entry,) = config.routes
    assert entry.route.match == HttpMatch(("POST",), "/api/tax/{country}", Segment("header", "x-risk", ("low",)))
    assert entry.route.fallback == Fallback(("error", "timeout", "throttle"), ("GET",), 1.0)
    assert entry.route.sticky == Sticky("header", "x-tenant")
    assert entry.route.canary_url == "http://127.0.0.1:9000/tax"
    assert (entry.canary.lambda_name, entry.canary.alias) == ("tax-service", "live")
    assert entry.rollout.steps == (Step(5, 300), Step(25, 900), Step(100, 3600))
    assert entry.rollout.gates == (ErrorRateGate(1), LatencyGate(0.95, 1.2), ParityGate(0))


def test_what_is_left_out_has_its_documented_default() -> None:
    (entry,) = parse_router(SMALLEST).routes
    assert entry.rollout == default_rollout("a")
    assert entry.route.fallback is None
    assert entry.route.timeout_s == 30
    assert entry.route.match.methods == ()


@pytest.mark.parametrize(
    ("old", "new", "at", "expected"),
    [
        (
            "weight: 5\n",
            "weight: 101\n",
            "weight: ^101",
            "routes[0].weight: a weight lies between 0 and 100, found 101",
        ),
        ("weight: 5\n", "weight: -1\n", "weight: ^-1", "routes[0].weight: a weight lies between 0 and 100, found -1"),
        ("weight: 5\n", "weight: true\n", "weight: ^true", "routes[0].weight: expected a valid number, found True"),
        ("weight: 5\n", "weight: .nan\n", "weight: ^.nan", "routes[0].weight: not a finite number"),
        ("    weight: 5\n", "", "- ^name", "routes[0].weight: is missing"),
        ("sticky:", "stiky:", "^stiky", "routes[0].stiky: no such key; did you mean sticky?"),
        ("bake: 5m", "bake: 5", "bake: ^5}", "routes[0].rollout.steps[0].bake: expected a duration"),
        (
            "1pp",
            "1",
            "worse_by: ^1}",
            "routes[0].rollout.gates[0].error_rate.worse_by: expected percentage points such",
        ),
        (
            "p95",
            "p50",
            "^p50",
            "routes[0].rollout.gates[1].latency.quantile: p95 and p99 are what is tested, found p50",
        ),
        (
            "weight: 25",
            "weight: 5",
            "}, {weight: ^5",
            "routes[0].rollout.steps[1].weight: steps rise: 5 is not above 5",
        ),
        (
            "weight: 100",
            "weight: 90",
            "weight: ^90",
            "routes[0].rollout.steps[2].weight: the last step has weight 100, found 90",
        ),
        (
            "[GET]",
            "[POST]",
            "methods: ^[POST], timeout",
            "routes[0].fallback.methods: a second try of POST may run on both",
        ),
        (
            "http://127.0.0.1:8000",
            "ftp://x",
            "^ftp",
            "routes[0].legacy.url: expected a URL that starts with http:// or",
        ),
        (
            "http://127.0.0.1:8000",
            "http://u:p@x",
            "^http://u",
            "routes[0].legacy.url: a URL here must not carry a user",
        ),
        (
            "http://127.0.0.1:8000",
            "http://127.0.0.1:8080",
            "legacy: {url: ^http",
            "routes[0].legacy.url: the plane's own address",
        ),
        ("8000}", "8000/shop}", "legacy: {url: ^http", "routes[0].legacy.url: legacy gets each call's own path"),
        ("admin: 127.0.0.1:9901", "admin: 0.0.0.0:9901", "^0.0.0.0", "plane.admin: must be a loopback address"),
        ("admin: 127.0.0.1:9901", "admin: 127.0.0.1", "^127", "plane.admin: expected host:port"),
        ("admin: 127.0.0.1:9901", "admin: 127.0.0.1:99999", "^127", "plane.admin: expected a port from 1 to 65535"),
        ("127.0.0.1:9901", "127.0.0.1:8080", "listen: ^127", "plane.listen: the same address as plane.admin"),
        ("kind: envoy", "kind: envy", "^envy", "plane.kind: expected one of envoy, alb, found 'envy'"),
        ("version: 1", "version: 2", "version: ^2", "version: expected 1, found 2"),
        ("/api/tax/{country}", "api/tax", '^"api', "routes[0].match.http.path: a path starts with a slash"),
        ("/api/tax/{country}", "/a/x{b}", '^"/a', "routes[0].match.http.path: a parameter takes a whole part"),
        ("/api/tax/{country}", "/a/{b}/{b}", '^"/a', "routes[0].match.http.path: a parameter's name stands twice"),
        ("/api/tax/{country}", "/a/../b", '^"/a', "routes[0].match.http.path: a path has no . or .."),
        ("[POST]", "[POST, POST]", "[POST, ^POST", "routes[0].match.http.methods[1]: POST stands twice"),
        ("[POST]", "[FETCH]", "[^FETCH", "routes[0].match.http.methods[0]: expected 'GET', 'HEAD'"),
        ("mirror: 0", "mirror: 500", "mirror: ^500", "routes[0].mirror: expected less than or equal to 100, found 500"),
        ("header: x-tenant", "header: X-Envoy-Foo", "^X-Envoy", "routes[0].sticky.header: a control header"),
        ("timeout: 1s", "timeout: 31s", "^31s", "routes[0].fallback.timeout: longer than the route's own timeout"),
        ("timeout: 1s", "timeout: 0s", "timeout: ^0s", "routes[0].fallback.timeout: a time-out is longer than 0"),
    ],
)
def test_a_mistake_is_named_with_its_place(old: str, new: str, at: str, expected: str) -> None:
    text = edited(old, new)
    found = mistakes_of(text)
    assert len(found) == 1, found
    before = text[: text.index(at.replace("^", "", 1)) + at.index("^")]
    place = f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
    assert found[0].startswith(f"{place}: {expected}"), found


def test_a_wrong_key_deep_inside_offers_the_right_one() -> None:
    missing, unknown = mistakes_of(edited("worse_by", "worse"))
    assert missing.endswith("routes[0].rollout.gates[0].error_rate.worse_by: is missing")
    assert unknown.endswith("routes[0].rollout.gates[0].error_rate.worse: no such key; did you mean worse_by?")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "1:1: the file is empty"),
        ("- a\n", "1:1: expected a mapping with the keys version, plane and routes, found a list"),
        ("version: 1\nplane: {kind: envoy\nroutes: []\n", "3:7: not YAML"),
        ("version: 1\nversion: 1\n", "2:1: version: the key stands twice, first on line 1"),
        ("a: !!python/object:os.system x\n", "1:4: a: the tag"),
        ("a: 1\n---\nb: 2\n", "2:1: not YAML"),
        ("a: \x00\n", "1:4: not YAML: the character U+0000 is not allowed"),
        ("[" * 500, "1:"),
        ("a: &a [x]\nb: *c\n", "2:4: not YAML"),
        ("a: &a {b: *a}\n", "1:"),
        ("a: &a\n  <<: *a\n", "1:4: a: a mapping cannot be merged into itself"),
        ("{1: 2, [3]: 4}", "1:8: a key must be a word"),
    ],
)
def test_what_is_not_usable_yaml_is_refused_with_its_place(text: str, expected: str) -> None:
    found = mistakes_of(text)
    assert found[0].startswith(expected), found


def test_a_path_template_without_quotes_gets_the_mend() -> None:
    found = mistakes_of(edited('"/api/tax/{country}"', "/api/tax/{country}"))
    assert found[0].startswith("6:52: not YAML")
    assert found[0].endswith('needs quotes here: "/api/tax/{country}"')


def test_what_unfolds_without_bounds_is_refused_quickly() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert "unfolds to more than" in mistakes_of("\n".join(lines))[0]
    merges = ["a0: &a0 {x: 1}"]
    merges += [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}" for n in range(1, 12)]
    assert "unfolds to more than" in mistakes_of("\n".join(merges))[0]


def test_anchors_aliases_and_merges_mean_what_they_say() -> None:
    text = """\
version: 1
plane: {kind: envoy, admin: 127.0.0.1:9901, listen: 127.0.0.1:8080}
legacy: {url: http://127.0.0.1:8000}
routes:
  - &first
    name: a
    match: {http: {path: /a}}
    canary: &canary {lambda: f, url: http://127.0.0.1:9000}
    weight: 5
  - <<: *first
    name: b
    match: {http: {path: /b}}
    canary: {<<: *canary, lambda: g}
"""
    first, second = parse_router(text).routes
    assert (first.name, second.name) == ("a", "b")
    assert second.route.weight == 5
    assert (second.canary.lambda_name, second.canary.url) == ("g", "http://127.0.0.1:9000")


def test_all_mistakes_come_at_once_those_of_shape_and_those_between_keys() -> None:
    text = """\
version: 1
plane: {kind: envy, admin: 127.0.0.1:9901, listen: 127.0.0.1:8080}
routes:
  - name: Tax
    match: {http: {path: /a}}
    canary: {lambda: x, url: http://h}
    wieght: 5
  - name: b
    match: {http: {path: "/x/{a}"}}
    weight: 3
    canary: {lambda: f, url: http://h}
  - name: b
    match: {http: {path: "/x/{b}", methods: [GET]}}
    legacy: {url: http://l}
    weight: 3
    canary: {lambda: f, url: http://h}
    fallback: {methods: [POST]}
"""
    found = mistakes_of(text)
    assert [re.sub(r"^(\d+:\d+: [^:]+):.*", r"\1", line) for line in found] == [
        "2:15: plane.kind",
        "4:5: routes[0].weight",
        "4:11: routes[0].name",
        "7:5: routes[0].wieght",
        "8:5: routes[1]",
        "12:11: routes[2].name",
        "13:19: routes[2].match.http",
        "17:25: routes[2].fallback.methods",
    ]
    assert "GET /x/{b} is also matched by route 'b' on line 9" in found[6]


def test_routes_of_one_path_may_differ_by_method_or_segment() -> None:
    text = SMALLEST.replace("{path: /a}", "{path: /a, methods: [GET]}")
    for extra in ("methods: [POST]", "methods: [GET], segment: {header: x-risk, equals: low}"):
        other = SMALLEST.split("routes:\n")[1].replace("name: a", "name: b").replace("path: /a", f"path: /a, {extra}")
        assert [route.name for route in parse_router(text + other).routes] == ["a", "b"]


def test_several_legacy_systems_need_one_for_unrouted_calls() -> None:
    other = SMALLEST.split("routes:\n")[1].replace("name: a", "name: b").replace("path: /a", "path: /b")
    text = SMALLEST + other.replace("8000", "8001")
    assert mistakes_of(text)[0].startswith("4:3: routes: the routes name several legacy systems")
    named = text.replace("routes:\n", "legacy: {url: http://127.0.0.1:8001}\nroutes:\n")
    assert parse_router(named).legacy_url == "http://127.0.0.1:8001"


def test_a_file_that_is_not_utf8_is_refused_with_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "router.yaml"
    path.write_bytes(b"version: 1\nplane: {kind: \xe9nvoy}\n")
    with pytest.raises(RouterError) as caught:
        load_router(path)
    assert caught.value.lines == (f"{path}:2:15: not UTF-8: byte 0xe9; save the file as UTF-8",)


def test_a_file_that_is_too_large_or_not_there_is_refused(tmp_path: Path) -> None:
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * (4 * 1024 * 1024 + 1))
    with pytest.raises(RouterError, match="larger than 4 MiB"):
        load_router(large)
    with pytest.raises(InputError, match="cannot read the router configuration: No such file"):
        load_router(tmp_path / "none.yaml")
    with pytest.raises(InputError, match="Is a directory"):
        load_router(tmp_path)


def test_an_unknown_route_offers_the_nearest() -> None:
    config = parse_router(EXAMPLE)
    assert config.find("tax").name == "tax"
    with pytest.raises(UsageError) as caught:
        config.find("tacks")
    assert "tax" in caught.value.hint


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        parse_router(text)
    except RouterError as error:
        assert all(mistake.line >= 1 and mistake.column >= 1 for mistake in error.mistakes)


@given(st.data())
def test_no_damaged_example_breaks_the_reader(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(EXAMPLE) - 1))
    length = data.draw(st.integers(0, 12))
    put = data.draw(st.text(alphabet="{}[]:,-&*!|>'\"#% \n\tax1", max_size=6))
    try:
        parse_router(EXAMPLE[:at] + put + EXAMPLE[at + length :])
    except RouterError as error:
        assert error.mistakes
