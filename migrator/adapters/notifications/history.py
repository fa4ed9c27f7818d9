"""The transitions in a history.

In: a state, its history, how far somebody has come. Out: one notification for each change of the phase or of the step, and
for each alert that begins, oldest first. What gates say from look to look is no transition.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from migrator.domain.messages import Notification
from migrator.domain.rollouts import HistoryEntry, Phase, RolloutState
from migrator.rollout.proposing import ALERT


def transitions(state: RolloutState, lines: Sequence[HistoryEntry], done: int) -> tuple[Notification, ...]:
    """What is to be told yet.

    Args:
        lines: all of the route; those that came after the state was read are left for the next time.
        done: lines that were worked through already. 0 says that nobody was told of this route ever: then the present
            revision is told, and not the years before.
    """
    lines = lines[: state.history_length]
    revisions = _revisions(state.revision, lines)
    first = done if done else _beginning(lines)
    return tuple(
        _told(state.route, revisions[at], at, lines)
        for at in range(first, len(lines))
        if at == 0 or _is_news(lines[at - 1], lines[at])
    )


def _is_news(before: HistoryEntry, line: HistoryEntry) -> bool:
    if (line.phase, line.step) != (before.phase, before.step):
        return True
    return line.reason.startswith(ALERT) and not before.reason.startswith(ALERT)


def _told(route: str, revision: int, at: int, lines: Sequence[HistoryEntry]) -> Notification:
    line = lines[at]
    return Notification(
        id=f"{route}/{revision}/{at + 1}",
        route=route,
        revision=revision,
        number=at + 1,
        at=line.at,
        phase=line.phase,
        step=line.step,
        weight=line.weight,
        reason=line.reason,
        before=lines[at - 1].phase if at else None,
        gates=line.gates,
    )


def _begins(before: HistoryEntry, line: HistoryEntry) -> bool:
    """Whether a revision begins: only after a rollback does another one."""
    return line.phase is Phase.PENDING and before.phase is Phase.ROLLED_BACK


def _revisions(last: int, lines: Sequence[HistoryEntry]) -> Sequence[int]:
    """The revision of each line, counted back from the present one."""
    found = [last]
    for before, line in reversed(list(pairwise(lines))):
        found.append(found[-1] - _begins(before, line))
    return found[::-1]


def _beginning(lines: Sequence[HistoryEntry]) -> int:
    """Where the present revision begins."""
    return max((at for at in range(1, len(lines)) if _begins(lines[at - 1], lines[at])), default=0)
