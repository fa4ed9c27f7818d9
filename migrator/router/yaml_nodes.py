"""YAML text -> a tree of nodes, each with its line and column.

In: the text of one file. Out: its root node. Anchors and aliases are resolved to shared nodes, scalars by the core
schema of YAML 1.2 (so that the key `on` stays a word). What the nodes mean is left to `yaml_tree`.

The parser is libyaml's, through PyYAML: its events carry every place, and 2,000 routes are read in a fifth of a
second, where ruamel.yaml's composer, which is written in Python, takes six.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml
from yaml.error import Mark, MarkedYAMLError
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from yaml.reader import ReaderError

from migrator.router.mistakes import Mistake

MAX_DEPTH = 32
"""Nested levels; the schema needs 8."""

_TAG = "tag:yaml.org,2002:"
_BARE_TEMPLATE = re.compile(r"\bpath:\s+(/[^\s,{}]*(?:\{\w+\}[^\s,{}]*)+)")

# The core schema (YAML 1.2.2, section 10.3.2); whatever is none of these is a text.
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), "null"),
    **dict.fromkeys(("true", "True", "TRUE", "false", "False", "FALSE"), "bool"),
    "<<": "merge",
}


class YamlMistakes(Exception):
    """The text is not YAML that can be used; carries the mistakes."""

    def __init__(self, *mistakes: Mistake) -> None:
        super().__init__(mistakes)
        self.mistakes = mistakes


@dataclass(slots=True)
class Scalar:
    """A word.

    Attributes:
        tag: `str`, `null`, `bool`, `int`, `float`, `merge`, or a foreign tag as it stands.
        line: counted from 1, as is `column`.
    """

    text: str
    tag: str
    line: int
    column: int


@dataclass(slots=True)
class Sequence:
    """A list."""

    items: list[Node]
    tag: str
    line: int
    column: int


@dataclass(slots=True)
class Pairs:
    """A mapping as it stands: keys may be anything, and stand twice."""

    items: list[tuple[Node, Node]]
    tag: str
    line: int
    column: int


Node: TypeAlias = Scalar | Sequence | Pairs


def compose(text: str) -> Node:
    """The root node of a text.

    Raises:
        YamlMistakes: not YAML, more than one document, or nested too deep.
    """
    try:
        parser = yaml.CSafeLoader(text) if yaml.__with_libyaml__ else yaml.SafeLoader(text)
        return _Composer(parser.get_event, parser.check_event).document()
    except ReaderError as error:
        raise YamlMistakes(_unreadable(text, error)) from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = " ".join(part for part in (error.context, error.problem) if part)
        raise YamlMistakes(_at(mark, f"not YAML: {message}{_quotes_hint(text, mark)}")) from error
    except UnicodeEncodeError as error:
        raise YamlMistakes(_at_index(text, error.start)) from error


class _Composer:
    """Builds the nodes of one stream of events."""

    def __init__(self, next_event: Callable[[], Any], is_next: Callable[..., bool]) -> None:
        self._next = next_event
        self._is_next = is_next
        self._anchored: dict[str, Node] = {}

    def document(self) -> Node:
        self._next()  # the start of the stream
        if self._is_next(yaml.StreamEndEvent):
            raise YamlMistakes(Mistake(1, 1, "", "the file is empty"))
        self._next()
        root = self._node(self._next(), 0)
        self._next()
        if not self._is_next(yaml.StreamEndEvent):
            raise YamlMistakes(_at(self._next().start_mark, "not YAML: expected one document, found another"))
        if isinstance(root, Scalar) and root.tag == "null" and not root.text:
            raise YamlMistakes(Mistake(1, 1, "", "the file is empty"))
        return root

    def _node(self, event: Any, depth: int) -> Node:
        mark = event.start_mark
        line, column = mark.line + 1, mark.column + 1
        kind = type(event)
        if kind is ScalarEvent:
            node: Node = Scalar(event.value, _scalar_tag(event), line, column)
            if event.anchor is not None:
                self._anchored[event.anchor] = node
            return node
        if kind is AliasEvent:
            found = self._anchored.get(event.anchor)
            if found is None:
                raise YamlMistakes(Mistake(line, column, "", f"not YAML: found undefined alias {event.anchor!r}"))
            return found
        if depth >= MAX_DEPTH:
            raise YamlMistakes(Mistake(line, column, "", f"nested deeper than {MAX_DEPTH} levels"))
        # Anchored before it is filled: what is merged into itself is found by whoever reads it.
        if kind is MappingStartEvent:
            pairs = Pairs([], _tag(event.tag, "map"), line, column)
            if event.anchor is not None:
                self._anchored[event.anchor] = pairs
            while type(key := self._next()) is not MappingEndEvent:
                pairs.items.append((self._node(key, depth + 1), self._node(self._next(), depth + 1)))
            return pairs
        assert kind is SequenceStartEvent
        sequence = Sequence([], _tag(event.tag, "seq"), line, column)
        if event.anchor is not None:
            self._anchored[event.anchor] = sequence
        while type(item := self._next()) is not SequenceEndEvent:
            sequence.items.append(self._node(item, depth + 1))
        return sequence


def _scalar_tag(event: Any) -> str:
    if event.tag is not None and event.tag != "!":
        return _tag(event.tag, "str")
    if not event.implicit[0] or event.style:  # in quotes, or a block
        return "str"
    text: str = event.value
    if (word := _WORDS.get(text)) is not None:
        return word
    if text[0] not in "+-.0123456789":
        return "str"
    if _INT.fullmatch(text):
        return "int"
    return "float" if _FLOAT.fullmatch(text) else "str"


def _tag(tag: str | None, default: str) -> str:
    return default if tag is None or tag == "!" else tag.removeprefix(_TAG)


def _quotes_hint(text: str, mark: Mark | None) -> str:
    # Inside { } YAML ends a word at the next brace, so a path template there needs quotes.
    lines = text.splitlines()
    line = lines[mark.line] if mark is not None and mark.line < len(lines) else ""
    found = _BARE_TEMPLATE.search(line)
    return f'; a path with {{…}} needs quotes here: "{found.group(1)}"' if found else ""


def _at(mark: Mark | None, message: str) -> Mistake:
    return Mistake(1, 1, "", message) if mark is None else Mistake(mark.line + 1, mark.column + 1, "", message)


def _unreadable(text: str, error: ReaderError) -> Mistake:
    """Of a character that YAML does not allow the parser says its code alone, and where only in bytes."""
    index = text.find(chr(error.character)) if isinstance(error.character, int) else -1
    return Mistake(1, 1, "", f"not YAML: {error.reason}") if index < 0 else _at_index(text, index)


def _at_index(text: str, index: int) -> Mistake:
    before = text[:index]
    return Mistake(
        before.count("\n") + 1,
        index - (before.rfind("\n") + 1) + 1,
        "",
        f"not YAML: the character U+{ord(text[index]):04X} is not allowed",
    )
