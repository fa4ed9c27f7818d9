"""The routes of a service as its template and its README write them.

In: `PathRule` values. Out: `ApiEvent` values for API Gateway, `RuleShown` values for people.
"""

from __future__ import annotations

from dataclasses import dataclass

from migrator.artifacts.naming import logical_id
from migrator.artifacts.paths import PathRule


@dataclass(frozen=True, slots=True)
class ApiEvent:
    """A route of API Gateway."""

    id: str
    method: str
    path: str


@dataclass(frozen=True, slots=True)
class RuleShown:
    """A route for people: as the monolith writes it, in API Gateway, in the router, and whether that takes fewer paths."""

    text: str
    methods: tuple[str, ...]
    gateway: str
    router: str
    narrower: bool


def api_events(rules: tuple[PathRule, ...]) -> tuple[ApiEvent, ...]:
    """Each method and path once."""
    events: dict[tuple[str, str], ApiEvent] = {}
    for rule in rules:
        path = rule.template(greedy=True)
        for method in rule.methods:
            number = len(events) + 1
            events.setdefault((method, path), ApiEvent(logical_id(f"{method.title()} Route {number}"), method, path))
    return tuple(events.values())


def rule_shown(rule: PathRule) -> RuleShown:
    """One route."""
    narrower = any(variable.many for variable in rule.variables)
    return RuleShown(rule.text, rule.methods, rule.template(greedy=True), rule.template(greedy=False), narrower)
