"""The text of a `migrator.toml` becomes its models, or every mistake in it at once.

In: a text. Out: a `ConfigFile` and the places of its keys and values, or a `ConfigError` whose text has a line
`FILE:LINE:COLUMN: key: message` for each mistake.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from migrator.config.models import ConfigFile
from migrator.config.toml_places import KeyPath, TomlPlaces, read_places
from migrator.domain.effects import Effect
from migrator.domain.wording import on_one_line
from migrator.errors import InputError

FILE_NAME = "migrator.toml"
_AT = re.compile(r"\(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake; line and column count from 1."""

    line: int
    column: int
    key: str
    message: str


class ConfigError(InputError):
    """A `migrator.toml` that cannot be used, with all its mistakes."""

    def __init__(self, source: str, mistakes: Iterable[Mistake]) -> None:
        self.source = source
        self.mistakes = tuple(sorted(set(mistakes)))
        lines = [
            on_one_line(f"{source}:{item.line}:{item.column}: {f'{item.key}: ' if item.key else ''}{item.message}")
            for item in self.mistakes
        ]
        message = lines[0] if len(lines) == 1 else "\n".join((f"{source}: {len(lines)} mistakes", *lines))
        super().__init__(message, hint="the keys are described in docs/reference/configuration.md")

    def __reduce__(self) -> tuple[object, ...]:
        return (ConfigError, (self.source, self.mistakes))


def parse_config(text: str, *, source: str = FILE_NAME) -> tuple[ConfigFile, TomlPlaces]:
    """What a text says, and where.

    Raises:
        ConfigError: it has mistakes.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(source, [_not_toml(text, str(error))]) from error
    except RecursionError as error:
        raise ConfigError(source, [Mistake(1, 1, "", "nested too deeply")]) from error
    places = read_places(text)
    try:
        return ConfigFile.model_validate(document), places
    except ValidationError as error:
        raise ConfigError(source, [_mistake(found, document, places) for found in error.errors()]) from error


def _not_toml(text: str, message: str) -> Mistake:
    found = _AT.search(message)
    line, column = text.count("\n") + 1, 1
    if found is not None and found["line"]:
        line, column = int(found["line"]), int(found["column"])
    return Mistake(line, column, "", f"not TOML: {_AT.sub('', message).strip()}")


def _mistake(found: Any, document: Mapping[str, Any], places: TomlPlaces) -> Mistake:
    path = _path(found["loc"], document)
    of_key = found["type"] == "extra_forbidden"
    match found["type"]:
        case "extra_forbidden":
            message = _unknown_key(found["loc"])
        case "missing":
            message = "is missing"
        case "value_error":
            message = str(found["ctx"]["error"])
        case "enum" | "literal_error":
            near = difflib.get_close_matches(str(found["input"]), list(Effect), n=1)
            expected = f"did you mean {near[0]}?" if near else f"expected one of {found['ctx']['expected']}"
            message = f"{found['input']!r} is not known; {expected}"
        case "string_pattern_mismatch":
            message = f"{found['input']!r} is not a dotted name"
        case _:
            message = str(found["msg"]).replace("Input should be", "expected")
            message = f"{message[0].lower()}{message[1:]}"
    return Mistake(*places.at(path, of_key=of_key), _key_text(path), message)


def _path(loc: Sequence[str | int], document: Any) -> KeyPath:
    """The part of pydantic's location that stands in the document; the last part may be missing in it."""
    path: list[str | int] = []
    for number, part in enumerate(loc):
        inside = (isinstance(document, Mapping) and part in document) or (
            isinstance(document, list) and isinstance(part, int) and part < len(document)
        )
        if not inside and number < len(loc) - 1:
            continue
        path.append(part)
        document = document[part] if inside else None
    return tuple(path)


def _unknown_key(loc: Sequence[str | int]) -> str:
    model: Any = ConfigFile
    for part in loc[:-1]:
        if isinstance(part, str) and part in model.model_fields:
            annotation = model.model_fields[part].annotation
            inside = [item for item in (annotation, *getattr(annotation, "__args__", ())) if _is_model(item)]
            model = inside[0] if inside else model
    known = list(model.model_fields)
    near = difflib.get_close_matches(str(loc[-1]), known, n=1, cutoff=0.5)
    return f"no such key; did you mean {near[0]}?" if near else f"no such key; the keys here are {', '.join(known)}"


def _is_model(item: Any) -> bool:
    return isinstance(item, type) and issubclass(item, BaseModel)


def _key_text(path: KeyPath) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f"{'.' if text else ''}{part}"
    return text
