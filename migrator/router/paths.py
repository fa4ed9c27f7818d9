"""Path templates: what two of them have in common, and which of two is the more specific.

In: a template such as `/api/tax/{country}`. Out: its shape and its rank. How a plane matches it is left to the plane.
"""

from __future__ import annotations

import re

_PARAMETER = re.compile(r"\{[^/{}]*\}")


def parts_of(template: str) -> tuple[str | None, ...]:
    """The parts between the slashes; None for a parameter."""
    return tuple(None if _PARAMETER.fullmatch(part) else part for part in template[1:].split("/"))


def shape_of(template: str) -> str:
    """Equal for templates that match the same paths: parameters lose their names."""
    return "/" + "/".join("{}" if part is None else part for part in parts_of(template))


def rank_of(template: str) -> tuple[tuple[int, str], ...]:
    """Sorts the more specific first: from the left, a word before a parameter."""
    return tuple((1, "") if part is None else (0, part) for part in parts_of(template))
