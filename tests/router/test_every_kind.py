"""Every kind of route and what can be said of it: read, written back, and every mistake at its place."""

from __future__ import annotations

import pytest

from migrator.domain.routes import (
    AliasRoute,
    BalancerRoute,
    Breaker,
    Claim,
    HttpMatch,
    Mirror,
    Overrides,
    SeamMatch,
    Segment,
    Sticky,
)
from migrator.router import RouterError, parse_router, to_yaml

ENVOY = """\
version: 1
plane: {kind: envoy, admin: 127.0.0.1:9901, listen: 127.0.0.1:8080, tokens: {jwks: keys.json, issuer: shop}}
seam: {weights: seam.json, source: "s3://shop/weights.json", region: eu-central-1}
functions: {region: eu-central-1}
legacy: {url: http://127.0.0.1:8000}
routes:
  - name: tax
    match: {http: {methods: [GET], hosts: [Shop.example.com], path: "/tax/{country}", segment: {parameter: country, in: [LU, BE]}}}
    canary: {lambda: tax, alias: live, url: http://127.0.0.1:9000}
    weight: 20
    sticky: {header: x-tenant, group: checkout}
    overrides: {canary: [acme], legacy: [initech]}
    fallback: {methods: [GET]}
    circuit_breaker: {failures: 3, open: 10s, max_concurrent: 50}
    mirror: {percent: 10, allow: [http-out]}
  - name: vip
    match: {http: {path: /vip, segment: {claim: plan.tier, equals: low}}}
    canary: {lambda: vip, url: http://127.0.0.1:9000}
    weight: 5
    not_above: [tax]
    mirror: 100
  - name: order-mail
    match: {task: shop.tasks.mail.send, segment: {argument: amount, at_least: 0, at_most: 99.5}}
    canary: {lambda: order-mail}
    weight: 20
    sticky: {argument: tenant, group: checkout}
    circuit_breaker: {failures: 3, open: 10s}
  - name: nightly-report
    match: {schedule: shop.tasks.reports.nightly}
    legacy: {beat: nightly-report}
    canary: {lambda: nightly-report}
    weight: 0
    claim: {table: firings, every: 1d, offset: 2h}
  - name: orders
    match: {queue: orders}
    legacy: {queue: "https://sqs.eu-central-1.amazonaws.com/123456789012/orders"}
    canary: {lambda: orders, queue: "https://sqs.eu-central-1.amazonaws.com/123456789012/orders-canary"}
    weight: 1
    sticky: {body: order.tenant}
  - name: tax-next
    match: {function: tax, alias: live}
    legacy: {version: "7"}
    canary: {version: "8"}
    weight: 5
"""
GROUP = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup"
ALB = f"""\
version: 1
plane:
  kind: alb
  listener: arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2
routes:
  - name: tax
    match: {{http: {{methods: [POST], path: "/tax/{{country}}"}}}}
    legacy: {{target_group: "{GROUP}/shop/1"}}
    canary: {{lambda: tax, target_group: "{GROUP}/tax/2"}}
    weight: 5
    sticky: {{cookie: 1d}}
    priority: 7
"""


def mistakes_of(text: str) -> list[str]:
    with pytest.raises(RouterError) as raised:
        parse_router(text)
    return [line.removeprefix("router.yaml:") for line in raised.value.lines]


def test_every_kind_is_read() -> None:
    config = parse_router(ENVOY)
    tax, vip = (entry.route for entry in config.routes)
    assert tax.match == HttpMatch(
        ("GET",), "/tax/{country}", Segment("parameter", "country", ("LU", "BE")), ("shop.example.com",)
    )
    assert tax.sticky == Sticky("header", "x-tenant", "checkout")
    assert tax.overrides == Overrides("", ("acme",), ("initech",))
    assert (tax.breaker, tax.max_concurrent) == (Breaker(3, 10), 50)
    assert (tax.mirror, vip.mirror) == (Mirror(10, ("http-out",)), Mirror(100))
    assert vip.match.segment == Segment("claim", "plan.tier", ("low",))
    assert config.routes[1].not_above == ("tax",)
    mail, report, orders = (entry.route for entry in config.seam_routes)
    assert mail.segment == Segment("argument", "amount", at_least=0, at_most=99.5)
    assert (report.match, report.legacy_beat) == (SeamMatch("schedule", "shop.tasks.reports.nightly"), "nightly-report")
    assert report.claim == Claim("firings", 86400, 7200)
    assert (orders.match, orders.sticky) == (SeamMatch("queue", "orders"), Sticky("body", "order.tenant"))
    assert [entry.route for entry in config.alias_routes] == [AliasRoute("tax-next", "tax", "live", "7", "8", 5)]
    assert config.groups == {"checkout": ("tax", "order-mail")}


def test_a_load_balancer_is_read() -> None:
    config = parse_router(ALB)
    assert config.plane is None and config.balancer is not None and config.balancer.region == "eu-central-1"
    assert [entry.route for entry in config.balancer_routes] == [
        BalancerRoute(
            "tax",
            HttpMatch(("POST",), "/tax/{country}"),
            f"{GROUP}/shop/1",
            f"{GROUP}/tax/2",
            5,
            Sticky("cookie", "", "", 86400),
            7,
        )
    ]


@pytest.mark.parametrize("text", [ENVOY, ALB], ids=["envoy", "alb"])
def test_every_kind_is_written_back(text: str) -> None:
    config = parse_router(text)
    assert parse_router(to_yaml(config)) == config


MISTAKES = [
    ("group: checkout}\n    circuit", "group: checkout}\n    timeout: 1s\n    circuit", None, ""),
    ("weight: 20\n    sticky: {argument", "weight: 10\n    sticky: {argument", "weight: ^10\n    sticky: {a", "routes[2].weight: the sticky group 'checkout' has the weight 20 by route 'tax' on line 10"),
    ("weight: 5\n    not_above", "weight: 50\n    not_above", "weight: ^50", "routes[1].weight: 50 is above the 20 of tax"),
    ("not_above: [tax]", "not_above: [taxi]", "[^taxi", "routes[1].not_above[0]: there is no route 'taxi'; did you mean tax?"),
    ("weight: 20\n    sticky: {header", "weight: 20\n    not_above: [vip]\n    sticky: {header", "^[vip]", "routes[0].not_above: the routes wait for each other: tax -> vip -> tax"),
    (", tokens: {jwks: keys.json, issuer: shop}", "", "claim: ^plan", "routes[1].match.http.segment.claim: a claim counts only in a token"),
    ("parameter: country", "parameter: land", "parameter: ^land", "routes[0].match.http.segment.parameter: the path has no parameter {land}"),
    ("in: [LU, BE]", "in: [LU/x]", "segment: ^{param", "routes[0].match.http.segment: a parameter is one part of the path"),
    ("in: [LU, BE]", "in: []", "segment: ^{param", "routes[0].match.http.segment: which values?"),
    ("claim: plan.tier", "claim: plan.tier, header: x", "segment: ^{claim", "routes[1].match.http.segment: a segment looks at one of"),
    ("{header: x-tenant, group", "{cookie: 1d, group", "^cookie", "routes[0].sticky.cookie: Envoy sets no cookie"),
    ("overrides: {canary", "overrides: {header: X-Migrator-T, canary", "^X-Mig", "routes[0].overrides.header: a control header"),
    ("legacy: [initech]", "legacy: [acme]", "[^acme], legacy", "routes[0].overrides.canary[0]: acme stands under legacy too"),
    ("    fallback: {methods: [GET]}\n", "", "^circuit_breaker: {failures: 3, open: 10s, max", "routes[0].circuit_breaker: while it is open nobody would answer GET"),
    ("allow: [http-out]", "allow: [mail]", "[^mail", "routes[0].mirror.allow[0]: expected 'email', 'http-out'"),
    ("mirror: 100", "mirror: 101", "mirror: ^101", "routes[1].mirror: expected less than or equal to 100"),
    ("hosts: [Shop", "hosts: ['a b', Shop", "[^'a b'", "routes[0].match.http.hosts[0]: 'a b' does not have the form"),
    ("at_most: 99.5", "at_most: -1", "at_most: ^-1", "routes[2].match.segment.at_most: no number is at least 0"),
    ("at_least: 0, at_most: 99.5", "equals: '1', at_most: 9", "segment: ^{argument", "routes[2].match.segment: say which values"),
    ("match: {schedule:", "match: {task: a.b, schedule:", "^schedule", "routes[3].match.schedule: the route is for a task already"),
    ("every: 1d", "every: 0s", "every: ^0s", "routes[3].claim.every: a schedule's period is at least 1s"),
    ("    canary: {lambda: nightly-report}\n", "    canary: {lambda: nightly-report}\n    sticky: {argument: day}\n", "sticky: ^{argument: day", "routes[3].sticky: a schedule is fired for nobody"),
    ("{queue: orders}", "{queue: orders, filter: {a: b}}", "^filter", "routes[4].match.filter: a share of one queue cannot be split off by an event source mapping"),
    ("canary: {lambda: orders, queue: \"https://sqs.eu-central-1.amazonaws.com/123456789012/orders-canary\"}", "canary: {lambda: orders, mapping: 5d}", "^mapping", "routes[4].canary.mapping: a share of one queue cannot be split off"),
    ("/orders-canary", "/orders", None, "routes[4].canary.queue: the same queue on both sides"),
    ("sticky: {body: order.tenant}", "sticky: {argument: a}", "argument: ^a}", "routes[4].sticky.argument: a message has no arguments"),
    ('{version: "8"}', '{version: "7"}', "canary: {version: ^\"7", "routes[5].canary.version: the same version on both sides"),
    ('{version: "8"}', '{version: "$LATEST"}', "^\"$LATEST", "routes[5].canary.version: '$LATEST' does not have the form"),
    ("source: \"s3://shop/weights.json\"", "source: \"ftp://shop\"", "^\"ftp", "seam.source: 'ftp://shop' does not have the form"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "at", "expected"), MISTAKES, ids=[case[1][:40] for case in MISTAKES])
def test_a_mistake_is_named_with_its_place(old: str, new: str, at: str | None, expected: str) -> None:
    assert ENVOY.count(old) >= 1
    text = ENVOY.replace(old, new, 1)
    if not expected:
        parse_router(text)
        return
    found = mistakes_of(text)
    if at is None:
        assert any(expected in line for line in found), found
        return
    before = text[: text.index(at.replace("^", "", 1)) + at.index("^")]
    place = f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
    assert any(line.startswith(f"{place}: {expected}") for line in found), (place, found)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("    priority: 7\n", "    fallback: {methods: [GET]}\n", "12:5: routes[0].fallback: a load balancer does not try a second"),
        ("    priority: 7\n", "    timeout: 3s\n", "12:5: routes[0].timeout: a load balancer takes its time-outs"),
        ("{cookie: 1d}", "{header: x-tenant}", "11:14: routes[0].sticky.header: a load balancer knows no hash of a header"),
        ("{cookie: 1d}", "{cookie: 8d}", "11:22: routes[0].sticky.cookie: a cookie lasts from 1s to 7d"),
        (f', target_group: "{GROUP}/tax/2"', "", "9:13: routes[0].canary.target_group: is missing"),
        (f'{{target_group: "{GROUP}/shop/1"}}', "{url: 'http://h'}", "8:14: routes[0].legacy.url: a load balancer sends calls to a target group"),
        ("listener: arn:aws", "listener: aws", "4:13: plane.listener: "),
        ("    priority: 7\n", "    mirror: 5\n", "12:5: routes[0].mirror: a load balancer cannot do this"),
    ],
)  # fmt: skip
def test_what_a_load_balancer_cannot_do_is_refused(old: str, new: str, expected: str) -> None:
    assert old in ALB
    found = mistakes_of(ALB.replace(old, new, 1))
    assert any(line.startswith(expected) for line in found), found


OVERLAPS = [
    ("{path: /a}", "{path: /a}", True),
    ("{path: /a}", "{path: /a, hosts: [x.example]}", False),
    ("{path: /a, hosts: [X.example]}", "{path: /a, hosts: [y.example, x.example]}", True),
    ("{path: /a, segment: {header: x, equals: a}}", "{path: /a}", False),
    ("{path: /a, segment: {header: x, equals: a}}", "{path: /a, segment: {header: X, in: [b, a]}}", True),
    ("{path: /a, segment: {header: x, equals: a}}", "{path: /a, segment: {header: x, in: [b]}}", False),
    ("{path: /a, segment: {header: x, equals: a}}", "{path: /a, segment: {header: y, equals: b}}", True),
    ('{path: "/t/{c}", segment: {parameter: c, in: [LU]}}', "{path: /t/LU}", True),
    ('{path: "/t/{c}", segment: {parameter: c, in: [LU]}}', '{path: "/t/{d}"}', False),
    ('{path: "/t/{c}", segment: {parameter: c, in: [LU]}}', '{path: "/t/{d}", segment: {parameter: d, in: [BE, LU]}}', True),
    ("{path: /a, methods: [GET]}", "{path: /a, methods: [POST]}", False),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second", "clash"), OVERLAPS)
def test_two_routes_for_one_call_are_a_mistake(first: str, second: str, clash: bool) -> None:
    text = f"""\
version: 1
plane: {{kind: envoy, admin: 127.0.0.1:9901, listen: 127.0.0.1:8080}}
legacy: {{url: http://127.0.0.1:8000}}
routes:
  - {{name: one, match: {{http: {first}}}, canary: {{lambda: f, url: 'http://h'}}, weight: 0}}
  - {{name: two, match: {{http: {second}}}, canary: {{lambda: f, url: 'http://h'}}, weight: 0}}
"""
    if not clash:
        parse_router(text)
        return
    (found,) = mistakes_of(text)
    assert "is also matched by route 'one' on line 5" in found and found.startswith("6:")


@pytest.mark.parametrize(
    ("canary", "on", "refused"),
    [
        ("url: 'https://x.execute-api.eu-west-1.amazonaws.com'", "[throttle]", True),
        ("url: 'https://x.execute-api.eu-west-1.amazonaws.com'", "[error, throttle]", False),
        ("url: 'https://x.lambda-url.eu-west-1.on.aws'", "[timeout]", True),
        ("url: 'https://x.execute-api.eu-west-1.amazonaws.com', via: local", "[throttle]", False),
        ("url: 'http://127.0.0.1:9000'", "[throttle]", False),
        ("url: 'https://api.shop.example', via: rest-api", "[timeout]", True),
    ],
)
def test_failures_that_look_alike_are_not_taken_apart(canary: str, on: str, refused: bool) -> None:
    text = f"""\
version: 1
plane: {{kind: envoy, admin: 127.0.0.1:9901, listen: 127.0.0.1:8080}}
legacy: {{url: http://127.0.0.1:8000}}
routes:
  - {{name: one, match: {{http: {{path: /a}}}}, canary: {{lambda: f, {canary}}}, weight: 0, fallback: {{on: {on}, methods: [GET]}}}}
"""
    if not refused:
        assert parse_router(to_yaml(parse_router(text))) == parse_router(text)
        return
    (found,) = mistakes_of(text)
    assert "a failing function gives 50" in found and "routes[0].fallback.on" in found


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        ("methods: [POST, GET, PUT, DELETE]", "8:28: routes[0].match.http.methods: a load balancer compares at most 3 methods"),
        ("hosts: [a.b, c.d, e.f], methods: [POST, GET]", "8:19: routes[0].match.http: 6 values to compare"),
        ("methods: [POST], hosts: [a.b, c.d, e.f, g.h]", "8:44: routes[0].match.http.hosts: a load balancer compares at most 3 hosts"),
    ],
)  # fmt: skip
def test_a_rule_of_a_load_balancer_compares_few_values(match: str, expected: str) -> None:
    found = mistakes_of(ALB.replace("methods: [POST]", match))
    assert any(expected.partition(": ")[2] in line for line in found), found
