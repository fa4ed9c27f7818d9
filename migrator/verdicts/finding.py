"""Finds the assessment that a user means by a name.

In: assessments and what somebody typed. Out: one assessment, or an error: a `UsageError`
that offers the nearest names, an `InputError` where the file that the name points to could not be read.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from migrator.domain.assessments import Assessment, Skipped
from migrator.errors import InputError, UsageError

_OFFERED = 5  # names offered at most
_SIMILAR = 0.5  # difflib's measure, 0 to 1


def find(candidates: Sequence[Assessment], name: str, skipped: Sequence[Skipped] = ()) -> Assessment:
    """The candidate with that name, or the only one whose name ends in it at a dot.

    Args:
        skipped: files that the analysis could not read.

    Raises:
        UsageError: no candidate, or several, answer to the name.
        InputError: the name is that of something in a file that could not be read.
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
    for entry in skipped:
        if _lies_in(name, entry.path):
            raise InputError(
                f"{name!r} cannot be looked for, since this file could not be read: {entry.reason}",
                hint="mend the file, then try again",
                location=f"{entry.path}:{entry.line}:{entry.column}",
            )
    nearest = nearest_names([candidate.name for candidate in candidates], name)
    hint = f"did you mean {_or(nearest)}?" if nearest else "`migrator analyze PATH --all` lists the candidates"
    unread = sorted({entry.path for entry in skipped})
    raise UsageError(
        f"there is no candidate {name!r}",
        hint=hint + (f" (files that could not be read have none: {', '.join(unread[:_OFFERED])})" if unread else ""),
    )


def _lies_in(name: str, path: str) -> bool:
    """Whether a dotted name is one of a module in a file, whichever folder above the file is the import root."""
    parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
    return any(name.startswith(".".join([*parts[depth:], ""])) for depth in range(len(parts)))


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
