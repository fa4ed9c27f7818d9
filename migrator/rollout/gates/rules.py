"""What a kind of gate is: how it is called, what it remembers, how it judges.

In: nothing. Out: `Rules`, which each kind fills in in a file of its own, and what a judge is told. Which kinds there are
is said once, in the folder's `__init__`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from migrator.domain.gates import GateResult
from migrator.domain.json import JsonValue
from migrator.domain.looks import Look
from migrator.domain.rollouts import RolloutState
from migrator.rollout.statistics.levels import Kind

Memory: TypeAlias = Mapping[str, JsonValue]
"""What a gate keeps between two looks, as JSON; empty at first."""

G = TypeVar("G")


@dataclass(frozen=True, slots=True)
class Case(Generic[G]):
    """What a gate is asked about.

    Attributes:
        memory: of this gate, with this look taken in where it is to judge.
        state: with the figures of this look taken in.
        level: the gate's part of the chance that the rollout is rolled back for nothing; 0 for gates without a test.
    """

    gate: G
    memory: Memory
    state: RolloutState
    look: Look
    level: float


def _remembers_nothing(case: Case[Any]) -> Memory:
    return case.memory


def _goes_on(memory: Memory) -> Memory:
    return memory


@dataclass(frozen=True, slots=True)
class Rules(Generic[G]):
    """One kind of gate; every function is pure.

    Attributes:
        name: how a gate is called in evidence; unique in a plan.
        judge: what the gate says.
        takes_in: what the gate remembers after a look.
        raised: what it remembers when the weight is raised, and before the first look.
        part: which part of the level it gets, or None for a gate without a sequential test.
    """

    name: Callable[[G], str]
    judge: Callable[[Case[G]], GateResult]
    takes_in: Callable[[Case[G]], Memory] = _remembers_nothing
    raised: Callable[[Memory], Memory] = _goes_on
    part: Kind | None = None
