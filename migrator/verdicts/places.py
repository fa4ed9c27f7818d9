"""The places of an analysis that something is to be said about, each once, however many candidates reach it.

In: an `Analysis`. Out: `Place`s, what blocks most candidates first, each with a fingerprint that stays the same while lines
move. How they are shown is left to `migrator.cli.formats`; a baseline keeps their fingerprints.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from migrator.domain.assessments import Analysis, Assessment, FindingKind, HazardKind
from migrator.domain.effects import Effect
from migrator.domain.locations import Location
from migrator.domain.reports import KeptFile
from migrator.verdicts.policy import BLOCKERS

Rule: TypeAlias = Effect | HazardKind | FindingKind
"""What a place is an instance of."""

_DIGITS = 10  # of a fingerprint in a baseline: 40 bits tell the places of one file and rule apart
_LINE = re.compile(r":\d+")
# What follows in the reason of a hazard names other places, and counts them.
_ASIDE = re.compile(r"[,(]")


@dataclass(frozen=True, slots=True)
class Reached:
    """A candidate that reaches a place.

    Attributes:
        chain: qualified names from the candidate (first) to the function that holds the place (last).
    """

    candidate: Assessment
    chain: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """One place and what is there.

    Attributes:
        reason: one phrase.
        reached: by which candidates, the one to move first at the head; empty for a finding.
        fingerprint: 64 hexadecimal digits, of the rule, the function that holds the place and the reason: not of lines.
    """

    rule: Rule
    location: Location
    reason: str
    reached: tuple[Reached, ...]
    fingerprint: str

    @property
    def blocks(self) -> bool:
        """Whether a candidate cannot move while it is there."""
        return self.rule in BLOCKERS

    @property
    def kept(self) -> str:
        """As a baseline keeps it: the rule, and as much of the fingerprint as tells it from others of its file."""
        return f"{self.rule.value} {self.fingerprint[:_DIGITS]}"


@dataclass(slots=True)
class _Group:
    rule: Rule
    location: Location
    reason: str
    identity: tuple[str, ...]
    reached: list[Reached] = field(default_factory=list)


def places_of(analysis: Analysis) -> tuple[Place, ...]:
    """All of them: blockers, other effects, hazards, findings; of each, those that most candidates reach first."""
    groups = sorted(_groups(analysis), key=lambda group: (group.location, group.reason))
    times: dict[tuple[str, ...], int] = {}
    found = []
    for group in groups:
        number = times[group.identity] = times.get(group.identity, 0) + 1
        said = "\0".join((group.rule.value, *group.identity, str(number)))
        fingerprint = hashlib.sha256(said.encode("utf-8", "backslashreplace")).hexdigest()
        found.append(Place(group.rule, group.location, group.reason, tuple(group.reached), fingerprint))
    return tuple(sorted(found, key=_order))


def kept_files(places: Sequence[Place]) -> tuple[KeptFile, ...]:
    """As a baseline keeps them: by path."""
    by_path: dict[str, list[str]] = {}
    for place in places:
        by_path.setdefault(place.location.path, []).append(place.kept)
    return tuple(KeptFile(path, tuple(sorted(by_path[path]))) for path in sorted(by_path))


def _groups(analysis: Analysis) -> Iterator[_Group]:
    groups: dict[tuple[Rule, Location, str], _Group] = {}
    for item in sorted(analysis.candidates, key=lambda item: item.rank):
        for finding in item.effects:
            for evidence in finding.evidence:
                key = (finding.effect, evidence.location, evidence.reason)
                holder = evidence.chain[-1] if evidence.chain else item.name
                group = groups.get(key)
                if group is None:
                    identity = (finding.effect.value, holder, _LINE.sub("", evidence.reason))
                    group = groups[key] = _Group(*key, identity)
                group.reached.append(Reached(item, evidence.chain))
        for hazard in item.hazards:
            key_of_hazard = (hazard.kind, hazard.location, "")
            group = groups.get(key_of_hazard)
            if group is None:
                head = _LINE.sub("", _ASIDE.split(hazard.reason, maxsplit=1)[0])
                identity = (hazard.kind.value, hazard.location.path, head)
                group = groups[key_of_hazard] = _Group(hazard.kind, hazard.location, hazard.reason, identity)
            group.reached.append(Reached(item))
    yield from groups.values()
    for each in analysis.findings:
        identity = (each.kind.value, each.location.path, _LINE.sub("", each.reason))
        yield _Group(each.kind, each.location, each.reason, identity)


def _order(place: Place) -> tuple[object, ...]:
    kinds = (Effect, HazardKind, FindingKind)
    kind = next(number for number, each in enumerate(kinds) if isinstance(place.rule, each))
    return not place.blocks, kind, -len(place.reached), place.location, place.rule.value, place.reason
