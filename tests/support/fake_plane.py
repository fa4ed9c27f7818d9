"""The `DataPlane` port in memory, and in a file for tests that kill the process that drives it."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from migrator.domain.routes import AnyRoute, Weight
from migrator.errors import RemoteError
from migrator.rollout.fencing import fence_in, fence_text, passed
from migrator.rollout.ports import Capabilities, Drift, Fence


def rounded(canary: float, resolution: float) -> float:
    """A weight as a plane of that resolution has it: never rounded to 0 or 100."""
    if canary in (0.0, 100.0):
        return canary
    return min(max(round(canary / resolution) * resolution, resolution), 100 - resolution)


@dataclass
class FakePlane:
    """Weights in a dictionary.

    Attributes:
        down: why every call fails, or an empty string.
        blind: why reading the weight fails, or an empty string.
        serves: what is live whatever was taken, or None.
        given: every weight that was ever made live, in order.
    """

    resolution: float = 1.0
    down: str = ""
    blind: str = ""
    serves: float | None = None
    live: dict[str, float] = field(default_factory=dict)
    noted: dict[str, float] = field(default_factory=dict)
    fences: dict[str, Fence | None] = field(default_factory=dict)
    given: list[tuple[str, float]] = field(default_factory=list)

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(stickiness="hash", resolution=self.resolution, fallback=True)

    def ensure(self, route: AnyRoute) -> None:
        self._answer()
        if route.name not in self.live:
            self._set(route.name, rounded(route.weight, self.resolution))

    def weights(self, route: str) -> Weight | None:
        self._answer()
        if self.blind:
            raise RemoteError(self.blind, retryable=True)
        if route in self.live and self.serves is not None:
            return Weight(self.serves)
        return Weight(self.live[route]) if route in self.live else None

    def recorded(self, route: str) -> Weight | None:
        self._answer()
        return Weight(self.noted.get(route, self.live[route])) if route in self.live else None

    def shift(self, route: str, weight: Weight, *, overwrite: bool = False, fence: Fence | None = None) -> Weight:
        self._answer()
        if route not in self.live:
            raise RemoteError(f"no route {route}")
        canary = rounded(weight.canary, self.resolution)
        live = Weight(self.live[route])
        noted = passed(route, fence, self.fences.get(route), wanted=Weight(canary), live=live)
        if self.live[route] != self.noted.get(route, self.live[route]) and not overwrite:
            raise Drift(route, live, Weight(self.noted[route]))
        self.fences[route] = noted
        self._set(route, canary)
        return Weight(self.live[route])

    def retire(self, route: str) -> None:
        self._answer()
        self.live.pop(route, None)
        self.noted.pop(route, None)
        self.fences.pop(route, None)

    def restart(self) -> None:
        """Forget everything, as a plane does that keeps weights in memory."""
        self.live.clear()
        self.noted.clear()
        self.fences.clear()

    def _answer(self) -> None:
        if self.down:
            raise RemoteError(self.down, retryable=True)

    def _set(self, route: str, canary: float) -> None:
        self.live[route] = self.noted[route] = canary
        self.given.append((route, canary))


@dataclass(frozen=True)
class FilePlane:
    """Weights in a JSON file, replaced atomically; every weight ever given stands in a second file."""

    path: Path

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(stickiness="none", resolution=1.0, fallback=True)

    def ensure(self, route: AnyRoute) -> None:
        weights = self._read()
        if route.name not in weights:
            self._write({**weights, route.name: route.weight})

    def weights(self, route: str) -> Weight | None:
        weights = self._read()
        return Weight(weights[route]) if route in weights else None

    def recorded(self, route: str) -> Weight | None:
        return self.weights(route)

    def shift(self, route: str, weight: Weight, *, overwrite: bool = False, fence: Fence | None = None) -> Weight:
        with self._locked():
            weights = self._read()
            if route not in weights:
                raise RemoteError(f"no route {route}")
            fences = self._read(self.fences_path)
            noted = passed(route, fence, fence_in(fences.get(route)), wanted=weight, live=Weight(weights[route]))
            self._write({**fences, route: fence_text(noted)}, self.fences_path)
            with self.given_path.open("a") as given:
                given.write(f"{weight.canary}\n")
            self._write({**weights, route: weight.canary})
            return weight

    def retire(self, route: str) -> None:
        with self._locked():
            for path in (self.path, self.fences_path):
                self._write({name: value for name, value in self._read(path).items() if name != route}, path)

    @property
    def given_path(self) -> Path:
        return self.path.with_suffix(".given")

    @property
    def fences_path(self) -> Path:
        return self.path.with_suffix(".fences")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self.path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _read(self, path: Path | None = None) -> dict[str, Any]:
        path = path or self.path
        document: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
        return document

    def _write(self, document: dict[str, Any], path: Path | None = None) -> None:
        path = path or self.path
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        fresh.write_text(json.dumps(document))
        fresh.replace(path)
