"""Where a call needs something else than the action of its operation's name: `rules.toml`, typed.

In: the file, written by hand, each table with the page that it was read from. Out: `Rules`. What is made of them is
left to `migrator.artifacts.permissions`.
"""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("rules.toml")


@dataclass(frozen=True, slots=True)
class Also:
    """Actions that a call needs beside its own.

    Attributes:
        service: of the SDK.
        operations: of it; all where there are none.
        given: parameters; one of them has to be given.
        actions: with their prefix.
        on: resource type, such as `s3:object`; the call's own resources where it is empty.
        by: variable of that type's ARN to the parameter that names it.
        via: the service that asks for the caller, for the condition; else an empty string.
    """

    service: str
    operations: frozenset[str]
    given: tuple[str, ...]
    actions: tuple[str, ...]
    on: str = ""
    by: Mapping[str, str] | None = None
    via: str = ""


@dataclass(frozen=True, slots=True)
class Keyed:
    """A condition that follows from a parameter.

    Attributes:
        form: how the parameter's text becomes the value: `text` or `address` (without the name before it).
        operator: for values that are known as a whole; an empty string stands for the plain comparison of texts.
        arn_of: resource type whose ARN is the value, such as `ecs:cluster`; else an empty string.
    """

    actions: frozenset[str]
    key: str
    parameters: tuple[str, ...]
    form: str = "text"
    operator: str = ""
    arn_of: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """The tables of the file, which says what each is.

    Attributes:
        checked: the day on which their pages were read.
    """

    checked: datetime.date
    prefixes: Mapping[str, str]
    free: Mapping[str, tuple[str, ...]]
    operations: Mapping[tuple[str, str], tuple[str, ...]]
    versions: Mapping[str, str]
    parts: Mapping[str, str]
    verbs: Mapping[str, str]
    types: Mapping[str, tuple[str, ...]]
    names: Mapping[str, Mapping[str, tuple[str, ...]]]
    defaults: Mapping[str, tuple[str, frozenset[str]]]
    called: Mapping[str, str]
    tails: Mapping[str, str]
    tail_less: frozenset[str]
    qualified: Mapping[str, str]
    without_resource: Mapping[str, tuple[str, str]]
    asked_by_name: frozenset[str]
    also: tuple[Also, ...]
    conditions: tuple[Keyed, ...]
    passed_to: Mapping[str, str]
    role_parameters: frozenset[str]
    passing_verbs: tuple[str, ...]
    passing_nothing: frozenset[str]
    unsaid: Mapping[str, str]

    def default_of(self, type_: str, variable: str, operation: str) -> str:
        """What the service takes for a variable of a type's ARN where no parameter names it; else an empty string."""
        value, operations = self.defaults.get(f"{type_}.{variable}", ("", frozenset()))
        return value if not operations or operation in operations else ""


@cache
def rules() -> Rules:
    """The rules of the file."""
    data = tomllib.loads(_FILE.read_text("utf-8"))
    return Rules(
        checked=data["checked"],
        prefixes=data["prefixes"],
        free={service: tuple(names) for service, names in data["free"].items()},
        operations={
            (service, operation): tuple(actions)
            for service, table in data["operations"].items()
            for operation, actions in table.items()
        },
        versions=data["versions"],
        parts=data["parts"],
        verbs=data["verbs"],
        types={action: tuple(types) for action, types in data["types"].items()},
        names={
            type_: {variable: tuple(parameters) for variable, parameters in table.items()}
            for type_, table in data["names"].items()
        },
        defaults={variable: _default(item) for variable, item in data["defaults"].items()},
        called=data["called"],
        tails=data["tails"],
        tail_less=frozenset(data["tail_less"]["actions"]),
        qualified=data["qualified"],
        without_resource={action: (item["given"], item["reason"]) for action, item in data["without_resource"].items()},
        asked_by_name=frozenset(data["asked_by_name"]["types"]),
        also=tuple(_also(item) for item in data["also"]),
        conditions=tuple(_keyed(item) for item in data["conditions"]),
        passed_to=data["passed_to"],
        role_parameters=frozenset(data["role_parameters"]["names"]),
        passing_verbs=tuple(data["role_parameters"]["verbs"]),
        passing_nothing=frozenset(data["role_parameters"]["without"]),
        unsaid={name: item["reason"] for item in data["unsaid"] for name in item["operations"]},
    )


def _default(item: object) -> tuple[str, frozenset[str]]:
    """A value for all operations, or for some."""
    if isinstance(item, str):
        return item, frozenset()
    table = _table(item)
    return _text(table["value"]), frozenset(_texts(table["operations"]))


def _also(item: Mapping[str, object]) -> Also:
    return Also(
        service=_text(item["service"]),
        operations=frozenset(_texts(item.get("operations", []))),
        given=_texts(item["given"]),
        actions=_texts(item["actions"]),
        on=_text(item.get("on", "")),
        by={variable: _text(parameter) for variable, parameter in _table(item.get("by", {})).items()},
        via=_text(item.get("via", "")),
    )


def _keyed(item: Mapping[str, object]) -> Keyed:
    return Keyed(
        actions=frozenset(_texts(item["actions"])),
        key=_text(item["key"]),
        parameters=_texts(item["parameters"]),
        form=_text(item.get("form", "text")),
        operator=_text(item.get("operator", "")),
        arn_of=_text(item.get("arn_of", "")),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{_FILE.name}: {value!r} is no text")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"{_FILE.name}: {value!r} is no list")
    return tuple(_text(item) for item in value)


def _table(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise TypeError(f"{_FILE.name}: {value!r} is no table")
    return value
