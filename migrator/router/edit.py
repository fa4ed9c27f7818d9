"""Changes to a `router.yaml` that a person wrote: weights set, routes taken out; every other byte stays.

In: the text. Out: the text with the change. The place of a value is known from its node, so nothing is written anew:
comments, order, quotes and blanks are the person's. A change that would mean something else than was asked, as an
anchor's would, is refused.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from migrator.domain.routes import AnyRoute
from migrator.errors import InputError
from migrator.replacing import replace_file
from migrator.router.config import PlannedRoute, RouterConfig
from migrator.router.load import parse_router
from migrator.router.mistakes import RouterError
from migrator.router.yaml_nodes import Pairs, Sequence, compose
from migrator.router.yaml_tree import YamlTree, read_tree

_NUMBER = re.compile(r"[^\s,}\]#]+")
Entry = TypeVar("Entry", bound=PlannedRoute[AnyRoute])


def edit_file(path: Path, change: Callable[[str], str]) -> None:
    """Put a file's text through a change, and replace the file in one step; a byte order mark stays.

    Raises:
        RouterError, InputError: as the change's; the file stays.
        OSError: it cannot be written; the file stays.
    """
    raw = path.read_bytes()
    mark = codecs.BOM_UTF8 if raw.startswith(codecs.BOM_UTF8) else b""
    replace_file(path, mark + change(raw.removeprefix(mark).decode()).encode())


def with_weights(text: str, weights: Mapping[str, float], *, source: str) -> str:
    """The text with these weights, by the routes' names.

    Raises:
        RouterError: the text is no router configuration.
        InputError: a weight does not stand in a place of its own, or the file would have a mistake, or there is no such
            route; the text is to be edited by hand.
    """
    before = parse_router(text, source=source)
    tree = read_tree(text)
    names = _indexes(tree)
    lines = text.splitlines(keepends=True)
    for name, weight in sorted(weights.items()):
        if name not in names:
            raise InputError(f"there is no route {name!r}", location=source)
        place = tree.place(("routes", names[name], "weight"))
        line = lines[place.line - 1]
        found = _NUMBER.match(line, place.column - 1)
        if found is None or found.group().startswith(("&", "*", "!")):
            raise _by_hand(source, place.line, place.column, f"set the weight of {name} to {weight:g}")
        lines[place.line - 1] = f"{line[: found.start()]}{weight:.10g}{line[found.end() :]}"
    changed = "".join(lines)
    try:
        after = parse_router(changed, source=source)
    except RouterError as error:
        raise InputError(
            f"with these weights the file would have a mistake: {error.lines[0]}",
            hint="mend that first; or set what was set last: --overwrite",
            location=source,
        ) from error
    if after != _with(before, weights):
        raise _by_hand(source, 1, 1, "the weights stand where other routes have them too: set them")
    return changed


def without_route(text: str, name: str, *, source: str) -> str:
    """The text without a route.

    Raises:
        RouterError: the text is no router configuration.
        InputError: there is no such route, or it cannot be cut out without changing something else.
    """
    before = parse_router(text, source=source)
    tree = read_tree(text)
    names = _indexes(tree)
    if name not in names:
        raise InputError(f"there is no route {name!r}", location=source)
    root = compose(text)
    listed = (
        next((child for key, child in root.items if getattr(key, "text", "") == "routes"), None)
        if isinstance(root, Pairs)
        else None
    )
    assert isinstance(listed, Sequence)
    place = listed.items[names[name]]
    following = names[name] + 1
    lines = text.splitlines(keepends=True)
    first = place.line - 1
    if re.match(r"\s*-\s", lines[first]) is None:
        raise _by_hand(source, place.line, place.column, f"take the route {name} out")
    indent = len(lines[first]) - len(lines[first].lstrip())
    last = listed.items[following].line - 1 if following < len(listed.items) else _end(lines, first, indent)
    # Comments right above the next route are about that one.
    while last - 1 > first and lines[last - 1].lstrip().startswith("#"):
        last -= 1
    kept = lines[:first] + lines[last:]
    if len(listed.items) == 1:
        kept = [*lines[:first], f"{' ' * indent}[]\n", *lines[last:]]
    changed = "".join(kept)
    if _parsed(changed, source) != _less(before, name):
        raise _by_hand(source, place.line, place.column, f"take the route {name} out")
    return changed


def _end(lines: list[str], first: int, indent: int) -> int:
    """The line behind the last one of a block that begins with a dash."""
    for number in range(first + 1, len(lines)):
        line = lines[number]
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            return number
    return len(lines)


def _indexes(tree: YamlTree) -> dict[str, int]:
    routes = tree.value.get("routes") if isinstance(tree.value, dict) else None
    return {
        str(route.get("name")): index
        for index, route in enumerate(routes if isinstance(routes, list) else [])
        if isinstance(route, dict)
    }


def _parsed(text: str, source: str) -> RouterConfig | None:
    try:
        return parse_router(text, source=source)
    except RouterError:
        return None


def _with(config: RouterConfig, weights: Mapping[str, float]) -> RouterConfig:
    def told(entry: Entry) -> Entry:
        if entry.name not in weights:
            return entry
        return replace(entry, route=replace(entry.route, weight=weights[entry.name]))

    return _each(config, lambda entries: tuple(map(told, entries)))


def _less(config: RouterConfig, route: str) -> RouterConfig:
    return _each(config, lambda entries: tuple(entry for entry in entries if entry.name != route))


def _each(config: RouterConfig, change: Callable[[tuple[Any, ...]], tuple[Any, ...]]) -> RouterConfig:
    """The configuration with every list of its routes changed."""
    return replace(
        config,
        routes=change(config.routes),
        balancer_routes=change(config.balancer_routes),
        seam_routes=change(config.seam_routes),
        alias_routes=change(config.alias_routes),
    )


def _by_hand(source: str, line: int, column: int, what: str) -> InputError:
    return InputError(
        "this cannot be changed without changing something else",
        hint=f"by hand: {what}",
        location=f"{source}:{line}:{column}",
    )
