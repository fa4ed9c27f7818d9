"""Fences of shifts: whether one passes, and how it is noted beside a plane.

In: the fence of a shift, the noted one, the weights. Out: the fence to note, or `Fenced`. Where it is noted, and that
nobody shifts between the look and the change, is each plane's to see to.
"""

from __future__ import annotations

import math
from typing import Final

from migrator.domain.routes import Weight
from migrator.rollout.ports import Fence, Fenced

LOWEST: Final = Fence(0.0, 0)
"""Of a shift that only takes traffic off on behalf of another route: it passes for that, and no noted fence is lost."""


def passed(
    route: str, fence: Fence | None, noted: Fence | None, *, wanted: Weight, live: Weight | None
) -> Fence | None:
    """The fence to note with a shift; None for none.

    Args:
        wanted: as the plane will have it, which may be the rounded one.
        live: None where something else than a weight of the route is live.

    Raises:
        Fenced: the fence is below the noted one, and the weight above the live one.
    """
    if fence is None or noted is None or fence >= noted:
        return fence
    if wanted.canary > (live.canary if live is not None else 0.0):
        raise Fenced(route, fence, noted)
    return noted


def fence_text(fence: Fence | None) -> str:
    """A fence as it is noted, such as `1700000000.25:7`; empty for none. Digits, signs, `.`, `:` and `e` only."""
    return "" if fence is None else f"{fence.started!r}:{fence.version}"


def fence_in(text: object) -> Fence | None:
    """The fence that a text says; None where it says none."""
    started, _, version = text.partition(":") if isinstance(text, str) else ("", "", "")
    try:
        fence = Fence(float(started), int(version))
    except ValueError:
        return None
    return fence if math.isfinite(fence.started) else None
