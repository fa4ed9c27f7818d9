"""The mend that fits each blocker, from the table in `advice.toml`.

In: effects with evidence, and hazards. Out: advice with the lines it is about. Nothing here decides a verdict.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from migrator.domain.assessments import Advice, Hazard, HazardKind, Unresolved, Verdict
from migrator.domain.effects import Effect, EffectFinding, Evidence
from migrator.verdicts.policy import BLOCKERS

_MOST_LINES = 5  # lines named in one advice; the evidence has them all


@dataclass(frozen=True, slots=True)
class Mend:
    """One row of the table.

    Attributes:
        words: it fits evidence whose reason has one of them; empty fits any.
    """

    effect: Effect
    words: tuple[str, ...]
    title: str
    detail: str

    def fits(self, effect: Effect, evidence: Evidence) -> bool:
        """Whether this row speaks about the evidence."""
        return self.effect is effect and (not self.words or any(word in evidence.reason for word in self.words))


@dataclass(frozen=True, slots=True)
class Care:
    """What to do about a kind of hazard."""

    kind: HazardKind
    title: str
    detail: str


def advise(
    verdict: Verdict,
    effects: Sequence[EffectFinding],
    unresolved: Sequence[Unresolved],
    hazards: Sequence[Hazard] = (),
) -> tuple[Advice, ...]:
    """What to do first: blockers, then what the new home must have, then what makes the move risky.

    A candidate to keep is told what to run it on, not how to mend what else it does: that would not make it movable.
    """
    ordered = sorted(effects, key=lambda finding: finding.effect not in BLOCKERS)
    if verdict is Verdict.KEEP:
        ordered = [finding for finding in ordered if finding.effect is Effect.UNBOUNDED]
    advice = [item for finding in ordered for item in _for_effect(finding)]
    if verdict is not Verdict.KEEP:
        advice.extend(_for_hazards(hazards))
    doubtful = [call for call in unresolved if not call.harmless_because]
    if doubtful and verdict in (Verdict.READY, Verdict.WITH_NETWORK):
        advice.append(_look_at(doubtful))
    return tuple(advice)


def mend_for(effect: Effect, evidence: Evidence) -> Mend | None:
    """The first row of the table that fits."""
    return next((mend for mend in mends() if mend.fits(effect, evidence)), None)


@lru_cache(maxsize=1)
def mends() -> tuple[Mend, ...]:
    """The table in its order."""
    return tuple(
        Mend(Effect(row["effect"]), tuple(row.get("words", ())), row["title"], row["detail"])
        for row in _table()["advice"]
    )


@lru_cache(maxsize=1)
def cares() -> tuple[Care, ...]:
    """What to do about hazards, one row a kind."""
    return tuple(Care(HazardKind(row["kind"]), row["title"], row["detail"]) for row in _table()["hazard"])


@lru_cache(maxsize=1)
def _table() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads(resources.files("migrator.verdicts").joinpath("advice.toml").read_text(encoding="utf-8"))


def _for_hazards(hazards: Sequence[Hazard]) -> Iterator[Advice]:
    for care in cares():
        found = [hazard for hazard in hazards if hazard.kind is care.kind]
        if found:
            places = [str(hazard.location) for hazard in found]
            yield Advice(care.title, f"{care.detail} {_lines(places)}", found[0].location)


def _for_effect(finding: EffectFinding) -> Iterator[Advice]:
    by_mend: dict[Mend, list[Evidence]] = {}
    for evidence in finding.evidence:
        mend = mend_for(finding.effect, evidence)
        if mend is not None:
            by_mend.setdefault(mend, []).append(evidence)
    for mend, cases in by_mend.items():
        places = [str(case.location) for case in cases]
        yield Advice(mend.title, f"{mend.detail} {_lines(places)}", cases[0].location)


def _look_at(doubtful: Sequence[Unresolved]) -> Advice:
    count = len(doubtful)
    return Advice(
        f"Look at the {count} call{'s' * (count > 1)} that could not be followed",
        "The verdict holds only if none of them does more than is listed here. "
        + _lines([str(call.location) for call in doubtful]),
        doubtful[0].location,
    )


def _lines(places: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(places))
    rest = len(distinct) - _MOST_LINES
    named = ", ".join(distinct[:_MOST_LINES]) + (f" and {rest} more" if rest > 0 else "")
    return f"Look at {named}."
