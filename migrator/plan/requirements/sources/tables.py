"""Reads TOML and JSON that anybody may have written: what is not there or not of the right shape is empty.

In: the text of a file. Out: its tables. A text that cannot be parsed is a problem with its line.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping

from migrator.plan.requirements.reading import Collected

_LINE = re.compile(r"\(at line (\d+), column \d+\)$")


def parse_toml(found: Collected) -> Mapping[str, object]:
    """The document, or an empty one and a problem."""
    try:
        return tomllib.loads(found.file.text)
    except tomllib.TOMLDecodeError as error:
        place = _LINE.search(str(error))
        line = int(place[1]) if place else found.file.text.count("\n") + 1
        # The message quotes nothing of the file but a character.
        found.problem(line, f"is not TOML: {_LINE.sub('', str(error)).strip()}")
    except RecursionError:
        found.problem(1, "is not TOML: nested too deeply")
    return {}


def parse_json(found: Collected) -> Mapping[str, object]:
    """The document, or an empty one and a problem."""
    try:
        document = json.loads(found.file.text)
    except json.JSONDecodeError as error:
        found.problem(error.lineno, f"is not JSON: {error.msg}")
        return {}
    except RecursionError:
        found.problem(1, "is not JSON: nested too deeply")
        return {}
    if isinstance(document, dict):
        return document
    found.problem(1, "is not a JSON object")
    return {}


def table(document: Mapping[str, object], *path: str) -> Mapping[str, object]:
    """The table at a path, an empty one where there is none."""
    inner: object = document
    for part in path:
        inner = inner.get(part) if isinstance(inner, Mapping) else None
    return inner if isinstance(inner, Mapping) else {}


def tables(document: Mapping[str, object], name: str) -> Iterator[Mapping[str, object]]:
    """The tables of an array of tables; anything else in it is passed over."""
    items = document.get(name)
    yield from (item for item in items if isinstance(item, Mapping)) if isinstance(items, list) else ()


def listed(value: object) -> tuple[str, ...]:
    """The texts of a list, or a text alone."""
    if isinstance(value, str):
        return (value,)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def text(document: Mapping[str, object], name: str) -> str:
    """A text, empty where there is none."""
    value = document.get(name)
    return value if isinstance(value, str) else ""
