"""Router configurations for tests, as the text that people write."""

from __future__ import annotations

EXAMPLE = """\
# yaml-language-server: $schema=./router.schema.json
version: 1
plane: {kind: envoy, admin: 127.0.0.1:9901, listen: 127.0.0.1:8080}
routes:
  - name: tax
    match: {http: {methods: [POST], path: "/api/tax/{country}", segment: {header: x-risk, equals: low}}}
    legacy: {url: http://127.0.0.1:8000}
    canary: {lambda: tax-service, alias: live, url: http://127.0.0.1:9000/tax}
    weight: 5
    sticky: {header: x-tenant}
    fallback: {on: [error, timeout, throttle], methods: [GET], timeout: 1s}
    mirror: 0
    rollout:
      steps: [{weight: 5, bake: 5m}, {weight: 25, bake: 15m}, {weight: 100, bake: 1h}]
      gates: [{error_rate: {worse_by: 1pp}}, {latency: {quantile: p95, ratio: 1.2}}, {parity: {different: 0}}]
"""

SMALLEST = """\
version: 1
plane: {kind: envoy, admin: 127.0.0.1:9901, listen: 127.0.0.1:8080}
routes:
  - name: a
    match: {http: {path: /a}}
    legacy: {url: http://127.0.0.1:8000}
    canary: {lambda: f, url: http://127.0.0.1:9000}
    weight: 0
"""
