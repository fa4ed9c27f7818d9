"""Finds the assessment that a user means by a name.

In: assessments and what somebody typed. Out: one assessment, or a `UsageError` that offers the nearest names.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from migrator.domain.assessments import Assessment
from migrator.errors import UsageError

_OFFERED = 5  # names offered at most
_SIMILAR = 0.5  # difflib's measure, 0 to 1


def find(candidates: Sequence[Assessment], name: str) -> Assessment:
    """The candidate with that name, or the only one whose name ends in it at a dot.

    Raises:
        UsageError: no candidate, or several, answer to the name.
    """
    exact = [candidate for candidate in candidates if candidate.name == name]
    if exact:
        return exact[0]
    ending = [candidate for candidate in candidates if name and candidate.name.endswith(f".{name}")]
    if len(ending) == 1:
        return ending[0]
    if ending:
        names = sorted(candidate.name for candidate in ending)
        raise UsageError(f"{name!r} is the end of {len(ending)} candidates' names", hint=f"did you mean {_or(names)}?")
    nearest = nearest_names([candidate.name for candidate in candidates], name)
    raise UsageError(
        f"there is no candidate {name!r}",
        hint=f"did you mean {_or(nearest)}?" if nearest else "`migrator analyze PATH --all` lists the candidates",
    )


def nearest_names(names: Sequence[str], wanted: str) -> list[str]:
    """The names most like the wanted one, as a whole or in as many last parts as it has, best first."""
    depth = wanted.count(".") + 1

    def likeness(name: str) -> float:
        tail = ".".join(name.split(".")[-depth:])
        return max(difflib.SequenceMatcher(None, wanted, text).ratio() for text in (name, tail))

    scored = sorted(((likeness(name), name) for name in names), key=lambda pair: (-pair[0], pair[1]))
    return [name for score, name in scored[:_OFFERED] if score >= _SIMILAR]


def _or(names: Sequence[str]) -> str:
    shown = list(names[:_OFFERED])
    if len(names) > _OFFERED:
        return ", ".join(shown) + f", or one of {len(names) - _OFFERED} more"
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + f" or {shown[-1]}"
