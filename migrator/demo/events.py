"""What the demo tells its observer while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from migrator.domain.rollouts import Counted, Phase


@dataclass(frozen=True, slots=True)
class RunBegan:
    """One of the demo's runs begins: its name and what it is about to show."""

    name: str
    story: str


@dataclass(frozen=True, slots=True)
class StageBegan:
    """A stage of the present run begins."""

    stage: str


@dataclass(frozen=True, slots=True)
class StageEnded:
    """A stage of the present run ended.

    Attributes:
        good: whether it went as a user would hope; a refused rollout is not good, and is what two runs are there to show.
        text: what came out, one line.
    """

    stage: str
    good: bool
    text: str


@dataclass(frozen=True, slots=True)
class Clients:
    """What the clients of the load generator saw.

    Attributes:
        requests: requests sent.
        lost: requests without an answer, or answered 5xx.
        wrong: answers that differ from what legacy answers to the same request.
    """

    requests: int = 0
    lost: int = 0
    wrong: int = 0


@dataclass(frozen=True, slots=True)
class Traffic:
    """A snapshot of the traffic while a rollout is under way.

    Attributes:
        step: from 1; 0 before the first one.
        configured: the weight that the controller decided.
        live: the weight read back from the data plane.
        counted: both sides since the rollout began, measured at the data plane.
        reason: the controller's last reason.
    """

    phase: Phase
    step: int
    steps: int
    configured: float
    live: float
    counted: Counted
    clients: Clients
    reason: str


@dataclass(frozen=True, slots=True)
class RunEnded:
    """A run ended.

    Attributes:
        expected: whether it ended as the demo promises.
        text: what was shown, one line.
    """

    name: str
    expected: bool
    text: str


DemoEvent: TypeAlias = RunBegan | StageBegan | StageEnded | Traffic | RunEnded


class DemoObserver(Protocol):
    """Is told what happens."""

    def notify(self, event: DemoEvent) -> None:
        """One event, in order, from the demo's own thread."""
        ...
