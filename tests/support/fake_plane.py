"""The `DataPlane` port in memory, and in a file for tests that kill the process that drives it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from migrator.domain.routes import AnyRoute, Weight
from migrator.errors import RemoteError
from migrator.rollout.ports import Capabilities, Drift


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

    def shift(self, route: str, weight: Weight, *, overwrite: bool = False) -> Weight:
        self._answer()
        if route not in self.live:
            raise RemoteError(f"no route {route}")
        if self.live[route] != self.noted.get(route, self.live[route]) and not overwrite:
            raise Drift(route, Weight(self.live[route]), Weight(self.noted[route]))
        self._set(route, rounded(weight.canary, self.resolution))
        return Weight(self.live[route])

    def retire(self, route: str) -> None:
        self._answer()
        self.live.pop(route, None)
        self.noted.pop(route, None)

    def restart(self) -> None:
        """Forget everything, as a plane does that keeps weights in memory."""
        self.live.clear()
        self.noted.clear()

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

    def shift(self, route: str, weight: Weight, *, overwrite: bool = False) -> Weight:
        weights = self._read()
        if route not in weights:
            raise RemoteError(f"no route {route}")
        with self.given_path.open("a") as given:
            given.write(f"{weight.canary}\n")
        self._write({**weights, route: weight.canary})
        return weight

    def retire(self, route: str) -> None:
        weights = self._read()
        self._write({name: weight for name, weight in weights.items() if name != route})

    @property
    def given_path(self) -> Path:
        return self.path.with_suffix(".given")

    def _read(self) -> dict[str, float]:
        weights: dict[str, float] = json.loads(self.path.read_text()) if self.path.exists() else {}
        return weights

    def _write(self, weights: dict[str, float]) -> None:
        fresh = self.path.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps(weights))
        fresh.replace(self.path)
