"""YAML text -> plain values, with the line and column of every key and value.

In: the text of one file. Out: a `YamlTree`. Anchors, aliases and merge keys are resolved; a document that would
unfold to too much is refused before it does. What the values mean is left to the models.

The parser is ruamel.yaml's composer (YAML 1.2, so that the key `on` stays a word); values are built here,
because only nodes carry the place of both the key and the value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from migrator.domain.json import JsonValue
from migrator.router.mistakes import KeyPath, Mistake, key_text

MAX_BYTES = 4 * 1024 * 1024
"""A file of 2,000 routes has about 1 MB; what is larger is not a router configuration."""

MAX_VALUES = 250_000
"""Keys and values after aliases are unfolded; 2,000 routes have about 100,000."""

MAX_DEPTH = 32
"""Nested levels; the schema needs 8."""

_BARE_TEMPLATE = re.compile(r"\bpath:\s+(/[^\s,{}]*(?:\{\w+\}[^\s,{}]*)+)")
_TAG = "tag:yaml.org,2002:"
_TRUE = frozenset({"true", "True", "TRUE"})


@dataclass(frozen=True, slots=True)
class Place:
    """A line and a column, counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class YamlTree:
    """The values of a document and where they stand.

    Attributes:
        value: dicts, lists and scalars.
        values: place of each value by its path.
        keys: place of each mapping key by the path of its value.
    """

    value: JsonValue
    values: Mapping[KeyPath, Place]
    keys: Mapping[KeyPath, Place]

    def place(self, path: KeyPath, *, of_key: bool = False) -> Place:
        """Where a path stands; for what is not in the file, where its nearest parent stands."""
        if of_key and path in self.keys:
            return self.keys[path]
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, Place(1, 1))

    def mistake(self, path: KeyPath, message: str, *, of_key: bool = False) -> Mistake:
        """A mistake at a path of this document."""
        place = self.place(path, of_key=of_key)
        return Mistake(place.line, place.column, key_text(path), message)


class YamlMistakes(Exception):
    """The text is not YAML that can be used; carries the mistakes."""

    def __init__(self, *mistakes: Mistake) -> None:
        super().__init__(mistakes)
        self.mistakes = mistakes


def read_tree(text: str) -> YamlTree:
    """The values of a YAML text with their places.

    Raises:
        YamlMistakes: not YAML, more than one document, a key twice, a tag, too deep or too much.
    """
    yaml = YAML(typ="safe", pure=True)
    try:
        root = yaml.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = " ".join(part for part in (error.context, error.problem) if part)
        raise YamlMistakes(_at(mark, f"not YAML: {message}{_quotes_hint(text, mark)}")) from error
    except YAMLError as error:
        raise YamlMistakes(_unreadable(text, error)) from error
    except RecursionError as error:
        raise YamlMistakes(Mistake(1, 1, "", f"nested deeper than {MAX_DEPTH} levels")) from error
    if root is None:
        raise YamlMistakes(Mistake(1, 1, "", "the file is empty"))
    return _Builder().build(root)


def _quotes_hint(text: str, mark: Any) -> str:
    # Inside { } YAML ends a word at the next brace, so a path template there needs quotes.
    line = text.splitlines()[mark.line] if mark is not None and mark.line < len(text.splitlines()) else ""
    found = _BARE_TEMPLATE.search(line)
    return f'; a path with {{…}} needs quotes here: "{found.group(1)}"' if found else ""


def _at(mark: Any, message: str, key: str = "") -> Mistake:
    if mark is None:
        return Mistake(1, 1, key, message)
    return Mistake(mark.line + 1, mark.column + 1, key, message)


def _unreadable(text: str, error: YAMLError) -> Mistake:
    # The reader reports a character that YAML does not allow by its index alone.
    index = getattr(error, "position", None)
    if not isinstance(index, int):
        return Mistake(1, 1, "", f"not YAML: {error}")
    before = text[:index]
    return Mistake(
        before.count("\n") + 1,
        index - (before.rfind("\n") + 1) + 1,
        "",
        f"not YAML: the character U+{ord(text[index]):04X} is not allowed",
    )


class _Builder:
    """Builds the values of one document and notes the places."""

    def __init__(self) -> None:
        self.values: dict[KeyPath, Place] = {}
        self.keys: dict[KeyPath, Place] = {}
        self.mistakes: list[Mistake] = []
        self.count = 0

    def build(self, root: Node) -> YamlTree:
        value = self._value(root, ())
        if self.mistakes:
            raise YamlMistakes(*self.mistakes)
        return YamlTree(value, self.values, self.keys)

    def _value(self, node: Node, path: KeyPath) -> JsonValue:
        self.count += 1
        if self.count > MAX_VALUES:
            raise YamlMistakes(_at(node.start_mark, f"unfolds to more than {MAX_VALUES:,} values", key_text(path)))
        if len(path) > MAX_DEPTH:
            raise YamlMistakes(_at(node.start_mark, f"nested deeper than {MAX_DEPTH} levels", key_text(path[:3])))
        self.values[path] = _place(node)
        match node:
            case MappingNode():
                return {key: self._value(child, (*path, key)) for key, child in self._entries(node, path)}
            case SequenceNode():
                return [self._value(child, (*path, index)) for index, child in enumerate(node.value)]
            case _:
                return self._scalar(node, path)

    def _entries(self, node: MappingNode, path: KeyPath) -> Iterator[tuple[str, Node]]:
        own: dict[str, Node] = {}
        merged: list[Node] = []
        for key_node, child in node.value:
            if str(key_node.tag) == f"{_TAG}merge":
                merged += child.value if isinstance(child, SequenceNode) else [child]
                continue
            if not isinstance(key_node, ScalarNode):
                self.mistakes.append(_at(key_node.start_mark, "a key must be a word", key_text(path)))
                continue
            key = key_node.value
            here = (*path, key)
            if key in own:
                first = self.keys[here].line
                self.mistakes.append(
                    _at(key_node.start_mark, f"the key stands twice, first on line {first}", key_text(here))
                )
                continue
            own[key] = child
            self.keys[here] = _place(key_node)
        yield from own.items()
        seen = set(own)
        for source in merged:
            if not isinstance(source, MappingNode):
                self.mistakes.append(_at(source.start_mark, "only a mapping can be merged with <<", key_text(path)))
                continue
            # A mapping merged into itself has no end; the count and depth limits do not see it, this does.
            if source is node:
                self.mistakes.append(_at(source.start_mark, "a mapping cannot be merged into itself", key_text(path)))
                continue
            for key, child in self._merged_entries(source, path):
                if key not in seen:
                    seen.add(key)
                    yield key, child

    def _merged_entries(self, node: MappingNode, path: KeyPath, depth: int = 0) -> Iterator[tuple[str, Node]]:
        if depth > MAX_DEPTH:
            raise YamlMistakes(_at(node.start_mark, f"merged deeper than {MAX_DEPTH} levels", key_text(path)))
        for key_node, child in node.value:
            self.count += 1
            if self.count > MAX_VALUES:
                raise YamlMistakes(_at(node.start_mark, f"unfolds to more than {MAX_VALUES:,} values", key_text(path)))
            if str(key_node.tag) == f"{_TAG}merge":
                for source in child.value if isinstance(child, SequenceNode) else [child]:
                    if isinstance(source, MappingNode):
                        yield from self._merged_entries(source, path, depth + 1)
            elif isinstance(key_node, ScalarNode):
                self.keys.setdefault((*path, key_node.value), _place(key_node))
                yield key_node.value, child

    def _scalar(self, node: Node, path: KeyPath) -> JsonValue:
        text: str = node.value
        tag = str(node.tag).removeprefix(_TAG)
        match tag:
            case "str" | "timestamp":
                return text
            case "null":
                return None
            case "bool":
                return text in _TRUE
            case "int" | "float":
                return self._number(node, path)
        self.mistakes.append(_at(node.start_mark, f"the tag {node.tag} is not allowed here", key_text(path)))
        return None

    def _number(self, node: Node, path: KeyPath) -> JsonValue:
        text: str = node.value.replace("_", "")
        try:
            if str(node.tag).endswith("int"):
                return int(text, 0) if text[1:2] in ("x", "o", "b") else int(text)
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            self.mistakes.append(_at(node.start_mark, "not a finite number", key_text(path)))
            return None
        return number


def _place(node: Node) -> Place:
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)
