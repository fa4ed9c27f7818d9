"""Keys put into the top of a `router.yaml` that a person wrote; every other byte stays.

In: the text. Out: the text with further lines. What would mean something else than was asked is left to the person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from migrator.domain.json import JsonValue
from migrator.errors import InputError
from migrator.router.files import patterns_of
from migrator.router.including import includes
from migrator.router.mistakes import RouterError
from migrator.router.yaml_nodes import Pairs, Scalar, Sequence, YamlMistakes
from migrator.router.yaml_tree import YamlTree, read_tree

_LINE_END = re.compile(r"\r\n|\n|\r")


def top_values(text: str, *, source: str) -> Mapping[str, JsonValue]:
    """What stands under each key at the top.

    Raises:
        RouterError: the text is no YAML, or no mapping.
    """
    tree = _read(text, source)
    assert isinstance(tree.value, dict)
    return tree.value


def with_include(text: str, pattern: str, name: str, *, source: str) -> str:
    """The text that includes a file; the same text where it does already.

    Args:
        pattern: that is put in, such as `routes/*.yaml`.
        name: the file, from the text's own folder on.

    Raises:
        RouterError: as `top_values`.
        InputError: it cannot be put in without changing something else.
    """
    tree = _read(text, source)
    patterns = patterns_of(tree)
    if includes(patterns, name):
        return text
    if not tree.has(("include",)):
        return with_keys(text, {"include": f'["{pattern}"]'}, source=source)
    listed = _child(tree, "include")
    changed = _with_item(text, listed, f'"{pattern}"') if isinstance(listed, Sequence) else text
    if patterns_of(_read(changed, source)) != (pattern, *patterns):
        raise _by_hand(source, f'- "{pattern}" under include')
    return changed


def with_keys(text: str, keys: Mapping[str, str], *, source: str, last: bool = False) -> str:
    """The text with further keys below `version`, each on a line of its own.

    Args:
        keys: key to its value in YAML, on one line.
        last: put them at the end instead. What is put in two places by two branches merges.

    Raises:
        RouterError: as `top_values`.
        InputError: there is no place for them.
    """
    if not keys:
        return text
    lines = tuple(f"{key}: {value}" for key, value in keys.items())
    tree = _read(text, source)
    version = _key(tree, "version")
    place = len(text) if last else _line_behind(text, version.line) if version is not None else None
    if version is None or place is None:
        raise _by_hand(source, "; ".join(lines))
    end = _LINE_END.search(text)
    line_end = end[0] if end else "\n"
    indent = " " * (version.column - 1)
    before = "" if text[:place].endswith(("\n", "\r")) else line_end
    changed = text[:place] + before + "".join(f"{indent}{line}{line_end}" for line in lines) + text[place:]
    wanted = {**top_values(text, source=source), **top_values("\n".join(lines), source=source)}
    try:
        same = _read(changed, source).value == wanted
    except RouterError:
        same = False
    if not same:
        raise _by_hand(source, "; ".join(lines))
    return changed


def _read(text: str, source: str) -> YamlTree:
    try:
        tree = read_tree(text)
    except YamlMistakes as error:
        raise RouterError(source, [replace(mistake, source=source) for mistake in error.mistakes]) from error
    if not isinstance(tree.value, dict):
        raise RouterError(source, [tree.mistake((), "expected a mapping with the keys version, plane and routes")])
    return tree


def _pairs(tree: YamlTree) -> list[tuple[Scalar, object]]:
    assert isinstance(tree.root, Pairs)
    return [(key, child) for key, child in tree.root.items if isinstance(key, Scalar)]


def _key(tree: YamlTree, name: str) -> Scalar | None:
    return next((key for key, _ in _pairs(tree) if key.text == name), None)


def _child(tree: YamlTree, name: str) -> object:
    return next((child for key, child in _pairs(tree) if key.text == name), None)


def _with_item(text: str, listed: Sequence, item: str) -> str:
    """The text with an item at the head of a list, in the list's own style."""
    starts = [0, *(found.end() for found in _LINE_END.finditer(text))]
    at = starts[listed.line - 1] + listed.column - 1
    if text[at : at + 1] == "[":
        return f"{text[: at + 1]}{item}{', ' if listed.items else ''}{text[at + 1 :]}"
    if text[at : at + 1] == "-" and not text[starts[listed.line - 1] : at].strip():
        end = _LINE_END.search(text)
        return f"{text[:at]}- {item}{end[0] if end else chr(10)}{' ' * (listed.column - 1)}{text[at:]}"
    return text


def _line_behind(text: str, line: int) -> int | None:
    """The offset behind a line, counted from 1."""
    starts = [0, *(found.end() for found in _LINE_END.finditer(text)), len(text)]
    return starts[line] if line < len(starts) else None


def _by_hand(source: str, what: str) -> InputError:
    return InputError(
        "this cannot be changed without changing something else", hint=f"by hand: put in {what}", location=source
    )
