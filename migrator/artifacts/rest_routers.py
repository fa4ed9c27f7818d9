"""Paths that a router of Django REST framework gives to one method of a view set.

In: the registration with the router. Out: `RouterPath` values. The analyzer says the path, and what its variables may
be; here those that name an object get the types that fronts know them by.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from migrator.artifacts.typed_paths import PathType
from migrator.plan import Registration

# As routers of the framework write it: one part of a path, without a dot, which would begin a format.
OBJECT = PathType("[^/.]+", ("7", "sample"))
# A router of the project's own may write several parts.
OBJECTS = PathType(".+", ("7", "one/two"), many=True)
LOOKUP, LOOKUPS = "one_object", "some_object"
"""Types of the variables that a path of a router has."""

_TYPES: Mapping[object, str] = {OBJECT.pattern: LOOKUP, OBJECTS.pattern: LOOKUPS}
_UNTYPED = re.compile(r"<(\w+)>")
_PERHAPS = "/?"


@dataclass(frozen=True, slots=True)
class RouterPath:
    """One path.

    Attributes:
        text: as Django's `path` takes it, with the slash at its beginning.
        known: whether an example of it is sure to be answered, which depends on the objects that there are.
    """

    text: str
    known: bool


def router_paths(registration: Registration) -> Iterator[RouterPath]:
    """Each path of one registration with a router."""
    detail = registration.trigger.detail
    variables = detail.get("parameters")
    types = {
        each["name"]: _TYPES[each["converter"]]
        for each in (variables if isinstance(variables, list | tuple) else ())
        if isinstance(each, Mapping) and each.get("converter") in _TYPES
    }
    whole = str(detail.get("path", ""))
    typed = _UNTYPED.sub(lambda found: f"<{types[found[1]]}:{found[1]}>" if found[1] in types else found[0], whole)
    if typed.endswith(_PERHAPS):
        yield RouterPath(typed.removesuffix(_PERHAPS), typed == whole)
    yield RouterPath(typed.removesuffix("?"), typed == whole)
