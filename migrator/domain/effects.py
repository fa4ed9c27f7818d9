"""What running a function can cause."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from migrator.domain.locations import Location


class Effect(StrEnum):
    """One thing that a function can do to the world outside its call."""

    PROCESS_STATE_WRITE = "process-state-write"
    PROCESS_STATE_READ = "process-state-read"
    MEMOIZE = "memoize"
    LOCAL_DISK_WRITE = "local-disk-write"
    LOCAL_DISK_READ = "local-disk-read"
    TEMP_DISK = "temp-disk"
    BACKGROUND = "background"
    SUBPROCESS = "subprocess"
    UNBOUNDED = "unbounded"
    DATABASE = "database"
    CACHE = "cache"
    OBJECT_STORAGE = "object-storage"
    ENQUEUE = "enqueue"
    EMAIL = "email"
    HTTP_OUT = "http-out"
    REQUEST_CONTEXT = "request-context"
    ENVIRONMENT = "environment"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why the analyzer says so: a place, a reason, and the way from the candidate to it.

    Attributes:
        location: the line that causes the effect.
        reason: one phrase, such as `requests.get sends an HTTP request`.
        chain: qualified names from the candidate (first) to the function that holds `location` (last).
        changes: whether it is known to change something outside, so that a second run does it again:
            a row inserted, a message sent; not a query.
    """

    location: Location
    reason: str
    chain: tuple[str, ...] = ()
    changes: bool = False


@dataclass(frozen=True, slots=True)
class EffectFinding:
    """An effect of a candidate with at least one piece of evidence."""

    effect: Effect
    evidence: tuple[Evidence, ...]
