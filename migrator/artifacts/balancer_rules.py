"""Rules of a load balancer's listener for the paths of a service.

In: `PathRule` values. Out: `BalancerRule` values: a path with `*` for each variable, and some methods.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from migrator.artifacts.naming import logical_id
from migrator.artifacts.paths import PathRule

# A rule of a listener has five values in its conditions at most; one is the path ("Quotas" of load balancers).
_MOST_METHODS = 4
_FIRST_PRIORITY = 100


@dataclass(frozen=True, slots=True)
class BalancerRule:
    """A rule of a load balancer's listener."""

    id: str
    path: str
    methods: tuple[str, ...]
    priority: int


def balancer_rules(rules: Sequence[PathRule]) -> tuple[BalancerRule, ...]:
    """As few rules as the quotas allow."""
    paths: dict[str, set[str]] = {}
    for rule in rules:
        paths.setdefault(re.sub(r"\{[^{}]*\}", "*", rule.template(greedy=True)), set()).update(rule.methods)
    chunks = [
        (path, ordered[start : start + _MOST_METHODS])
        for path, methods in paths.items()
        for ordered in [tuple(sorted(methods))]
        for start in range(0, len(ordered), _MOST_METHODS)
    ]
    return tuple(
        BalancerRule(logical_id(f"Rule {number}"), path, methods, _FIRST_PRIORITY + number - 1)
        for number, (path, methods) in enumerate(chunks, start=1)
    )
