"""Hand-made models and summaries, for what stands behind the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from migrator.domain.assessments import Hazard, Reach, Unresolved
from migrator.domain.effects import Effect, EffectFinding, Evidence
from migrator.domain.locations import Location
from migrator.domain.overrides import Override
from migrator.domain.triggers import Trigger, TriggerKind


@dataclass(frozen=True)
class HandCandidate:
    """A candidate as the model would give it."""

    name: str
    location: Location
    triggers: tuple[Trigger, ...]


@dataclass(frozen=True)
class HandSummary:
    """A summary as the model would give it."""

    effects: tuple[EffectFinding, ...] = ()
    hazards: tuple[Hazard, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    overrides: tuple[Override, ...] = ()
    reach: Reach = field(default_factory=lambda: Reach(1, 10))


class HandModel:
    """A model of the given candidates."""

    def __init__(self, *pairs: tuple[HandCandidate, HandSummary]) -> None:
        self._pairs = pairs

    @property
    def candidates(self) -> Sequence[HandCandidate]:
        return [candidate for candidate, _ in self._pairs]

    def summary(self, name: str) -> HandSummary:
        return next(summary for candidate, summary in self._pairs if candidate.name == name)


def candidate(name: str, *, lines: int = 10, kind: TriggerKind = TriggerKind.HTTP, command: str = "x") -> HandCandidate:
    """A candidate of some length with one trigger."""
    location = Location("shop/views.py", 10, 9 + lines)
    detail = {"methods": ["GET"], "path": "/x"} if kind is TriggerKind.HTTP else {"command": command}
    trigger = Trigger(kind, "flask", Location("shop/views.py", 9), detail)
    return HandCandidate(name, location, (trigger,))


def finding(
    effect: Effect, *, reason: str = "does it", lines: Sequence[int] = (20,), changes: bool = False
) -> EffectFinding:
    """An effect with one piece of evidence a line."""
    evidence = (Evidence(Location("shop/deep.py", line), reason, ("a", "b"), changes) for line in lines)
    return EffectFinding(effect, tuple(evidence))


def unresolved(*, harmless_because: str = "") -> Unresolved:
    """A call that could not be followed."""
    return Unresolved(Location("shop/deep.py", 30), "thing()", "not known", harmless_because)
