"""Where each key and value of a TOML document stands.

In: a text that `tomllib` has accepted. Out: line and column, from 1, by the path through the document. `tomllib` gives
values without places; this reads the places and leaves the values alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

KeyPath = tuple[str | int, ...]
Place = tuple[int, int]

_BLANK = re.compile(r"(?:[\s,]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_TEXT = re.compile(r"(?s:\"\"\"(?:\\.|[^\\])*?\"\"\"\"{0,2}|'''.*?''''{0,2})" + r"|\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'")
_SCALAR = re.compile(r"[^,\]}\n#]*")


@dataclass(frozen=True, slots=True)
class TomlPlaces:
    """Places of values and keys by their path."""

    values: Mapping[KeyPath, Place]
    keys: Mapping[KeyPath, Place]

    def at(self, path: KeyPath, *, of_key: bool = False) -> Place:
        """Where a path stands; for what is not in the document, where its nearest parent stands."""
        if of_key and path in self.keys:
            return self.keys[path]
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, (1, 1))


def read_places(text: str) -> TomlPlaces:
    """The places in a document."""
    reading = _Reading(text)
    reading.document()
    return TomlPlaces(reading.values, reading.keys)


@dataclass(slots=True)
class _Reading:
    text: str
    position: int = 0
    values: dict[KeyPath, Place] = field(default_factory=dict)
    keys: dict[KeyPath, Place] = field(default_factory=dict)
    _counts: dict[KeyPath, int] = field(default_factory=dict)

    def document(self) -> None:
        table: KeyPath = ()
        while True:
            self._skip(_BLANK)
            if self.position >= len(self.text):
                return
            start = self.position
            if self.text.startswith("[", start):
                is_array = self.text.startswith("[[", start)
                self.position += 2 if is_array else 1
                table = self._table(self._key(), is_array=is_array)
                self.values.setdefault(table, self._place(start))
                self.keys.setdefault(table, self._place(start))
                self.position = self.text.index("]", self.position) + (2 if is_array else 1)
            else:
                self._pair(table)

    def _table(self, key: KeyPath, *, is_array: bool) -> KeyPath:
        """The path of a table's head; a part that is an array of tables means its last item."""
        path: KeyPath = ()
        for number, part in enumerate(key):
            path = (*path, part)
            if is_array and number == len(key) - 1:
                self._counts[path] = self._counts.get(path, -1) + 1
            if path in self._counts:
                path = (*path, self._counts[path])
        return path

    def _pair(self, table: KeyPath) -> None:
        start = self.position
        path = (*table, *self._key())
        self.keys[path] = self._place(start)
        self.position = self.text.index("=", self.position) + 1
        self._skip(_SPACE)
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        self.values[path] = self._place(self.position)
        opening = self.text[self.position : self.position + 1]
        text = _TEXT.match(self.text, self.position)
        if text is not None:
            self.position = text.end()
        elif opening in ("[", "{"):
            self.position += 1
            index = 0
            while True:
                self._skip(_BLANK)
                if self.position >= len(self.text) or self.text[self.position] in "]}":
                    self.position += 1
                    return
                if opening == "{":
                    self._pair(path)
                else:
                    self._value((*path, index))
                    index += 1
        else:
            self._skip(_SCALAR)

    def _key(self) -> KeyPath:
        parts: list[str] = []
        while True:
            self._skip(_SPACE)
            text = _TEXT.match(self.text, self.position) or _BARE.match(self.text, self.position)
            if text is None:
                return tuple(parts)
            parts.append(_unquoted(text.group()))
            self.position = text.end()
            self._skip(_SPACE)
            if not self.text.startswith(".", self.position):
                return tuple(parts)
            self.position += 1

    def _skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self.text, self.position)
        self.position = found.end() if found is not None else self.position

    def _place(self, position: int) -> Place:
        before = self.text[:position]
        return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1


def _unquoted(key: str) -> str:
    if key.startswith("'"):
        return key[1:-1]
    if key.startswith('"'):
        try:
            return str(json.loads(key))
        except ValueError:  # an escape that TOML has and JSON has not; only the place suffers
            return key[1:-1]
    return key
