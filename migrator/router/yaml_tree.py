"""A tree of YAML nodes -> plain values, and the line and column of every key and value.

In: the text of one file. Out: a `YamlTree`. Merge keys are resolved; a document that would unfold to too much is
refused before it does. What the values mean is left to the models.

Places are looked up by walking the nodes, and only for mistakes: a file without any pays nothing for them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from migrator.domain.json import JsonValue
from migrator.router.mistakes import KeyPath, Mistake, key_text
from migrator.router.yaml_nodes import MAX_DEPTH, Node, Pairs, Scalar, Sequence, YamlMistakes, compose

MAX_BYTES = 4 * 1024 * 1024
"""A file of 2,000 routes has about 1 MB; what is larger is not a router configuration."""

MAX_VALUES = 250_000
"""Keys and values after aliases are unfolded; 2,000 routes have about 100,000."""

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
        root: the node that they were read from.
        source: the file, where that is an included one; empty for the main file.
        values: how many keys and values it unfolds to.
    """

    value: JsonValue
    root: Node
    source: str = ""
    values: int = 0

    def has(self, path: KeyPath) -> bool:
        """Whether a path stands in the file."""
        return _walk(self.root, path)[1] == len(path)

    def place(self, path: KeyPath, *, of_key: bool = False) -> Place:
        """Where a path stands; for what is not in the file, where its nearest parent stands."""
        nodes, depth = _walk(self.root, path)
        key, value = nodes[-1]
        found = key if of_key and key is not None and depth == len(path) else value
        return Place(found.line, found.column)

    def mistake(self, path: KeyPath, message: str, *, of_key: bool = False) -> Mistake:
        """A mistake at a path of this document."""
        place = self.place(path, of_key=of_key)
        return Mistake(place.line, place.column, key_text(path), message, self.source)


def read_tree(text: str, *, source: str = "", most: int = MAX_VALUES) -> YamlTree:
    """The values of a YAML text with their places.

    Args:
        source: the file, where that is an included one.
        most: keys and values that it may unfold to.

    Raises:
        YamlMistakes: not YAML, more than one document, a key twice, a tag, too deep or too much.
    """
    root = compose(text)
    builder = _Builder(most)
    value = builder.value(root, ())
    if builder.mistakes:
        raise YamlMistakes(*builder.mistakes)
    return YamlTree(value, root, source, builder.count)


def _walk(root: Node, path: KeyPath) -> tuple[list[tuple[Node | None, Node]], int]:
    """The keys and values on the way, as far as it goes, and how many parts of the path that is."""
    found: list[tuple[Node | None, Node]] = [(None, root)]
    for depth, part in enumerate(path):
        node = found[-1][1]
        if isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
            found.append((None, node.items[part]))
            continue
        pair = _pair_of(node, part, 0) if isinstance(node, Pairs) and isinstance(part, str) else None
        if pair is None:
            return found, depth
        found.append(pair)
    return found, len(path)


def _pair_of(node: Pairs, key: str, depth: int) -> tuple[Node, Node] | None:
    """The pair of a key, of the mapping itself before those merged into it."""
    for pair in node.items:
        if isinstance(pair[0], Scalar) and pair[0].tag != "merge" and pair[0].text == key:
            return pair
    for source in _merged(node) if depth <= MAX_DEPTH else ():
        if isinstance(source, Pairs) and (found := _pair_of(source, key, depth + 1)) is not None:
            return found
    return None


def _merged(node: Pairs) -> Iterator[Node]:
    for key, child in node.items:
        if isinstance(key, Scalar) and key.tag == "merge":
            yield from child.items if isinstance(child, Sequence) else [child]


class _Builder:
    """Builds the values of one document."""

    def __init__(self, most: int) -> None:
        self.mistakes: list[Mistake] = []
        self.count = 0
        self._most = most

    def value(self, node: Node, path: KeyPath) -> JsonValue:
        self.count += 1
        if self.count > self._most:
            raise YamlMistakes(_at(node, f"unfolds to more than {MAX_VALUES:,} values", path))
        if len(path) > MAX_DEPTH:
            raise YamlMistakes(_at(node, f"nested deeper than {MAX_DEPTH} levels", path[:3]))
        if isinstance(node, Scalar):
            return node.text if node.tag == "str" else self._scalar(node, path)
        if isinstance(node, Sequence):
            self._untagged(node, "seq", path)
            return [self.value(child, (*path, index)) for index, child in enumerate(node.items)]
        self._untagged(node, "map", path)
        return self._mapping(node, path)

    def _mapping(self, node: Pairs, path: KeyPath) -> JsonValue:
        found: dict[str, JsonValue] = {}
        lines: dict[str, int] = {}
        merges = False
        for key_node, child in node.items:
            if not isinstance(key_node, Scalar):
                self.mistakes.append(_at(key_node, "a key must be a word", path))
                continue
            if key_node.tag == "merge":
                merges = True
                continue
            key = key_node.text
            here = (*path, key)
            if key in lines:
                self.mistakes.append(_at(key_node, f"the key stands twice, first on line {lines[key]}", here))
                continue
            lines[key] = key_node.line
            found[key] = self.value(child, here)
        if merges:
            for key, child in self._merged_pairs(node, path, 0):
                if key not in found:
                    found[key] = self.value(child, (*path, key))
        return found

    def _merged_pairs(self, node: Pairs, path: KeyPath, depth: int) -> Iterator[tuple[str, Node]]:
        if depth > MAX_DEPTH:
            raise YamlMistakes(_at(node, f"merged deeper than {MAX_DEPTH} levels", path))
        for source in _merged(node):
            if not isinstance(source, Pairs):
                self.mistakes.append(_at(source, "only a mapping can be merged with <<", path))
                continue
            # A mapping merged into itself has no end; the count and depth limits do not see it, this does.
            if source is node:
                self.mistakes.append(_at(source, "a mapping cannot be merged into itself", path))
                continue
            for key_node, child in source.items:
                self.count += 1
                if self.count > self._most:
                    raise YamlMistakes(_at(source, f"unfolds to more than {MAX_VALUES:,} values", path))
                if isinstance(key_node, Scalar) and key_node.tag != "merge":
                    yield key_node.text, child
            yield from self._merged_pairs(source, path, depth + 1)

    def _untagged(self, node: Sequence | Pairs, tag: str, path: KeyPath) -> None:
        if node.tag != tag:
            self.mistakes.append(_at(node, f"the tag {node.tag} is not allowed here", path))

    def _scalar(self, node: Scalar, path: KeyPath) -> JsonValue:
        match node.tag:
            case "null":
                return None
            case "bool":
                return node.text in _TRUE
            case "int" | "float":
                return self._number(node, path)
            case "merge":
                return node.text
        self.mistakes.append(_at(node, f"the tag {node.tag} is not allowed here", path))
        return None

    def _number(self, node: Scalar, path: KeyPath) -> JsonValue:
        text = node.text
        try:
            if node.tag == "int":
                return int(text, 0) if text[1:2] in ("x", "o") else int(text)
            number = float(text.replace(".inf", "inf").replace(".nan", "nan"))
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            self.mistakes.append(_at(node, "not a finite number", path))
            return None
        return number


def _at(node: Node, message: str, path: KeyPath) -> Mistake:
    return Mistake(node.line, node.column, key_text(path), message)
