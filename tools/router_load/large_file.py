"""A `router.yaml` of thousands of routes as people write them, with everything that a route of Envoy's can have.

In: how many routes, and addresses. Out: the text, and the keys of tokens that it names. The same arguments give the
same text. Nine of ten routes are of HTTP calls; the others are of tasks, schedules and queues. There is
no alias: where those stand is asked of AWS.
"""

from __future__ import annotations

import json
from collections.abc import Callable

KEYS_FILE = "keys.json"
KEYS = json.dumps({"keys": [{"kty": "oct", "kid": "k", "alg": "HS256", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0"}]})
"""A key of nobody's."""

_EVERY_OTHER = 10

# One after the other, so that every route has some of them and each is in some route. A name of another route lies
# before the one that names it.
_FEATURES: tuple[Callable[[int], str], ...] = (
    lambda n: "sticky: {header: x-tenant}",
    lambda n: "fallback: {on: [error, timeout, throttle], methods: [GET], timeout: 1s}",
    lambda n: (
        f"sticky: {{header: x-tenant, group: group-{n // 40}}}\n    overrides: {{canary: [acme], legacy: [initech]}}"
    ),
    lambda n: "overrides: {header: x-customer, canary: [acme, hooli], legacy: [initech]}",
    lambda n: (
        "fallback: {methods: [GET, POST], idempotent: true}\n"
        "    circuit_breaker: {failures: 5, open: 30s, max_concurrent: 100}"
    ),
    lambda n: "mirror: {percent: 10, allow: [http-out]}",
    lambda n: "fallback: {methods: [GET, POST], idempotent: true, timeout: 500ms}   # writes carry a key",
    lambda n: f"not_above: [http-{n - 1}]" if n % _EVERY_OTHER else "mirror: 1",
    lambda n: (
        "rollout:\n      steps: [{weight: 5, bake: 5m}, {weight: 25, bake: 15m}, {weight: 100, bake: 1h}]\n"
        "      gates: [{error_rate: {worse_by: 1pp}}, {latency: {quantile: p95, ratio: 1.2}}, {parity: {different: 0}}]"
    ),
    lambda n: "timeout: 10s",
)
_SEGMENTS = (
    "",
    ", segment: {header: x-risk, equals: low}",
    "",
    ", segment: {claim: plan.tier, in: [low, middle]}",
    "",
    ", segment: {parameter: country, in: [LU, BE, NL]}",
    ", hosts: [shop.example.com, www.shop.example.com]",
)
_OTHERS: tuple[Callable[[int], str], ...] = (
    lambda n: (
        f"    match: {{task: shop.tasks.part{n}.send}}\n    canary: {{lambda: part-{n}}}\n    weight: 5\n"
        "    sticky: {argument: order_id}"
    ),
    lambda n: (
        f"    match: {{schedule: shop.tasks.nightly{n}.run}}\n    legacy: {{beat: nightly-{n}}}\n"
        f"    canary: {{lambda: nightly-{n}}}\n    weight: 0"
    ),
    lambda n: (
        f"    match: {{queue: orders-{n}}}\n"
        f'    legacy: {{queue: "https://sqs.eu-central-1.amazonaws.com/123456789012/orders-{n}"}}\n'
        f'    canary: {{lambda: orders-{n}, queue: "https://sqs.eu-central-1.amazonaws.com/123456789012/canary-{n}"}}\n'
        "    weight: 1\n    sticky: {body: order.tenant}"
    ),
)


def large_file(routes: int, *, admin: str, listen: str, legacy: str, canary: str) -> str:
    """The text.

    Args:
        admin: host:port of Envoy's admin interface.
        listen: host:port where it takes the calls.
        legacy: base URL of the legacy system.
        canary: base URL of the HTTP path to Lambda.
    """
    head = (
        "# yaml-language-server: $schema=./router.schema.json\n"
        "version: 1\n"
        f"plane: {{kind: envoy, admin: {admin}, listen: {listen}, tokens: {{jwks: {KEYS_FILE}, issuer: shop}}}}\n"
        "seam: {weights: seam.json}\n"
        f"legacy: {{url: {legacy}}}\n"
        "routes:\n"
    )
    entries = (
        f"  - name: other-{number}\n{_OTHERS[number // _EVERY_OTHER % len(_OTHERS)](number)}\n"
        if number % _EVERY_OTHER == _EVERY_OTHER - 1
        else _http(number, canary)
        for number in range(routes)
    )
    return head + "".join(entries)


def _http(number: int, canary: str) -> str:
    # By a stride that no length of the tables divides, so that features and segments meet in every combination.
    feature = _FEATURES[(number // _EVERY_OTHER * 3 + number) % len(_FEATURES)](number)
    segment = _SEGMENTS[number % len(_SEGMENTS)]
    return (
        f"  - name: http-{number}\n"
        f'    match: {{http: {{methods: [GET, POST], path: "/api/part{number}/{{country}}/items/{{item}}"{segment}}}}}\n'
        f"    canary: {{lambda: part-{number}, alias: live, url: {canary}/part{number}}}\n"
        "    weight: 5\n"
        f"    {feature}\n"
    )
