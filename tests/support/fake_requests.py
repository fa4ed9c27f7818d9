"""The `WeightRequests` port in memory: a committed file, pull requests, and the people and the pipeline behind them."""

from __future__ import annotations

from dataclasses import dataclass, field

from migrator.domain.observations import NoData
from migrator.domain.pull_requests import Standing
from migrator.domain.rollouts import Review
from migrator.rollout.ports import WantedWeight
from migrator.rollout.requesting import is_to_publish
from tests.support.fake_plane import FakePlane


@dataclass
class Pull:
    """One pull request."""

    url: str
    asks: float
    title: str
    body: str
    standing: Standing = Standing.OPEN
    by_hand: bool = False


@dataclass
class FakeRequests:
    """Pull requests for one route.

    Attributes:
        committed: the weight in the file.
        down: why the forge does not answer, or an empty string.
        asked: how often somebody asked how it stands.
    """

    committed: float = 0.0
    down: str = ""
    pulls: list[Pull] = field(default_factory=list)
    asked: int = 0
    resolution: float = 1.0

    def review(self, route: str) -> Review | NoData:
        self.asked += 1
        if self.down:
            return NoData(self.down)
        return self._review()

    def want(self, wanted: WantedWeight) -> str:
        if self.down:
            return self.down
        if not is_to_publish(wanted, self._review()):
            return ""
        if not self.pulls or self.newest.standing is not Standing.OPEN:
            number = len(self.pulls) + 1
            self.pulls.append(Pull(f"https://forge/{number}", wanted.weight, wanted.title, wanted.body))
        self.newest.asks, self.newest.title, self.newest.body = wanted.weight, wanted.title, wanted.body
        self.newest.by_hand = False
        return ""

    @property
    def newest(self) -> Pull:
        return self.pulls[-1]

    @property
    def open(self) -> list[Pull]:
        return [pull for pull in self.pulls if pull.standing is Standing.OPEN]

    def merge(self, plane: FakePlane | None = None) -> None:
        """As a person does; the pipeline makes it live where a plane is given."""
        self.newest.standing = Standing.MERGED
        self.committed = self.newest.asks
        if plane is not None:
            self.deploy(plane)

    def deploy(self, plane: FakePlane) -> None:
        plane._set("tax", self.committed)

    def close(self) -> None:
        """As a person does who says no."""
        self.newest.standing = Standing.CLOSED

    def _review(self) -> Review:
        if not self.pulls:
            return Review(self.committed, resolution=self.resolution)
        one = self.newest
        return Review(
            self.committed, one.standing, one.url, one.asks, one.by_hand, "migrator/weight/tax", self.resolution
        )
