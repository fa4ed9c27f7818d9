"""Django's URL patterns: under which paths each pattern and each router is served.

In: the calls of `path`, `re_path` and `include`, and the lists of patterns. Out: full paths from the root, and their
variables. Which views they name, and what a router puts below its own path, is left to others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from migrator.domain.json import JsonValue
from migrator.facts.expressions import Attribute, Name
from migrator.model.frames import LibraryCall
from migrator.model.registrations import Program, texts
from migrator.model.route_paths import UNKNOWN_PATH
from migrator.model.values import Box, Inst, Lib, Mod, Registered, Value

PATTERNS = ("django.urls.path", "django.urls.re_path", "django.conf.urls.url")
INCLUDE = "django.urls.include"

_LIST = "urlpatterns"
_REGISTRY = "registry"
_DEEPEST = 10
_MOST = 8
"""Paths of one pattern that are listed; a list of patterns that is included more often is listed as often."""
_GROUP = re.compile(r"\(\?P<(\w+)>")
_VARIABLE = re.compile(r"<(?:(?P<converter>\w+):)?(?P<name>\w+)>")
_ANCHORS = re.compile(r"\A\^|(?<!\\)\$\Z")


class Routes:
    """Full paths of patterns, nested includes followed.

    Paths are given as `described` takes them: with the named groups of regular expressions in them.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        self._parents: dict[str, list[LibraryCall]] = {}
        self._lists: dict[str, dict[str, None]] = {}
        for call in program.calls(*PATTERNS):
            for value in call.argument(1, "view"):
                if isinstance(value, Registered) and program.tables.calls[value.key].dotted == INCLUDE:
                    included = program.tables.calls[value.key].argument(0, "arg")
                    for name in dict.fromkeys(self._included(included)):
                        self._parents.setdefault(name, []).append(call)
        self._read_lists()
        self._read_registries()

    def of(self, call: LibraryCall, seen: LibraryCall | None = None) -> list[str]:
        """Full paths of a pattern; an unknown part is an ellipsis.

        `seen` is the call as seen from that of a wrapper around it, which says the rule.
        """
        above = self._above([_place(call), call.body.info.module.name], 0, ())
        return _rooted(f"{outer}{own}" for outer in above for own in _own(self._program, seen or call))

    def of_router(self, call: LibraryCall, routers: Iterable[Value], below: Sequence[str]) -> list[str]:
        """Full paths of what routers serve below the places where they are included.

        Args:
            call: what registers with the routers: where nobody includes them, the place of its module counts.
            below: the paths from there.
        """
        names = [_place(call), *sorted(map(identity, routers)), call.body.info.module.name]
        return _rooted(f"{outer}{own}" for outer in self._above(names, 0, ()) for own in below)

    def _above(self, names: list[str], depth: int, trail: tuple[str, ...]) -> list[str]:
        """What stands before the first of some names that is included anywhere."""
        for name in names:
            if depth > _DEEPEST or name in trail:
                continue
            found: set[str] = set()
            for parent in self._parents.get(name, ()):
                around = [_place(parent), parent.body.info.module.name]
                for outer in self._above(around, depth + 1, (*trail, name)):
                    found.update(f"{outer}{own}" for own in _own(self._program, parent))
            for holder in self._lists.get(name, ()):
                if holder in self._parents or holder in self._lists:
                    found.update(self._above([holder], depth + 1, (*trail, name)))
            if found:
                return sorted(found)[:_MOST]
        return [""]

    def _read_lists(self) -> None:
        """Patterns and routers of other modules that a list of patterns holds: `urlpatterns = router.urls`."""
        for name in [name for name in self._parents if name in self._program.tables.index.modules]:
            body = self._program.tables.index.modules[name].body
            for held in self._included(self._program.frame(body).evaluate(Name(_LIST, 0, 0))):
                self._lists.setdefault(held, {})[name] = None

    def _read_registries(self) -> None:
        """What a router takes over from another: `router.registry.extend(other.registry)`."""
        for info, node in self._program.calls_written("extend"):
            taker, given = node.func, node.arguments[0] if node.arguments else None
            if not isinstance(taker, Attribute) or not isinstance(given, Attribute) or given.attr != _REGISTRY:
                continue
            if isinstance(taker.value, Attribute) and taker.value.attr == _REGISTRY:
                frame = self._program.frame(info)
                takers = {identity(value) for value in frame.evaluate(taker.value.value)} - {""}
                for value in frame.evaluate(given.value):
                    self._lists.setdefault(identity(value), {}).update(dict.fromkeys(sorted(takers)))

    def _included(self, values: Iterable[Value]) -> Iterable[str]:
        """Names of what is included: modules, patterns by their calls, routers."""
        for value in self._program.expanded(values):
            match value:
                case Mod(name=name):
                    yield name
                case Box():
                    yield from self._included(self._program.contents(frozenset((value,))))
                case Registered(key=key):
                    yield str(key)
                case Lib() | Inst() if identity(value):
                    yield identity(value)
                case _:
                    pass
        yield from texts(frozenset(values))


def identity(value: Value) -> str:
    """What tells one router from another."""
    match value:
        case Lib(site=site, home=home):
            return site or home
        case Inst(home=home, info=info):
            return home or info.name
        case _:
            return ""


def described(path: str, methods: Iterable[str]) -> dict[str, JsonValue]:
    """A route as triggers tell of it.

    Named groups stand as `<name>` in its path, and with their expression as the converter among its variables; a
    variable of which nothing is written has the converter `str`.
    """
    parameters: list[JsonValue] = []
    for text, name, expression in _parts(path):
        parameters.extend(
            {"name": found["name"], "converter": found["converter"] or "str"} for found in _VARIABLE.finditer(text)
        )
        if name:
            parameters.append({"name": name, "converter": expression})
    return {"methods": [*methods], "path": shown_path(path), "parameters": parameters}


def shown_path(path: str) -> str:
    """A path with its named groups as `<name>`."""
    return "".join(f"{text}<{name}>" if name else text for text, name, _ in _parts(path))


def without_anchors(regex: str) -> str:
    """A regular expression as a part of a path."""
    return _ANCHORS.sub("", regex)


def _parts(path: str) -> Iterator[tuple[str, str, str]]:
    """Texts with the named group behind each, by its name and expression; the last text has none."""
    position = 0
    while found := _GROUP.search(path, position):
        end = _end_of_group(path, found.end())
        yield path[position : found.start()], found[1], path[found.end() : end - 1]
        position = end
    yield path[position:], "", ""


def _rooted(paths: Iterable[str]) -> list[str]:
    return sorted({f"/{path.lstrip('/')}" for path in paths})[:_MOST]


def _place(call: LibraryCall) -> str:
    return str((call.body.name, call.location.line, call.location.column, call.dotted))


def _own(program: Program, call: LibraryCall) -> list[str]:
    written = program.texts_of(call, 0, "route") or program.texts_of(call, 0, "regex") or [UNKNOWN_PATH]
    return written if call.dotted == PATTERNS[0] else [without_anchors(text) for text in written]


def _end_of_group(text: str, position: int) -> int:
    depth = 1
    while position < len(text) and depth:
        if text[position] == "\\":
            position += 1
        elif text[position] == "[":
            position = _end_of_class(text, position)
        elif text[position] == "(":
            depth += 1
        elif text[position] == ")":
            depth -= 1
        position += 1
    return position


def _end_of_class(text: str, position: int) -> int:
    """The position of the bracket that closes a set of characters; one that comes first belongs to the set."""
    end = position + 2 if text[position + 1 : position + 2] == "^" else position + 1
    end += text[end : end + 1] == "]"
    while end < len(text) and text[end] != "]":
        end += 2 if text[end] == "\\" else 1
    return end
