"""What this stage needs of the program model, and nothing more of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from migrator.domain.assessments import Hazard, Reach, Unresolved
from migrator.domain.effects import EffectFinding
from migrator.domain.locations import Location
from migrator.domain.overrides import Override
from migrator.domain.triggers import Trigger


class Candidate(Protocol):
    """A function that the monolith runs in response to an event."""

    @property
    def name(self) -> str: ...

    @property
    def location(self) -> Location: ...

    @property
    def triggers(self) -> Sequence[Trigger]: ...


class Summary(Protocol):
    """What running a candidate can cause, over all code that it reaches."""

    @property
    def effects(self) -> Sequence[EffectFinding]: ...

    @property
    def hazards(self) -> Sequence[Hazard]: ...

    @property
    def unresolved(self) -> Sequence[Unresolved]: ...

    @property
    def reach(self) -> Reach: ...

    @property
    def overrides(self) -> Sequence[Override]: ...


class Model(Protocol):
    """The program model as far as assessments need it."""

    @property
    def candidates(self) -> Sequence[Candidate]: ...

    def summary(self, name: str) -> Summary: ...
