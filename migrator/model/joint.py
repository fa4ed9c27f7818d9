"""The models of the parts of a tree, asked as one.

In: a model for each part (see `components`). Out: a `ProgramModel` that asks the part that a function lies in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from migrator.domain.effects import Effect
from migrator.domain.locations import Location
from migrator.domain.sdk_calls import SdkUse
from migrator.model.program import ProgramModel, Summary


class JointModel(ProgramModel):
    """Several models that share no function.

    Args:
        parts: at least one.
    """

    def __init__(self, parts: Sequence[ProgramModel]) -> None:
        self._parts = tuple(parts)
        self._of: dict[str, ProgramModel] = {}
        functions: dict[str, Location] = {}
        for part in parts:
            functions.update(part.functions)
            self._of.update(dict.fromkeys((*part.functions, *(each.name for each in part.candidates)), part))
        self.functions = functions
        self.candidates = tuple(
            sorted((each for part in parts for each in part.candidates), key=lambda candidate: candidate.name)
        )
        self.findings = tuple(finding for part in parts for finding in part.findings)

    def summary(self, name: str) -> Summary:
        return self._of[name].summary(name)

    def effects(self, name: str) -> frozenset[Effect]:
        return self._of[name].effects(name)

    def callees(self, name: str) -> tuple[str, ...]:
        return self._of[name].callees(name)

    def sdk_use(self, name: str, travelling: Mapping[str, frozenset[int] | None]) -> SdkUse:
        return self._of[name].sdk_use(name, travelling)

    def release(self) -> None:
        for part in self._parts:
            part.release()
