"""Paths as Django's `path` and Starlette's routes write them: a variable has a name and perhaps a type.

In: the text of a path, with the pattern of its variables. Out: the parts of a `PathRule`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from migrator.artifacts.paths import Part, Variable
from migrator.domain.locations import Location
from migrator.errors import Refused

# What API Gateway takes in a route beside its variables.
_LITERAL = re.compile(r"[A-Za-z0-9\-._~!$&'()*,;=:@/]*")


@dataclass(frozen=True, slots=True)
class PathType:
    """A type of a variable.

    Attributes:
        pattern: regular expression of the text.
        many: whether it spans slashes.
    """

    pattern: str
    hits: tuple[str, ...]
    misses: tuple[str, ...] = ()
    many: bool = False


_WORDS = ("sample", "A-1", "with space", "Größe", "%41")
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_IDS = ("2f1f6c0e-8d5b-4a53-9a3c-0c4d0f4b1a77",)
_PATH = ("one/two", "one", "zwei drei/2")
DJANGO_TYPES: Mapping[str, PathType] = {
    "str": PathType("[^/]+", _WORDS),
    "int": PathType("[0-9]+", ("7", "0", "1999", "123456"), ("no-number",)),
    "slug": PathType("[-a-zA-Z0-9_]+", ("sample", "A-1", "b_2"), ("no slug",)),
    "uuid": PathType(_UUID, _IDS, ("not-a-uuid",)),
    "path": PathType(".+", _PATH, many=True),
}
STARLETTE_TYPES: Mapping[str, PathType] = {
    "str": PathType("[^/]+", _WORDS),
    "int": PathType("[0-9]+", ("7", "0", "1999"), ("no-number",)),
    "float": PathType(r"[0-9]+(?:\.[0-9]+)?", ("7.5", "3"), ("no-number",)),
    "uuid": PathType(_UUID, _IDS, ("not-a-uuid",)),
    "path": PathType(".*", _PATH, many=True),
}


def typed_parts(
    text: str, variable: re.Pattern[str], types: Mapping[str, PathType], place: Location
) -> tuple[Part, ...]:
    """The parts of a path.

    Args:
        variable: finds variables; its groups are `name` and `type`.

    Raises:
        Refused: a type of the application's own, or a text that API Gateway does not take.
    """
    parts: list[Part] = []
    position = 0
    for found in variable.finditer(text):
        parts += [_literal(text[position : found.start()], place), _typed(found, types, place)]
        position = found.end()
    parts.append(_literal(text[position:], place))
    kept = tuple(part for part in parts if part != "")
    names = [part.name for part in kept if isinstance(part, Variable)]
    if len(set(names)) != len(names):
        raise Refused("a variable's name stands twice in the route", location=str(place))
    return kept


def _typed(found: re.Match[str], types: Mapping[str, PathType], place: Location) -> Variable:
    kind = types.get(found["type"] or "str")
    if kind is None:
        raise Refused(
            f"the type {found['type']!r} of a variable is the application's own; a handler cannot repeat it yet",
            hint=f"use one of {', '.join(types)}",
            location=str(place),
        )
    return Variable(found["name"], kind.pattern, hits=kind.hits, misses=kind.misses, many=kind.many)


def _literal(text: str, place: Location) -> str:
    if _LITERAL.fullmatch(text) is None:
        raise Refused(
            f"API Gateway takes no route with {text!r} in it",
            hint="only letters, digits and -._~!$&'()*,;=:@ may stand beside the variables",
            location=str(place),
        )
    return text
