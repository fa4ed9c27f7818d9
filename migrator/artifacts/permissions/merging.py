"""Needs as statements: one for the same actions of a service on the same things under the same conditions.

In: needs with every target found. Out: statements in an order and with ids that depend on nothing but what they say.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import TypeAlias

from migrator.artifacts.permissions.conditions import together
from migrator.artifacts.permissions.needs import Conditions, Found, Need
from migrator.domain.locations import Location
from migrator.domain.permissions import Resource, Statement

_Frozen: TypeAlias = "tuple[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], ...]"
_Key: TypeAlias = "tuple[str, Resource, _Frozen]"
_Group: TypeAlias = "tuple[tuple[str, ...], _Frozen, tuple[bool | str, ...]]"
_ACTIONS_IN_ID = 2


def statements_of(needs: Sequence[Need]) -> tuple[Statement, ...]:
    """The statements, sorted by actions and resources."""
    actions: dict[_Key, set[str]] = defaultdict(set)
    places: dict[_Key, set[Location]] = defaultdict(set)
    for need in needs:
        for target in need.targets:
            if isinstance(target, Found):
                key = (_service(need.action), _resource(target), _frozen(together(need.conditions, target.conditions)))
                actions[key].add(need.action)
                places[key].add(need.call.location)
    grouped: dict[_Group, list[_Key]] = defaultdict(list)
    for key, wanted in actions.items():
        # What has no resource level stands by itself, with its reason; what may be unset goes as a whole.
        grouped[tuple(sorted(wanted)), key[2], (key[1].pattern == "*", *key[1].needs)].append(key)
    ids: set[str] = set()
    statements: list[Statement] = []
    for (names, conditions, _), keys in sorted(grouped.items(), key=lambda item: _group_order(*item)):
        resources = tuple(sorted({key[1] for key in keys}, key=_order))
        found = {place for key in keys for place in places[key]}
        statement = Statement(
            _id(names, resources, conditions, ids),
            names,
            resources,
            {operator: dict(values) for operator, values in conditions},
            tuple(sorted(found, key=lambda each: (each.path, each.line, each.column))),
        )
        ids.add(statement.id)
        statements.append(statement)
    return tuple(statements)


def _group_order(group: _Group, keys: Sequence[_Key]) -> tuple[object, ...]:
    return group[0], sorted(_order(key[1]) for key in keys), group[1]


def _id(names: tuple[str, ...], resources: tuple[Resource, ...], conditions: _Frozen, taken: set[str]) -> str:
    prefix = "".join(word[:1].upper() + word[1:] for word in _service(names[0]).split("-"))
    words = [name.partition(":")[2] for name in names]
    more = f"And{len(words) - _ACTIONS_IN_ID}More" if len(words) > _ACTIONS_IN_ID else ""
    wanted = f"{prefix}{''.join(words[:_ACTIONS_IN_ID])}{more}"
    if wanted not in taken:
        return wanted
    text = repr(([each.pattern for each in resources], conditions))
    return f"{wanted}{hashlib.sha256(text.encode()).hexdigest()[:7]}"


def _resource(target: Found) -> Resource:
    return Resource(target.pattern, target.because, tuple(sorted(target.needs)))


def _order(resource: Resource) -> tuple[str, str, tuple[str, ...]]:
    return resource.pattern, resource.because, resource.needs


def _service(action: str) -> str:
    return action.partition(":")[0]


def _frozen(conditions: Conditions) -> _Frozen:
    return tuple((operator, tuple(sorted(keys.items()))) for operator, keys in sorted(conditions.items()))
