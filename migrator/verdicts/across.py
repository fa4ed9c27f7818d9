"""What repositories that are looked at together add up to and have in common.

In: a `Report`. Out: a `Fleet`. One repository's own verdicts and ranking are `assessing`'s and `ranking`'s.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from migrator.domain.assessments import Analysis, Assessment, Verdict
from migrator.domain.effects import Effect, Evidence
from migrator.domain.fleets import Fleet, SharedCause, SharedLibrary, Sums
from migrator.domain.reports import Report
from migrator.verdicts.advice import mend_for
from migrator.verdicts.policy import BLOCKERS

_SEVERAL = 2  # repositories from which on something is shared
_UNKNOWN = "nothing is known of the library "  # how the model begins the reason of such an unresolved call


@dataclass(slots=True)
class _Count:
    """Who has something: roots in their order, how many candidates, and of how many of them one thing more is true."""

    roots: dict[str, None] = field(default_factory=dict)
    candidates: int = 0
    special: int = 0

    def add(self, root: str, *, special: bool) -> None:
        self.roots[root] = None
        self.candidates += 1
        self.special += special


def fleet_of(report: Report) -> Fleet:
    """The report's analyses with their sums and what several of them share."""
    return Fleet(
        repositories=report.analyses,
        failed=report.failed,
        sums=_sums(report.analyses),
        causes=_causes(report.analyses),
        libraries=_libraries(report.analyses),
    )


def _sums(analyses: Iterable[Analysis]) -> Sums:
    analyses = tuple(analyses)
    verdicts = Counter(item.verdict for analysis in analyses for item in analysis.candidates)
    return Sums(
        repositories=len(analyses),
        files=sum(analysis.files for analysis in analyses),
        lines=sum(analysis.lines for analysis in analyses),
        skipped=sum(len(analysis.skipped) for analysis in analyses),
        candidates=sum(len(analysis.candidates) for analysis in analyses),
        verdicts={verdict: verdicts[verdict] for verdict in Verdict},
    )


def _causes(analyses: Iterable[Analysis]) -> tuple[SharedCause, ...]:
    counts: dict[tuple[Effect, str], _Count] = {}
    examples: dict[tuple[Effect, str], Evidence] = {}
    for analysis in analyses:
        for item in analysis.candidates:
            blocking = {
                (finding.effect, evidence.reason): evidence
                for finding in item.effects
                if finding.effect in BLOCKERS
                for evidence in finding.evidence
            }
            for cause, evidence in blocking.items():
                counts.setdefault(cause, _Count()).add(analysis.root, special=len(blocking) == 1)
                examples.setdefault(cause, evidence)
    found = []
    for (effect, reason), counted in counts.items():
        if len(counted.roots) >= _SEVERAL:
            mend = mend_for(effect, examples[effect, reason])
            title = mend.title if mend is not None else ""
            found.append(SharedCause(effect, reason, title, tuple(counted.roots), counted.candidates, counted.special))
    found.sort(key=lambda one: (-len(one.repositories), -one.frees, -one.candidates, one.effect, one.reason))
    return tuple(found)


def _libraries(analyses: Iterable[Analysis]) -> tuple[SharedLibrary, ...]:
    counts: dict[str, _Count] = {}
    for analysis in analyses:
        for item in analysis.candidates:
            unknown = _unknown_libraries(item)
            for name in {*item.reach.libraries, *unknown} - sys.stdlib_module_names:
                counts.setdefault(name, _Count()).add(analysis.root, special=name in unknown)
    found = [
        SharedLibrary(name, tuple(counted.roots), counted.candidates, counted.special)
        for name, counted in counts.items()
        if len(counted.roots) >= _SEVERAL
    ]
    found.sort(key=lambda one: (not one.unknown, -len(one.repositories), -one.unknown, -one.candidates, one.name))
    return tuple(found)


def _unknown_libraries(item: Assessment) -> frozenset[str]:
    """Top-level modules of which the analyzer was told nothing, and that the candidate calls."""
    reasons = {call.reason for call in item.unresolved}
    return frozenset(reason.removeprefix(_UNKNOWN) for reason in reasons if reason.startswith(_UNKNOWN))
