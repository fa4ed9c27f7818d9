"""Django's URL patterns: under which paths each pattern and each router is served.

In: the calls of `path`, `re_path`, `include` and of routers. Out: full paths from the root, and their variables.
Which views they name is left to the plug-ins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from migrator.domain.json import JsonValue
from migrator.model.frames import LibraryCall
from migrator.model.registrations import Program, texts
from migrator.model.values import Box, Inst, Lib, Mod, Registered, Value

PATTERNS = ("django.urls.path", "django.urls.re_path", "django.conf.urls.url")
INCLUDE = "django.urls.include"
REGISTER = "rest_framework.routers.BaseRouter.register"

UNKNOWN_PART = "…"
_DEEPEST = 10
_MOST = 8
"""Paths of one pattern that are listed; a list of patterns that is included more often is listed as often."""
_GROUP = re.compile(r"\(\?P<(\w+)>")
_VARIABLE = re.compile(r"<(?:(?P<converter>\w+):)?(?P<name>\w+)>")


class Routes:
    """Full paths of patterns, nested includes followed."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._parents: dict[str, list[LibraryCall]] = {}
        for call in program.calls(*PATTERNS):
            for value in call.argument(1, "view"):
                if isinstance(value, Registered) and program.tables.calls[value.key].dotted == INCLUDE:
                    included = program.tables.calls[value.key].argument(0, "arg")
                    for name in dict.fromkeys(self._included(included)):
                        self._parents.setdefault(name, []).append(call)

    def of(self, call: LibraryCall, seen: LibraryCall | None = None) -> list[str]:
        """Full paths of a pattern or of a router's prefix; an unknown part is an ellipsis.

        `seen` is the call as seen from that of a wrapper around it, which says the rule.
        """
        key = (call.body.name, call.location.line, call.location.column, call.dotted)
        above = self._above([str(key), *sorted(map(identity, call.receivers)), call.body.info.module.name], 0, ())
        return sorted({f"/{f'{outer}{own}'.lstrip('/')}" for outer in above for own in _own(seen or call)})[:_MOST]

    def _above(self, names: list[str], depth: int, trail: tuple[str, ...]) -> list[str]:
        for name in names:
            parents = self._parents.get(name)
            if not parents or depth > _DEEPEST or name in trail:
                continue
            found: set[str] = set()
            for parent in parents:
                key = (parent.body.name, parent.location.line, parent.location.column, parent.dotted)
                around = [str(key), parent.body.info.module.name]
                for outer in self._above(around, depth + 1, (*trail, name)):
                    found.update(f"{outer}{own}" for own in _own(parent))
            return sorted(found)[:_MOST]
        return [""]

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
                case Lib() if identity(value):
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


def parameters_of(path: str) -> list[JsonValue]:
    """The variables of a path in order, each with its converter; `str` where none is written."""
    return [{"name": found["name"], "converter": found["converter"] or "str"} for found in _VARIABLE.finditer(path)]


def _own(call: LibraryCall) -> list[str]:
    word = "prefix" if call.dotted == REGISTER else "route" if call.dotted == PATTERNS[0] else "regex"
    written = texts(call.argument(0, word)) or [UNKNOWN_PART]
    if call.dotted == REGISTER:
        return [f"{_without_groups(text).strip('/')}/" for text in written]
    return [text if call.dotted == PATTERNS[0] else _without_groups(text) for text in written]


def _without_groups(regex: str) -> str:
    """A regular expression as a path: named groups as variables, anchors dropped."""
    text = regex.removeprefix("^").removesuffix("$")
    result: list[str] = []
    position = 0
    while found := _GROUP.search(text, position):
        result.append(text[position : found.start()])
        position = _end_of_group(text, found.end())
        result.append(f"<{found[1]}>")
    return "".join([*result, text[position:]])


def _end_of_group(text: str, position: int) -> int:
    depth = 1
    while position < len(text) and depth:
        if text[position] == "\\":
            position += 1
        elif text[position] == "(":
            depth += 1
        elif text[position] == ")":
            depth -= 1
        position += 1
    return position
