"""Conditions that follow from arguments: the prefix of a list, the namespace of a metric, the sender of a mail.

In: the action and the request. Out: operator to key to values. A condition is only made where every value is known;
one that were too narrow would turn away what the code does.
"""

from __future__ import annotations

from migrator.artifacts.permissions.arns import Request, targets_of
from migrator.artifacts.permissions.names import address_of
from migrator.artifacts.permissions.needs import Conditions, Found
from migrator.artifacts.permissions.texts import Pattern, pattern_of
from migrator.cloud_facts.iam import Keyed, rules


def conditions_for(action: str, request: Request) -> Conditions:
    """The conditions of an action."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for keyed in rules().conditions:
        if action in keyed.actions:
            values = _arns(keyed, request) if keyed.arn_of else _values(keyed, request)
            if values:
                found.setdefault(_operator(keyed, values), {})[keyed.key] = values
    return found


def together(first: Conditions, second: Conditions) -> Conditions:
    """Both conditions; where both speak of a key, the second one's values."""
    found = {operator: dict(keys) for operator, keys in first.items()}
    for operator, keys in second.items():
        found.setdefault(operator, {}).update(keys)
    return {operator: dict(sorted(keys.items())) for operator, keys in sorted(found.items())}


def _values(keyed: Keyed, request: Request) -> tuple[str, ...]:
    parameter = next((each for each in keyed.parameters if request.arguments.get(each)), "")
    patterns: list[Pattern] = []
    for text in request.arguments.get(parameter, ()):
        form = address_of if keyed.form == "address" else pattern_of
        patterns.append(form(text, request.settings))
    if not all(each.known and not each.needs for each in patterns):
        return ()
    return tuple(sorted({each.text for each in patterns}))


def _arns(keyed: Keyed, request: Request) -> tuple[str, ...]:
    targets = targets_of(keyed.arn_of, request)
    if not all(isinstance(each, Found) and not each.needs for each in targets):
        return ()
    return tuple(sorted({each.pattern for each in targets}))


def _operator(keyed: Keyed, values: tuple[str, ...]) -> str:
    open_ = any("*" in value for value in values)
    if keyed.operator == "ArnEquals":
        return "ArnLike" if open_ else "ArnEquals"
    return keyed.operator or ("StringLike" if open_ else "StringEquals")
