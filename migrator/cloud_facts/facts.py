"""The facts of the cloud, read from the TOML files beside this module.

In: the name of a fact, such as `lambda.timeout_s`: the file `lambda.toml`, the table `[lambda.timeout_s]`. Out: its
numbers with the page that says them and the day that page was read. A file is read when one of its facts is first
asked for. What a number means for a service folder is decided by whoever asks.
"""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

FILES: Final = (
    "api_gateway",
    "cloudformation",
    "lambda",
    "lambda_prices",
    "load_balancers",
    "names",
    "roles",
    "sqs",
)
"""Files whose tables are facts; others in the folder have a shape and a reader of their own."""

OLD_AFTER: Final = datetime.timedelta(days=180)
"""After which a page should be read again."""

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Fact:
    """A number, or a range of them.

    Attributes:
        name: file and table, such as `lambda.timeout_s`; the unit is its last word.
        source: address of the page that says so.
        checked: when that page was read.
        value: the number, where it is no range.
        least: the lower end of the range.
        most: the upper end of the range.
        default: what the service takes where nothing is said.
        property: for the length of a name: the property that has it.
        note: what else there is to know.
    """

    name: str
    source: str
    checked: datetime.date
    value: float | None = None
    least: int | None = None
    most: int | None = None
    default: int | None = None
    property: str = ""
    note: str = ""


def fact(name: str) -> Fact:
    """One fact.

    Raises:
        KeyError: there is none of that name, which is a mistake of the program.
    """
    return _facts_of(name.partition(".")[0])[name]


def most(name: str) -> int:
    """The upper end of a range."""
    return _there(fact(name).most, name)


def least(name: str) -> int:
    """The lower end of a range."""
    return _there(fact(name).least, name)


def number(name: str) -> float:
    """The number of a fact that is no range."""
    value = fact(name).value
    if value is None:
        raise KeyError(name)
    return value


def all_facts() -> Iterator[Fact]:
    """Every fact, in the order of the files and of their tables."""
    for file in FILES:
        yield from _facts_of(file).values()


def read_table(file: str) -> Mapping[str, Any]:
    """What a file beside this module says, as TOML."""
    return tomllib.loads((_FOLDER / f"{file}.toml").read_text("utf-8"))


@cache
def _facts_of(file: str) -> Mapping[str, Fact]:
    if file not in FILES:
        raise KeyError(file)
    tables: Mapping[str, Mapping[str, Any]] = read_table(file)[file]
    return {f"{file}.{name}": _fact(f"{file}.{name}", **table) for name, table in tables.items()}


def _fact(
    name: str,
    *,
    source: str,
    checked: datetime.date,
    value: float | None = None,
    min: int | None = None,
    max: int | None = None,
    default: int | None = None,
    property: str = "",
    note: str = "",
) -> Fact:
    return Fact(name, source, checked, value, min, max, default, property, note)


def _there(end: int | None, name: str) -> int:
    if end is None:
        raise KeyError(name)
    return end
