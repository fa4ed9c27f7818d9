"""Changes to a `router.yaml` that a person wrote, and to what it includes: weights set, routes taken out; every other
byte stays.

In: the texts. Out: the texts with the change. The place of a value is known from its node, so nothing is written anew:
comments, order, quotes and blanks are the person's. A change that would mean something else than was asked, as an
anchor's would, is refused.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from migrator.domain.routes import AnyRoute
from migrator.errors import InputError
from migrator.replacing import replace_file
from migrator.router.config import PlannedRoute, RouterConfig
from migrator.router.files import RouterFiles, RouterText, read_files
from migrator.router.load import parse_files
from migrator.router.mistakes import RouterError
from migrator.router.yaml_nodes import Pairs, Sequence, compose
from migrator.router.yaml_tree import YamlTree, read_tree

_NUMBER = re.compile(r"[^\s,}\]#]+")
Entry = TypeVar("Entry", bound=PlannedRoute[AnyRoute])


def edit_files(path: Path, change: Callable[[RouterFiles], RouterFiles]) -> tuple[str, ...]:
    """Put a configuration's files through a change, and replace those that are others then, each in one step.

    Args:
        path: the main file.

    Returns:
        The files that were replaced; a byte order mark stays.

    Raises:
        RouterError, InputError: as the change's; all files stay.
        OSError: one cannot be written; all files stay, or are put back.
    """
    before = read_files(path)
    after = change(before)
    changed = [new for old, new in zip(before.every, after.every, strict=True) if new != old]
    done: list[tuple[Path, bytes]] = []
    try:
        for each in changed:
            file = Path(each.source)
            raw = file.read_bytes()
            mark = codecs.BOM_UTF8 if raw.startswith(codecs.BOM_UTF8) else b""
            replace_file(file, mark + each.text.encode())
            done.append((file, raw))
    except OSError:
        for file, raw in done:
            with suppress(OSError):
                replace_file(file, raw)
        raise
    return tuple(each.source for each in changed)


def with_weights(text: str, weights: Mapping[str, float], *, source: str) -> str:
    """The text with these weights, of a file that includes none with any of these routes.

    Raises:
        RouterError, InputError: as `set_weights`.
    """
    return set_weights(RouterFiles(RouterText(source, text)), weights).main.text


def without_route(text: str, name: str, *, source: str) -> str:
    """The text without a route, of a file that has it itself.

    Raises:
        RouterError, InputError: as `take_out`.
    """
    return take_out(RouterFiles(RouterText(source, text)), name).main.text


def set_weights(files: RouterFiles, weights: Mapping[str, float]) -> RouterFiles:
    """The files with these weights, by the routes' names.

    Raises:
        RouterError: the files are no router configuration.
        InputError: a weight does not stand in a place of its own, or the files would have a mistake, or there is no such
            route; the texts are to be edited by hand.
    """
    before = parse_files(files)
    texts = {each.source: each for each in files.every}
    homes = _homes(files)
    for name, weight in sorted(weights.items()):
        home = _home(homes, files, name)
        texts[home] = _with_weight(texts[home], name, weight)
    changed = replace(
        files, main=texts[files.main.source], included=tuple(texts[each.source] for each in files.included)
    )
    try:
        after = parse_files(changed)
    except RouterError as error:
        raise InputError(
            f"with these weights the file would have a mistake: {error.lines[0]}",
            hint="mend that first; or set what was set last: --overwrite",
            location=files.main.source,
        ) from error
    if after != weighted(before, weights):
        raise _by_hand(files.main.source, 1, 1, "the weights stand where other routes have them too: set them")
    return changed


def take_out(files: RouterFiles, name: str) -> RouterFiles:
    """The files without a route.

    Raises:
        RouterError: the files are no router configuration.
        InputError: there is no such route, or it cannot be cut out without changing something else.
    """
    before = parse_files(files)
    held = holder(files, name)
    text, line, column = _cut(held, name)
    if text is not None:
        cut = replace(held, text=text)
        changed = replace(
            files,
            main=cut if held is files.main else files.main,
            included=tuple(cut if each is held else each for each in files.included),
        )
        if _parsed(changed) == _less(before, name):
            return changed
    raise _by_hand(held.source, line, column, f"take the route {name} out")


def holder(files: RouterFiles, name: str) -> RouterText:
    """The file that has a route.

    Raises:
        InputError: none has.
    """
    home = _home(_homes(files), files, name)
    return next(each for each in files.every if each.source == home)


def _homes(files: RouterFiles) -> Mapping[str, str]:
    """The file of each route."""
    return {name: each.source for each in reversed(files.every) for name in _indexes(read_tree(each.text))}


def _home(homes: Mapping[str, str], files: RouterFiles, name: str) -> str:
    if name not in homes:
        raise InputError(f"there is no route {name!r}", location=files.main.source)
    return homes[name]


def _with_weight(file: RouterText, name: str, weight: float) -> RouterText:
    tree = read_tree(file.text)
    place = tree.place(("routes", _indexes(tree)[name], "weight"))
    lines = file.text.splitlines(keepends=True)
    line = lines[place.line - 1]
    found = _NUMBER.match(line, place.column - 1)
    if found is None or found.group().startswith(("&", "*", "!")):
        raise _by_hand(file.source, place.line, place.column, f"set the weight of {name} to {weight:g}")
    lines[place.line - 1] = f"{line[: found.start()]}{weight:.10g}{line[found.end() :]}"
    return replace(file, text="".join(lines))


def _cut(file: RouterText, name: str) -> tuple[str | None, int, int]:
    """The text without a route, None where it has no lines of its own; and its place."""
    names = _indexes(read_tree(file.text))
    root = compose(file.text)
    listed = (
        next((child for key, child in root.items if getattr(key, "text", "") == "routes"), None)
        if isinstance(root, Pairs)
        else None
    )
    assert isinstance(listed, Sequence)
    place = listed.items[names[name]]
    following = names[name] + 1
    lines = file.text.splitlines(keepends=True)
    first = place.line - 1
    if re.match(r"\s*-\s", lines[first]) is None:
        return None, place.line, place.column
    indent = len(lines[first]) - len(lines[first].lstrip())
    last = listed.items[following].line - 1 if following < len(listed.items) else _end(lines, first, indent)
    # Comments right above the next route are about that one.
    while last - 1 > first and lines[last - 1].lstrip().startswith("#"):
        last -= 1
    kept = lines[:first] + lines[last:]
    if len(listed.items) == 1:
        kept = [*lines[:first], f"{' ' * indent}[]\n", *lines[last:]]
    return "".join(kept), place.line, place.column


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


def _parsed(files: RouterFiles) -> RouterConfig | None:
    try:
        return parse_files(files)
    except RouterError:
        return None


def weighted(config: RouterConfig, weights: Mapping[str, float]) -> RouterConfig:
    """The configuration with these weights, by the routes' names."""

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
