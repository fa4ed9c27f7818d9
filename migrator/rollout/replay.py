"""Replays an audit log: takes every look through the same rules again and says where something else comes out.

In: audit entries, oldest first. Out: one `Replayed` an entry. Nothing is read or written.

A replay on the machine that made the log gives the same bits. Another machine's mathematical functions may round
otherwise in the last place, which shows in the digest and not in what was decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from migrator.domain.looks import AuditEntry, AuditEvent, Request
from migrator.domain.rollouts import RolloutState
from migrator.errors import MigratorError
from migrator.rollout import requests
from migrator.rollout.decisions import action_text
from migrator.rollout.transitions import digest_of, looked, read_back, rolled_back_by


@dataclass(frozen=True, slots=True)
class Replayed:
    """An entry, and what came out of it again.

    Attributes:
        differs: what is otherwise, in words, or an empty string.
    """

    entry: AuditEntry
    state: RolloutState | None
    differs: str = ""


def replayed(entries: Iterable[AuditEntry]) -> Iterator[Replayed]:
    """Every entry, recomputed from those before it.

    After one that differs the replay goes on from what was computed, so that what follows from it shows too.
    """
    state: RolloutState | None = None
    for entry in entries:
        before = state
        try:
            state, action = _again(before, entry)
        except MigratorError as error:
            yield Replayed(entry, before, f"cannot be replayed: {error}")
            continue
        yield Replayed(entry, state, _difference(entry, state, action))


def _again(state: RolloutState | None, entry: AuditEntry) -> tuple[RolloutState | None, str]:
    """The state after an entry, and the action that is decided."""
    if entry.begun is not None:
        state = entry.begun
    if state is None or entry.event is AuditEvent.BEGUN:
        return state, entry.action
    if entry.event is AuditEvent.READ_BACK and entry.confirmed is not None:
        return read_back(state, entry.confirmed, entry.mark), entry.action
    if entry.look is None:
        return state, entry.action
    if entry.event is AuditEvent.LOOKED:
        after, decision = looked(state, entry.look)
        return after, action_text(decision.action)
    if entry.request is Request.ROLLBACK:
        after, decision = rolled_back_by(state, entry.look, entry.reason)
        return after, action_text(decision.action)
    if entry.request is not None:
        return requests.granted(state, entry.request, entry.reason, entry.look.now, force=entry.force), entry.action
    return state, entry.action


def _difference(entry: AuditEntry, state: RolloutState | None, action: str) -> str:
    if state is None:
        return "what the log begins with is missing"
    if action != entry.action:
        return f"{action} is decided now, {entry.action} was decided then"
    if digest_of(state) != entry.digest:
        return "the record that follows is another one"
    return ""
