"""Counts recorded calls by candidate, over all logs of a run and over all applications of it.

In: the candidates of one application or several; records of each format. Out: usages by candidate, and what no candidate
answers to. A call that candidates of two applications answer to counts for both: a log seldom says which one it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from migrator.domain.assessments import Assessment
from migrator.domain.recordings import Unmatched
from migrator.domain.records import Record, Request, Run
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.domain.usage import Usage
from migrator.verdicts.recorded.coverage import MOST_SLOTS, SLOT_S, days_of
from migrator.verdicts.recorded.frequent import Frequent
from migrator.verdicts.recorded.matching import Matcher, NoCall
from migrator.verdicts.recorded.tallies import Tally, Told, usage_of
from migrator.verdicts.recorded.targets import shape_of, shortened

_SHOWN: Final = 5
_HTTP: Final = "http"


@dataclass(slots=True)
class _Format:
    """What was counted of one format: tallies by application, candidate, and whether these were requests."""

    name: str
    whole_of: str
    slots: set[int] = field(default_factory=set)
    timeless: bool = False
    tallies: dict[tuple[int, int, bool], Tally] = field(default_factory=dict)


@dataclass(slots=True)
class _Missed:
    """Calls of one kind."""

    calls: int = 0
    unmatched: int = 0
    aside: int = 0
    frequent: Frequent = field(default_factory=Frequent)
    prefixes: Frequent = field(default_factory=Frequent)

    def summary(self) -> Unmatched:
        prefix, below = next(iter(self.prefixes.first(1)), ("", 0))
        return Unmatched(self.calls, self.unmatched, self.aside, self.frequent.first(_SHOWN), prefix, below)


class Counting:
    """Counts of one run.

    Args:
        applications: the candidates of each.
    """

    def __init__(self, applications: Sequence[Sequence[Assessment]]) -> None:
        self._applications = applications
        self._matchers = [Matcher(candidates) for candidates in applications]
        self._formats: dict[str, _Format] = {}
        self._requests, self._runs = _Missed(), _Missed()

    def taker(self, name: str, whole_of: str) -> Callable[[Record], None]:
        """What takes the records of a format, one by one.

        Args:
            name: of the format.
            whole_of: of which calls its logs have each one: `http`, the name of a task queue, or nothing.
        """
        kept = self._formats.setdefault(name, _Format(name, whole_of))
        slots, tallies, matchers = kept.slots, kept.tallies, [*enumerate(self._matchers)]

        def take(record: Record) -> None:
            if record.at is None:
                kept.timeless = True
            else:
                slot = int(record.at) // SLOT_S
                if slot not in slots and len(slots) < MOST_SLOTS:
                    slots.add(slot)
            is_request = isinstance(record, Request)
            missed = self._requests if is_request else self._runs
            missed.calls += 1
            found = aside = False
            for application, matcher in matchers:
                match = matcher.request(record) if isinstance(record, Request) else matcher.run(record)
                if isinstance(match, NoCall):
                    aside = aside or match is NoCall.ASIDE
                    continue
                found = True
                for candidate in match:
                    key = (application, candidate, is_request)
                    tally = tallies.get(key)
                    if tally is None:
                        tally = tallies[key] = Tally()
                    tally.add(record)
            if not found:
                _miss(missed, record, aside, self._matchers)

        return take

    def usages(self, application: int) -> Mapping[str, Usage]:
        """What is known of the candidates of an application, by name.

        A candidate without a call has a usage of none where the logs would have told of one: they have each call of
        its kind, and other candidates of the kind in them.
        """
        told: dict[int, list[Told]] = {}
        for kept in self._formats.values():
            days = days_of(kept.slots)
            for (of, candidate, requests), tally in kept.tallies.items():
                if of == application:
                    told.setdefault(candidate, []).append(Told(kept.name, days, requests, tally))
        whole = [
            kept
            for kept in self._formats.values()
            if kept.whole_of and any(key[0] == application for key in kept.tallies)
        ]
        usages: dict[str, Usage] = {}
        for number, item in enumerate(self._applications[application]):
            if number in told:
                usages[item.name] = usage_of(told[number])
            elif silent := sorted(kept.name for kept in whole if _would_tell(kept.whole_of, item.triggers)):
                usages[item.name] = Usage(0, 0.0, sources=tuple(silent))
        return usages

    @property
    def requests(self) -> Unmatched:
        """What came over HTTP."""
        return self._requests.summary()

    @property
    def runs(self) -> Unmatched:
        """What workers ran."""
        return self._runs.summary()

    @property
    def days(self) -> Mapping[str, float]:
        """Days that the records of each format cover."""
        return {name: round(days_of(kept.slots), 3) for name, kept in sorted(self._formats.items())}

    @property
    def timeless(self) -> tuple[str, ...]:
        """Formats whose records tell no time."""
        return tuple(sorted(kept.name for kept in self._formats.values() if kept.timeless and not kept.slots))


def _would_tell(whole_of: str, triggers: Sequence[Trigger]) -> bool:
    """Whether each run of a candidate is in a log that has all calls of a kind."""
    if whole_of == _HTTP:
        return all(trigger.kind is TriggerKind.HTTP for trigger in triggers)
    return all(trigger.framework.split(" ")[0] == whole_of for trigger in triggers)


def _miss(missed: _Missed, record: Request | Run, aside: bool, matchers: Sequence[Matcher]) -> None:
    if aside:
        missed.aside += 1
        return
    missed.unmatched += 1
    if isinstance(record, Request):
        shape = shape_of(record.method, record.target) if record.target or not record.route else ""
        missed.frequent.add(shape or shortened(f"{record.method} {record.route}"))
        if prefix := next(filter(None, (matcher.prefix(record) for matcher in matchers)), ""):
            missed.prefixes.add(shortened(prefix))
    else:
        missed.frequent.add(shortened(record.names[0]))
