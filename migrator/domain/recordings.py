"""What reading recorded traffic came to: which files were read, how much of them, and what no candidate answers to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from migrator.domain.triggers import TriggerKind


@dataclass(frozen=True, slots=True)
class Damage:
    """A part of a log that could not be read.

    Attributes:
        line: from 1.
        reason: what is wrong with it.
    """

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class LogFile:
    """One file of recorded traffic.

    Attributes:
        path: as the user named it, or `-` for standard input.
        format: what it was read as; empty where it is empty or passed over.
        lines: that were read, empty ones left out.
        records: calls that they told of.
        other: lines that are whole and tell of no call.
        damaged: lines that could not be read.
        first_damage: the first of those.
        passed_over: why nothing of a file in a folder was read; empty where it was.
    """

    path: str
    format: str = ""
    lines: int = 0
    records: int = 0
    other: int = 0
    damaged: int = 0
    first_damage: Damage | None = None
    passed_over: str = ""


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Calls of one kind that no candidate answers to.

    Attributes:
        calls: of that kind in all.
        unmatched: how many of them have no candidate.
        aside: how many are no call of any function: preflight requests, redirects to another spelling of the path.
        most_frequent: the most frequent of the unmatched, by path or name, with how often each came; parts of a path
            that look like a key are written `*`.
        prefix: the begin of a path without which most of the unmatched would have a candidate; empty where there is none.
        below: how many of them.
    """

    calls: int = 0
    unmatched: int = 0
    aside: int = 0
    most_frequent: tuple[tuple[str, int], ...] = ()
    prefix: str = ""
    below: int = 0

    @property
    def share(self) -> float:
        """Of the calls that some function may have answered, 0 to 1."""
        answered = self.calls - self.aside
        return self.unmatched / answered if answered else 0.0


@dataclass(frozen=True, slots=True)
class TrafficSummary:
    """What was read, for whoever has to judge how far the figures carry.

    Attributes:
        files: in the order in which they were read.
        days: that the records of each format cover; see `migrator.verdicts.recorded.coverage`.
        timeless: formats whose records tell no time, so that their calls count as those of one day.
        nameless: runs of which the log does not say what was run.
        told: how many candidates the logs tell of.
        untold: how many they do not, by the kinds of their events; one with several counts for each.
    """

    files: tuple[LogFile, ...] = ()
    requests: Unmatched = Unmatched()
    runs: Unmatched = Unmatched()
    days: Mapping[str, float] = field(default_factory=dict)
    timeless: tuple[str, ...] = ()
    nameless: int = 0
    told: int = 0
    untold: Mapping[TriggerKind, int] = field(default_factory=dict)
