"""Ports that can be cut off at any call, as a process is that gets killed there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from migrator.rollout.controller import Controller


class Killed(BaseException):
    """The process ends here."""


WRITES = frozenset({"save", "shift", "ensure", "want"})
"""The calls that change something outside."""


@dataclass
class Fuse:
    """Counts the calls of every port, and blows before or after one of them.

    Attributes:
        at: number of the call, from 0; -1 never blows.
        after: whether the call still takes place.
        writes_only: calls that change nothing are not counted.
    """

    at: int = -1
    after: bool = False
    writes_only: bool = False
    calls: int = 0

    def blow(self) -> None:
        raise Killed

    def __call__(self, name: str, call: Any, *args: Any, **named: Any) -> Any:
        if self.writes_only and name not in WRITES:
            return call(*args, **named)
        number = self.calls
        self.calls += 1
        if number == self.at and not self.after:
            self.blow()
        answer = call(*args, **named)
        if number == self.at:
            self.blow()
        return answer


@dataclass(frozen=True)
class Fused:
    """A port behind a fuse: any method of it."""

    port: Any
    fuse: Fuse

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.port, name)
        return lambda *args, **named: self.fuse(name, method, *args, **named)


def fused(controller: Controller, fuse: Fuse) -> Controller:
    """The controller with the fuse in front of the plane, the metrics, the comparisons, the store and the pull requests."""
    return replace(
        controller,
        plane=Fused(controller.plane, fuse),
        sources=replace(
            controller.sources,
            metrics=Fused(controller.sources.metrics, fuse),
            comparisons=Fused(controller.sources.comparisons, fuse),
        ),
        store=Fused(controller.store, fuse),
        pull_requests=Fused(controller.pull_requests, fuse) if controller.pull_requests is not None else None,
    )
