"""Statements as the truth writes them; `cases/README.md` has the grammar.

In: text, or `Permissions`. Out: `Allowed` values that can be compared: one for each action, with all resources and
conditions that it is allowed on.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from migrator.domain.permissions import Permissions

_PSEUDO = {"{p}": "${AWS::Partition}", "{r}": "${AWS::Region}", "{a}": "${AWS::AccountId}"}


@dataclass(frozen=True, slots=True, order=True)
class Allowed:
    """One statement.

    Attributes:
        conditions: operator, key and value of each, sorted.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[tuple[str, str, str], ...] = ()


def read_statements(lines: Sequence[str]) -> tuple[Allowed, ...]:
    """The statements of a text, sorted.

    Raises:
        ValueError: a line is no line of the grammar.
    """
    found: list[Allowed] = []
    for block in _blocks([line for line in lines if line.strip()]):
        resources: set[str] = set()
        conditions: set[tuple[str, str, str]] = set()
        for line in block[1:]:
            word, _, rest = line.strip().partition(" ")
            if word == "on":
                resources.add(_full(rest))
            elif word == "when":
                operator, key, value = rest.split(" ", 2)
                conditions.add((operator, key, _full(value)))
            else:
                raise ValueError(f"not a line of a statement: {line}")
        found.append(Allowed(tuple(sorted(block[0].split())), tuple(sorted(resources)), tuple(sorted(conditions))))
    return tuple(sorted(found))


def shown_statements(permissions: Permissions) -> tuple[Allowed, ...]:
    """The statements of a role as the truth would write them, what is asked for by its kind."""
    kinds = {each.parameter: each.kind for each in permissions.named}
    return tuple(
        sorted(
            Allowed(
                statement.actions,
                tuple(sorted({_by_kind(each.pattern, kinds) for each in statement.resources})),
                tuple(
                    sorted(
                        (operator, key, value)
                        for operator, keys in statement.conditions.items()
                        for key, values in keys.items()
                        for value in values
                    )
                ),
            )
            for statement in permissions.statements
        )
    )


def by_action(statements: Sequence[Allowed]) -> dict[str, frozenset[tuple[str, tuple[tuple[str, str, str], ...]]]]:
    """Each action with the resources and conditions that it is allowed on."""
    found: dict[str, set[tuple[str, tuple[tuple[str, str, str], ...]]]] = defaultdict(set)
    for statement in statements:
        for action in statement.actions:
            found[action] |= {(resource, statement.conditions) for resource in statement.resources}
    return {action: frozenset(scopes) for action, scopes in found.items()}


def _blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    block: list[str] = []
    for line in lines:
        if not line.startswith(" ") and block:
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _full(text: str) -> str:
    for short, long in _PSEUDO.items():
        text = re.sub(r"(?<!\$)" + re.escape(short), lambda _, long=long: long, text)  # type: ignore[misc]
    return text


def _by_kind(pattern: str, kinds: dict[str, str]) -> str:
    return re.sub(r"\$\{(\w+)\}", lambda match: f"<{kinds[match[1]]}>" if match[1] in kinds else match[0], pattern)
