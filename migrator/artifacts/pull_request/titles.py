"""The title of a pull request: one line that says what it does, whatever the function is called.

In: a stage and a candidate's or a route's name. Out: text without anything invisible in it, of a length that forges take.
"""

from __future__ import annotations

from collections.abc import Mapping

from migrator.domain.pull_requests import Stage
from migrator.markdown import one_line

LONGEST = 255
"""Characters. GitLab: "Issuable-like Rails models utilities", read 2026-11; GitHub takes one more."""

_WORDING: Mapping[Stage, str] = {
    Stage.MOVE: "Move {name} to Lambda (weight 0)",
    Stage.WEIGHT: "Shift traffic of {name}",
    Stage.CLEAN_UP: "Remove {name} from legacy",
    Stage.BACK: "Give {name} back to legacy",
}


_UNROUTED = "Move {name} to Lambda (nothing leads to it yet)"


def title(stage: Stage, name: str, *, routed: bool = True) -> str:
    """The title; a name that is too long is cut in its middle, since both of its ends tell it from others.

    Args:
        routed: of a move, whether there are routes, which are at weight 0.
    """
    wording = _WORDING[stage] if routed or stage is not Stage.MOVE else _UNROUTED
    return wording.format(name=_cut(one_line(name), LONGEST - len(wording) + len("{name}")))


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    head = (most - 1) // 2
    return f"{text[:head]}…{text[-(most - 1 - head) :]}"
